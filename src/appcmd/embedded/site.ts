import { findElements, type XmlElement } from '../../xml/index.js';
import { trimPhysicalPath, validated } from './check-value.js';
import { answerList, requiredObject, takeParameters } from './common.js';
import type { HostFile } from './host-file.js';
import { bindingsOf, listSiteObjects, sameName, siteCollection, sitesPath } from './objects.js';
import { applyProperties } from './properties.js';
import { alreadyStopped, bindingInUse, duplicateObject, invalidValue, noWorker, parameterMissing } from './refusal.js';
import { type Answer, lines, type Verbs, type World } from './world.js';

/** Verbs of `site`. */
export const siteVerbs: Verbs = {
  list: ({ file, running }, line) => {
    const { taken, rest } = takeParameters(line.parameters, ['id']);
    const id = taken.get('id');
    const filters = id === undefined ? rest : [...rest, { name: 'SITE.ID', value: id }];
    return answerList(listSiteObjects(file, running), line, filters);
  },
  add: ({ file, running }, line) => {
    const { taken, rest } = takeParameters(line.parameters, ['name', 'id', 'bindings', 'physicalpath']);
    const name = taken.get('name') ?? line.identifier;
    if (name === undefined || name === '') throw parameterMissing('SITE', 'name');
    const sites = listSiteObjects(file, running);
    const schema = siteCollection().entry;
    const id = taken.get('id') ?? String(nextId(sites.map((site) => site.line[0]?.[1] ?? '')));
    validated(schema, 'name', name);
    validated(schema, 'id', id);
    if (sites.some((site) => sameName(site.name, name) || site.line[0]?.[1] === id)) throw duplicateObject(name);
    const parent = file.ensure(sitesPath);
    const at = file.insert(
      parent,
      'site',
      [
        ['name', name],
        ['id', id],
      ],
      nextIndex(file, parent, 'site'),
    );
    const said = [`SITE object "${name}" added`];
    const physicalPath = taken.get('physicalpath');
    if (physicalPath !== undefined) {
      const app = file.insert(at, 'application', [['path', '/']]);
      file.insert(app, 'virtualDirectory', [
        ['path', '/'],
        ['physicalPath', trimPhysicalPath(physicalPath)],
      ]);
      said.push(`APP object "${name}/" added`, `VDIR object "${name}/" added`);
    }
    const bindings = taken.get('bindings');
    if (bindings !== undefined) setBindings(file, at, bindings);
    applyProperties(file, at, schema, rest);
    return lines(...said);
  },
  set: ({ file, running }, line) => {
    const sites = listSiteObjects(file, running);
    const site = requiredObject(sites, 'SITE', line);
    const { taken, rest } = takeParameters(line.parameters, ['bindings', 'name', 'id']);
    for (const key of ['name', 'id']) {
      const value = taken.get(key);
      if (value === undefined) continue;
      validated(site.schema, key, value);
      const clash = sites.some(
        (other) => other !== site && (key === 'name' ? sameName(other.name, value) : other.line[0]?.[1] === value),
      );
      if (clash) throw duplicateObject(value);
      file.setAttribute(site.address, key, value);
    }
    const bindings = taken.get('bindings');
    if (bindings !== undefined) setBindings(file, site.address, bindings);
    applyProperties(file, site.address, site.schema, rest);
    return lines(`SITE object "${site.name}" changed`);
  },
  delete: ({ file, running }, line) => {
    const site = requiredObject(listSiteObjects(file, running), 'SITE', line);
    file.remove(site.address);
    return lines(`SITE object "${site.name}" deleted`);
  },
  start: (world, line) => {
    const site = requiredObject(listSiteObjects(world.file, world.running), 'SITE', line);
    if (!world.running) throw noWorker();
    if (holdsBinding(world, site.name, site.element)) throw bindingInUse();
    setAutoStart(world.file, site.address, 'serverAutoStart', true);
    return signalled(`"${site.name}" successfully started.`, 'start', site.name);
  },
  stop: (world, line) => {
    const site = requiredObject(listSiteObjects(world.file, world.running), 'SITE', line);
    if (site.line[2]?.[1] !== 'Started') throw alreadyStopped();
    setAutoStart(world.file, site.address, 'serverAutoStart', false);
    return signalled(`"${site.name}" successfully stopped`, 'stop', site.name);
  },
};

const signalled = (text: string, command: 'start' | 'stop', name: string): Answer => ({
  ...lines(text),
  signals: [{ command, object: 'site', name }],
});

/**
 * The embedded IIS stores "stopped" in the file: it has no service that would remember it. Starting removes the attribute
 * again, because true is the default.
 */
export function setAutoStart(file: HostFile, address: readonly number[], name: string, on: boolean): void {
  if (on) file.removeAttribute(address, name);
  else file.setAttribute(address, name, 'false');
}

/** Another started site has one of its bindings. */
function holdsBinding({ file, running }: World, name: string, element: XmlElement): boolean {
  const own = new Set(bindingsOf(element).toLowerCase().split(',').filter(Boolean));
  return listSiteObjects(file, running).some(
    (other) =>
      !sameName(other.name, name) &&
      other.line[2]?.[1] === 'Started' &&
      bindingsOf(other.element)
        .toLowerCase()
        .split(',')
        .some((binding) => own.has(binding)),
  );
}

function nextId(ids: readonly string[]): number {
  const used = new Set(ids.map(Number));
  let id = 1;
  while (used.has(id)) id++;
  return id;
}

/** New entries are added after the last of their kind: `siteDefaults` and similar elements stay at the end. */
export function nextIndex(file: HostFile, parent: readonly number[], name: string): number | undefined {
  const last = file.at(parent).children.findLastIndex((child) => child.name === name);
  return last < 0 ? (file.at(parent).children.length > 0 ? 0 : undefined) : last + 1;
}

/** Replaces the set: `http/*:80:,https/*:443:host` or `http://host:81`. */
function setBindings(file: HostFile, site: readonly number[], text: string): void {
  const wanted = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(parseBinding);
  for (const binding of [...findElements(file.at(site), 'bindings/binding')].reverse())
    file.remove(file.addressOf(binding));
  const parent = file.ensure(['bindings'], site);
  for (const [protocol, information] of wanted) {
    file.insert(parent, 'binding', [
      ['protocol', protocol],
      ['bindingInformation', information],
    ]);
  }
}

function parseBinding(text: string): readonly [protocol: string, information: string] {
  const url = /^([a-z][\w.]*):\/\/([^/:]*)(?::(\d{1,5}))?\/?$/i.exec(text.trim());
  if (url?.[1] !== undefined) {
    const port = url[3] ?? (url[1].toLowerCase() === 'https' ? '443' : '80');
    return [url[1], `*:${port}:${url[2] === '*' ? '' : (url[2] ?? '')}`];
  }
  const slash = text.indexOf('/');
  if (slash <= 0) throw invalidValue('bindings', `'${text}' is not of the form protocol/IP:port:host`);
  return [text.slice(0, slash).trim(), text.slice(slash + 1).trim()];
}
