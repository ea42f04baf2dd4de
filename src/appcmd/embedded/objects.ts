import type { CollectionSchema, ElementSchema } from '../../config/index.js';
import { attribute, findElements, type XmlElement } from '../../xml/index.js';
import { type Address, type HostFile, sectionElement } from './host-file.js';

export type ObjectKind = 'SITE' | 'APP' | 'VDIR' | 'APPPOOL';
type Property = readonly [name: string, value: string];

/** One site, application, virtual directory or pool in applicationHost.config. */
export interface HostObject {
  readonly kind: ObjectKind;
  /** `Default Web Site`, `Default Web Site/dante`, `Default Web Site/dante/`, `DefaultAppPool`. */
  readonly name: string;
  readonly address: Address;
  readonly element: XmlElement;
  readonly schema: ElementSchema;
  /** The properties in the text line's parentheses, in order. */
  readonly line: readonly Property[];
  /** Elements with defaults for what it does not set itself, nearest first: applicationPoolDefaults. */
  readonly defaults: readonly XmlElement[];
  /** Attributes of the /xml form, in order. */
  readonly xml: readonly Property[];
}

export const sitesPath = ['system.applicationHost', 'sites'];
export const poolsPath = ['system.applicationHost', 'applicationPools'];

/** A collection below a section that ships with IIS. */
function collection(schema: ElementSchema | undefined): CollectionSchema {
  if (schema?.collection === undefined) throw new Error('The schema of system.applicationHost lacks a collection');
  return schema.collection;
}

export const poolCollection = (): CollectionSchema =>
  collection(sectionElement('system.applicationHost/applicationPools'));
export const siteCollection = (): CollectionSchema => collection(sectionElement('system.applicationHost/sites'));
export const appCollection = (): CollectionSchema => collection(siteCollection().entry);
export const vdirCollection = (): CollectionSchema => collection(appCollection().entry);

/** The `<xDefaults>` elements directly in these, nearest first. */
const defaultsIn = (name: string, parents: readonly (XmlElement | undefined)[]): readonly XmlElement[] =>
  parents.flatMap((parent) => (parent === undefined ? [] : findElements(parent, name)));

/** Started, Stopped or, without a worker process, Unknown. */
const stateOf = (element: XmlElement, autoStart: string, running: boolean): string =>
  !running ? 'Unknown' : attribute(element, autoStart)?.toLowerCase() === 'false' ? 'Stopped' : 'Started';

/** `http/*:80:,https/*:443:h` */
export const bindingsOf = (site: XmlElement): string =>
  findElements(site, 'bindings/binding')
    .map((binding) => `${attribute(binding, 'protocol') ?? ''}/${attribute(binding, 'bindingInformation') ?? ''}`)
    .join(',');

const elements = (file: HostFile, path: readonly string[], name: string): readonly XmlElement[] =>
  findElements(file.root, [...path, name].join('/'));

export function listSiteObjects(file: HostFile, running: boolean): HostObject[] {
  const schema = siteCollection().entry;
  return elements(file, sitesPath, 'site').map((element) => {
    const name = attribute(element, 'name') ?? '';
    const id = attribute(element, 'id') ?? '';
    const bindings = bindingsOf(element);
    const state = stateOf(element, 'serverAutoStart', running);
    return {
      kind: 'SITE',
      defaults: defaultsIn('siteDefaults', [element.parent]),
      name,
      element,
      schema,
      address: file.addressOf(element),
      line: [
        ['id', id],
        ['bindings', bindings],
        ['state', state],
      ],
      xml: [
        ['SITE.NAME', name],
        ['SITE.ID', id],
        ['bindings', bindings],
        ['state', state],
      ],
    };
  });
}

/** The effective value: that of the first of these elements that sets the attribute. */
const inForce = (elements: readonly XmlElement[], name: string): string | undefined =>
  elements.map((element) => attribute(element, name)).find((value) => value !== undefined);

export function listAppObjects(file: HostFile): HostObject[] {
  const schema = appCollection().entry;
  return elements(file, sitesPath, 'site/application').map((element) => {
    const site = siteNameOf(element);
    const path = attribute(element, 'path') ?? '';
    const name = `${site}${path}`;
    const defaults = defaultsIn('applicationDefaults', [element.parent, element.parent?.parent]);
    const pool = inForce([element, ...defaults], 'applicationPool') ?? 'DefaultAppPool';
    return {
      kind: 'APP',
      defaults,
      name,
      element,
      schema,
      address: file.addressOf(element),
      line: [['applicationPool', pool]],
      xml: [
        ['path', path],
        ['APP.NAME', name],
        ['APPPOOL.NAME', pool],
        ['SITE.NAME', site],
      ],
    };
  });
}

export function listVdirObjects(file: HostFile): HostObject[] {
  const schema = vdirCollection().entry;
  return elements(file, sitesPath, 'site/application/virtualDirectory').map((element) => {
    const app = element.parent;
    const appPath = app === undefined ? '' : (attribute(app, 'path') ?? '');
    const appIdentifier = `${app === undefined ? '' : siteNameOf(app)}${appPath}`;
    const path = attribute(element, 'path') ?? '';
    const name = `${appIdentifier.replace(/\/$/, '')}${path}`;
    const physicalPath = attribute(element, 'physicalPath') ?? '';
    return {
      kind: 'VDIR',
      defaults: defaultsIn('virtualDirectoryDefaults', [app, app?.parent, app?.parent?.parent]),
      name,
      element,
      schema,
      address: file.addressOf(element),
      line: [['physicalPath', physicalPath]],
      xml: [
        ['VDIR.NAME', name],
        ['physicalPath', physicalPath],
        ['path', path],
        ['APP.NAME', appIdentifier],
      ],
    };
  });
}

/** `stoppedPools`: names of pools that the running host has stopped by itself. */
export function listPoolObjects({
  file,
  running,
  stoppedPools,
}: {
  readonly file: HostFile;
  readonly running: boolean;
  readonly stoppedPools: readonly string[];
}): HostObject[] {
  const schema = poolCollection().entry;
  const defaults = findElements(file.root, [...poolsPath, 'applicationPoolDefaults'].join('/'));
  return elements(file, poolsPath, 'add').map((element) => {
    const own = [element, ...defaults];
    const name = attribute(element, 'name') ?? '';
    const mode = inForce(own, 'managedPipelineMode') ?? 'Integrated';
    const version = inForce(own, 'managedRuntimeVersion') ?? '';
    const isStopped = running && stoppedPools.some((each) => sameName(each, name));
    const state = isStopped ? 'Stopped' : stateOf(element, 'autoStart', running);
    return {
      kind: 'APPPOOL',
      defaults,
      name,
      element,
      schema,
      address: file.addressOf(element),
      line: [
        ['MgdVersion', version],
        ['MgdMode', mode],
        ['state', state],
      ],
      xml: [
        ['APPPOOL.NAME', name],
        ['PipelineMode', mode],
        ['RuntimeVersion', version],
        ['state', state],
      ],
    };
  });
}

const siteNameOf = (app: XmlElement): string => (app.parent === undefined ? '' : (attribute(app.parent, 'name') ?? ''));

export const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
