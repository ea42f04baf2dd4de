import {
  applyEdits,
  attribute,
  findElement,
  findElements,
  setAttributeEdit,
  type XmlDocument,
  type XmlElement,
} from '../xml/index.js';
import { addFirst, handlersCollection, rulesCollection } from './collections.js';
import { everythingRuleName, firefoxRuleName } from './fragments.js';
import { iisnodeHandlers, listed } from './handlers.js';
import { iisnodeAttributes } from './iisnode-attributes.js';
import { removeHandlerComment, removeWithComment } from './own-comments.js';
import { openForPatch } from './patch.js';
import type { PatchChange } from './patch-step.js';
import {
  platformArguments,
  platformHandlerName,
  platformHandlerXml,
  platformVariables,
  platformXml,
  variableXml,
} from './platform.js';
import { insertIntoSection, sectionAt, sectionsAt } from './sections.js';
import type { PatchResult, WebConfigWants } from './types.js';
import { checkedWants } from './wants.js';

const section = 'system.webServer/httpPlatform';

/** A web.config for HttpPlatformHandler, and what of the old one it does not do. */
export interface PlatformPatch extends PatchResult {
  /** Attributes of iisnode that were set and have no counterpart. */
  readonly left: readonly string[];
}

/** What carries over, or is not needed. */
const carried: ReadonlySet<string> = new Set([
  'nodeProcessCountPerApplication',
  'nodeProcessCommandLine',
  'node_env',
  // iisnode's own pipes, buffers and limits of requests: the module has none of them.
  'maxConcurrentRequestsPerProcess',
  'maxNamedPipeConnectionRetry',
  'namedPipeConnectionRetryDelay',
  'maxNamedPipeConnectionPoolSize',
  'maxNamedPipePooledConnectionAge',
  'initialRequestBufferSize',
  'maxRequestBufferSize',
  'flushResponse',
  'enableXFF',
  'debuggingEnabled',
  'devErrorsEnabled',
]);

/**
 * Changes a web.config so that HttpPlatformHandler runs the app, with the smallest edits: what runs it in iisnode goes, with the rules that
 * lead to its entry point; appSettings become environment variables; all else stays. A second run changes nothing.
 *
 * @param entries Names of entry points that rules of iisnode may lead to, relative, forward slashes.
 * @throws UserError as `patchWebConfig`.
 */
export function patchPlatformConfig(
  source: string,
  wants: WebConfigWants,
  { file, entries }: { readonly file: string; readonly entries: readonly string[] },
): PlatformPatch {
  const first = openForPatch(source, file);
  const checked = checkedWants(wants);
  const left = attributesLeft(first);
  const variables = variablesFor(first, checked);
  const names = [...entries, ...iisnodeHandlers(first).flatMap(({ paths }) => paths)].map((name) => name.toLowerCase());
  const changes: string[] = [];
  let document = first;
  const run = (step: (current: XmlDocument) => PatchChange | undefined): void => {
    for (let change = step(document); change; change = step(document)) {
      document = applyEdits(document, change.edits);
      changes.push(...change.changes);
      if (changes.length > 1_000) throw new Error(`Patching ${file} does not come to an end.`);
    }
  };
  run((current) => withoutIisnode(current, names));
  run(withHandler);
  run((current) => withSection(current, checked, variables));
  const text = document === first ? source : (source.startsWith('\ufeff') ? '\ufeff' : '') + document.text;
  return { text, changes, left };
}

function attributesLeft(document: XmlDocument): readonly string[] {
  return sectionsAt(document, 'system.webServer/iisnode')
    .flatMap(({ attributes }) => attributes.map(({ name }) => name))
    .filter((name) => iisnodeAttributes.some((known) => known === name) && !carried.has(name));
}

/** The port and the settings of the file, of which those that are asked for have their new values. */
function variablesFor(document: XmlDocument, wants: WebConfigWants): ReadonlyMap<string, string> {
  const wanted = [...platformVariables(wants)];
  const names = new Set(wanted.map(([name]) => name.toLowerCase()));
  const kept = settingsIn(document).filter(([name]) => !names.has(name.toLowerCase()));
  return new Map([...wanted, ...kept]);
}

/** appSettings, and NODE_ENV of iisnode. */
function settingsIn(document: XmlDocument): readonly (readonly [string, string])[] {
  const settings = sectionsAt(document, 'appSettings/add').flatMap((add) => {
    const key = attribute(add, 'key');
    return key === undefined ? [] : [[key, attribute(add, 'value') ?? ''] as const];
  });
  const environments = sectionsAt(document, 'system.webServer/iisnode').flatMap((element) => {
    const value = attribute(element, 'node_env');
    return value === undefined || value.startsWith('%') ? [] : [['NODE_ENV', value] as const];
  });
  return [...environments, ...settings];
}

/** The next element that only iisnode needs. */
function withoutIisnode(document: XmlDocument, entries: readonly string[]): PatchChange | undefined {
  const [handler] = iisnodeHandlers(document);
  if (handler !== undefined) return gone(document, handler.element, `handler "${handler.name}"`);
  const removed = sectionsAt(document, `${handlersCollection.path}/remove`).find((element) =>
    /^iisnode/i.test(attribute(element, 'name') ?? ''),
  );
  if (removed !== undefined) return gone(document, removed, undefined);
  const rule = sectionsAt(document, `${rulesCollection.path}/rule`).find((each) => isOfIisnode(each, entries));
  if (rule !== undefined) {
    const name = attribute(rule, 'name') ?? '';
    const before = sectionsAt(document, `${rulesCollection.path}/remove`).find(
      (each) => attribute(each, 'name') === name,
    );
    return before === undefined ? gone(document, rule, `rule "${name}"`) : gone(document, before, undefined);
  }
  const webSocket = sectionAt(document, 'system.webServer/webSocket');
  if (webSocket !== undefined && attribute(webSocket, 'enabled')?.toLowerCase() === 'false')
    return gone(document, webSocket, '<webSocket enabled="false">', 'HttpPlatformHandler needs the WebSocketModule');
  for (const path of ['system.webServer/iisnode', 'appSettings']) {
    const found = sectionAt(document, path);
    const why = path === 'appSettings' ? 'its settings are environmentVariables now' : undefined;
    if (found !== undefined) return gone(document, found, `<${found.name}>`, why);
  }
  const location = findElements(document.root, 'location').find((each) =>
    entries.includes((attribute(each, 'path') ?? '').toLowerCase()),
  );
  if (location !== undefined) return gone(document, location, `<location path="${attribute(location, 'path')}">`);
  const empty = ['system.webServer/rewrite/rules', 'system.webServer/rewrite']
    .map((path) => sectionAt(document, path))
    .find((each) => each !== undefined && each.children.length === 0 && each.attributes.length === 0);
  return empty && gone(document, empty, undefined);
}

/** A rule that leads to an entry point, or that corrects something for iisnode alone. */
function isOfIisnode(rule: XmlElement, entries: readonly string[]): boolean {
  const name = attribute(rule, 'name') ?? '';
  const action = findElement(rule, 'action');
  const url = ((action && attribute(action, 'url')) ?? '').toLowerCase();
  const target = url.replace(/^\.?\//, '').replace(/[/?{].*$/, '');
  return (
    [everythingRuleName, firefoxRuleName].includes(name) ||
    name.startsWith('static files of ') ||
    (/^rewrite$/i.test((action && attribute(action, 'type')) ?? '') && entries.includes(target))
  );
}

function withHandler(document: XmlDocument): PatchChange | undefined {
  const present = sectionsAt(document, `${handlersCollection.path}/add`).some((add) =>
    listed(attribute(add, 'modules')).some((module) => module.toLowerCase() === 'httpplatformhandler'),
  );
  if (present) return undefined;
  const { edits: added, name } = addFirst(document, handlersCollection, platformHandlerName, platformHandlerXml);
  const edits = [...removeHandlerComment(document), ...added];
  return { edits, changes: [`handlers: added "${name}", which gives every URL to HttpPlatformHandler`] };
}

function withSection(
  document: XmlDocument,
  wants: WebConfigWants,
  variables: ReadonlyMap<string, string>,
): PatchChange | undefined {
  const present = sectionAt(document, section);
  if (present === undefined) {
    return {
      edits: insertIntoSection(document, 'system.webServer', platformXml(wants, variables)),
      changes: [`added <httpPlatform>, which starts node with ${platformArguments(wants)}`],
    };
  }
  const words = platformArguments(wants);
  const named = attribute(present, 'arguments') ?? '';
  if (!named.replaceAll('/', '\\').toLowerCase().includes(wants.entry.replaceAll('/', '\\').toLowerCase()))
    return set(document, present, 'arguments', words);
  const count = String(wants.processes ?? '');
  if (count !== '' && (attribute(present, 'processesPerApplication') ?? '1') !== count)
    return set(document, present, 'processesPerApplication', count);
  return variableStep(document, present, wants, variables);
}

function variableStep(
  document: XmlDocument,
  present: XmlElement,
  { vdirPath }: WebConfigWants,
  variables: ReadonlyMap<string, string>,
): PatchChange | undefined {
  const all = findElements(present, 'environmentVariables/environmentVariable');
  const named = (name: string): XmlElement | undefined =>
    all.find((each) => attribute(each, 'name')?.toLowerCase() === name.toLowerCase());
  const path = named('virtualDirPath');
  if (path !== undefined && attribute(path, 'value') !== vdirPath) return set(document, path, 'value', vdirPath);
  for (const [name, value] of variables) {
    if (named(name) !== undefined) continue;
    return {
      edits: insertIntoSection(document, `${section}/environmentVariables`, variableXml(name, value)),
      changes: [`environmentVariables: added ${name}="${value}"`],
    };
  }
  return undefined;
}

function set(document: XmlDocument, element: XmlElement, name: string, value: string): PatchChange {
  const before = attribute(element, name);
  const was = before === undefined ? '' : `, was "${before}"`;
  return {
    edits: setAttributeEdit(document, element, name, value),
    changes: [`<${element.name}>: ${name} is "${value}"${was}`],
  };
}

/** What is removed, in the words of the change; undefined: part of another change. */
function gone(document: XmlDocument, element: XmlElement, what: string | undefined, why?: string): PatchChange {
  const reason = why ?? 'HttpPlatformHandler takes the place of iisnode';
  return {
    edits: removeWithComment(document, element),
    changes: what === undefined ? [] : [`${what}: removed, because ${reason}`],
  };
}
