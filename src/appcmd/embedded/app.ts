import { attribute, findElements } from '../../xml/index.js';
import { trimPhysicalPath, validated } from './check-value.js';
import { answerList, requiredObject, takeParameters } from './common.js';
import {
  appCollection,
  listAppObjects,
  listSiteObjects,
  listVdirObjects,
  sameName,
  vdirCollection,
} from './objects.js';
import { applyProperties } from './properties.js';
import { duplicateObject, exactIdentifier, noSuchObject, parameterMissing } from './refusal.js';
import { nextIndex } from './site.js';
import { lines, type Verbs } from './world.js';

/** Verbs of `app`. */
export const appVerbs: Verbs = {
  list: ({ file }, line) => answerList(listAppObjects(file), line),
  add: ({ file, running }, line) => {
    const { taken, rest } = takeParameters(line.parameters, ['site.name', 'path', 'physicalpath']);
    const siteName = taken.get('site.name');
    const path = taken.get('path');
    if (siteName === undefined) throw parameterMissing('APP', 'site.name');
    if (path === undefined) throw parameterMissing('APP', 'path');
    const site = listSiteObjects(file, running).find(({ name }) => sameName(name, siteName));
    if (site === undefined) throw noSuchObject('SITE', siteName);
    const schema = appCollection().entry;
    validated(schema, 'path', path);
    if (findElements(site.element, 'application').some((app) => sameName(attribute(app, 'path') ?? '', path))) {
      throw duplicateObject(path);
    }
    const at = file.insert(site.address, 'application', [['path', path]], nextIndex(file, site.address, 'application'));
    applyProperties(file, at, schema, rest);
    const said = [`APP object "${site.name}${path}" added`];
    const physicalPath = taken.get('physicalpath');
    if (physicalPath !== undefined) {
      file.insert(at, 'virtualDirectory', [
        ['path', '/'],
        ['physicalPath', trimPhysicalPath(physicalPath)],
      ]);
      said.push(`VDIR object "${site.name}${path.replace(/\/$/, '')}/" added`);
    }
    return lines(...said);
  },
  set: ({ file }, line) => {
    const apps = listAppObjects(file);
    const app = requiredObject(apps, 'APP', line);
    const { taken, rest } = takeParameters(line.parameters, ['path']);
    const path = taken.get('path');
    if (path !== undefined) {
      validated(app.schema, 'path', path);
      const site = app.element.parent;
      if (
        apps.some((other) => other !== app && other.element.parent === site && sameName(other.xml[0]?.[1] ?? '', path))
      ) {
        throw duplicateObject(path);
      }
      file.setAttribute(app.address, 'path', path);
    }
    applyProperties(file, app.address, app.schema, rest);
    return lines(`APP object "${app.name}" changed`);
  },
  delete: ({ file }, line) => {
    const app = requiredObject(listAppObjects(file), 'APP', line, () => exactIdentifier('APP', 'DELETE'));
    file.remove(app.address);
    return lines(`APP object "${app.name}" deleted`);
  },
};

/** Verbs of `vdir`. */
export const vdirVerbs: Verbs = {
  list: ({ file }, line) => answerList(listVdirObjects(file), line),
  add: ({ file }, line) => {
    const { taken, rest } = takeParameters(line.parameters, ['app.name', 'path', 'physicalpath']);
    const appName = taken.get('app.name');
    const path = taken.get('path');
    if (appName === undefined) throw parameterMissing('VDIR', 'app.name');
    if (path === undefined) throw parameterMissing('VDIR', 'path');
    const app = listAppObjects(file).find(({ name }) => sameName(name, appName));
    if (app === undefined) throw noSuchObject('APP', appName);
    const schema = vdirCollection().entry;
    validated(schema, 'path', path);
    if (findElements(app.element, 'virtualDirectory').some((vdir) => sameName(attribute(vdir, 'path') ?? '', path))) {
      throw duplicateObject(path);
    }
    const physicalPath = taken.get('physicalpath');
    const at = file.insert(
      app.address,
      'virtualDirectory',
      [
        ['path', path],
        ...(physicalPath === undefined ? [] : [['physicalPath', trimPhysicalPath(physicalPath)] as const]),
      ],
      nextIndex(file, app.address, 'virtualDirectory'),
    );
    applyProperties(file, at, schema, rest);
    return lines(`VDIR object "${app.name.replace(/\/$/, '')}${path}" added`);
  },
  set: ({ file }, line) => {
    const vdir = requiredObject(listVdirObjects(file), 'VDIR', line);
    applyProperties(
      file,
      vdir.address,
      vdir.schema,
      line.parameters.map((parameter) =>
        parameter.name.toLowerCase() === 'physicalpath' && parameter.value !== undefined
          ? { ...parameter, value: trimPhysicalPath(parameter.value) }
          : parameter,
      ),
    );
    return lines(`VDIR object "${vdir.name}" changed`);
  },
  delete: ({ file }, line) => {
    const vdir = requiredObject(listVdirObjects(file), 'VDIR', line, () => exactIdentifier('VDIR', 'DELETE'));
    file.remove(vdir.address);
    return lines(`VDIR object "${vdir.name}" deleted`);
  },
};
