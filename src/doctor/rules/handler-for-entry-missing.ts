import type { Entry } from '../../app/index.js';
import { literalNames } from '../../app/index.js';
import type { HandlerMapping } from '../../pipeline/sections/index.js';
import { setAttributeEdit, type XmlElement } from '../../xml/index.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';
import { editWebConfig, insertInWebServer } from './web-config-edits.js';

type FixData =
  | { readonly kind: 'add'; readonly entry: string }
  | {
      readonly kind: 'set';
      readonly element: XmlElement;
      readonly attribute: 'path' | 'modules';
      readonly value: string;
    };

/** Patterns IIS never matches against a URL: `./server.js`, `server\server.js`, `/server.js` (Azure/iisnode #189, #280, #338). */
const neverMatches = /\\|^\.{0,2}\//;

function unreachable(facts: FileFacts, handler: HandlerMapping): RuleFinding<FixData> | undefined {
  const parts = handler.path.split(',').map((part) => part.trim());
  if (!parts.every((part) => neverMatches.test(part))) return undefined;
  const names = literalNames(handler.path);
  // Where the file does not exist either, ENTRY_FILE_MISSING reports it.
  if (names.length !== parts.length || (facts.folder.hasSources && !names.every(facts.folder.isFile))) return undefined;
  const value = names.join(',');
  const element = facts.query.ownElement(handler.origin);
  const at = handler.origin && facts.query.placeOf(handler.origin);
  const place = at && { at };
  if (names.some((name) => name.startsWith('../'))) {
    return {
      message: `The path "${handler.path}" of handler "${handler.name}" never matches a URL: a URL has no "..".`,
      fix: 'Put web.config into the folder of the entry point, or into a folder above it.',
      ...place,
    };
  }
  return {
    // That a leading slash matches nothing is unconfirmed; the others are certain.
    ...(parts.every((part) => part.startsWith('/')) && { severity: 'warning' }),
    message: `The path "${handler.path}" of handler "${handler.name}" never matches a URL, so IIS never gives ${value} to iisnode.`,
    why: 'IIS compares a handler\'s path with the URL: "./", "../", a leading slash and backslashes match nothing, and the static file handler sends the source instead.',
    fix: `path="${value}"`,
    ...place,
    ...(element && { data: { kind: 'set', element, attribute: 'path', value } }),
  };
}

/** A handler that matches the entry's name but names another module, or none. */
function withoutIisnode(facts: FileFacts, entry: Entry): RuleFinding<FixData> | undefined {
  const names = (mapping: HandlerMapping): string[] => literalNames(mapping.path).map((name) => name.toLowerCase());
  const handler = facts.site?.handlers?.mappings.find(
    (mapping) =>
      mapping.origin !== undefined &&
      facts.query.isWebConfig(mapping.origin.file) &&
      names(mapping).includes(entry.name.toLowerCase()),
  );
  const element = handler?.origin?.element;
  if (!handler || !element) return undefined;
  return {
    message: `Handler "${handler.name}" takes ${entry.name} but gives it to "${handler.modules.join(',')}", not to iisnode.`,
    fix: 'modules="iisnode"',
    at: facts.query.place(element),
    data: { kind: 'set', element, attribute: 'modules', value: 'iisnode' },
  };
}

function isServer(facts: FileFacts, entry: Entry): boolean {
  const scripts = facts.query.scriptsOf(entry);
  return scripts.some(({ listens, sockets }) => listens.length > 0 || sockets.servers.length > 0);
}

/** No handler maps the app's entry point to iisnode. */
export const handlerForEntryMissing = defineRule<FixData>({
  code: 'HANDLER_FOR_ENTRY_MISSING',
  severity: 'error',
  explains: [...everythingFails, 'LIVE_SOURCE_EXPOSED'],
  title: 'No handler maps the entry point to iisnode',
  why: 'Without a handler entry IIS treats the file as static content: the browser gets its source, or 404, and node never starts.',
  help: `IIS uses its handler mappings to decide what handles a URL. iisnode runs a file only when an entry of
system.webServer/handlers names it: <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>.
The path is compared with the URL, not with the disk: write it without "./", without a leading slash and with forward slashes
("server/server.js"), and let rewrite rules use the same text. --fix adds the entry, or corrects the one that is there.`,
  check(facts) {
    const { site } = facts;
    if (!site?.handlers || hostedElsewhere(facts)) return [];
    if (site.iisnodeHandlers.length > 0) {
      return site.iisnodeHandlers.map((handler) => unreachable(facts, handler)).filter((found) => found !== undefined);
    }
    const entry = facts.entries.find(({ from, exists }) => from === 'rewrite' && exists) ?? facts.entries[0];
    if (!entry || (entry.from !== 'rewrite' && !isServer(facts, entry))) return [];
    const wrong = withoutIisnode(facts, entry);
    if (wrong) return [wrong];
    const { document } = facts.webConfig;
    return [
      {
        message: `No handler in web.config gives ${entry.name} to iisnode.`,
        fix: `<add name="iisnode" path="${entry.name}" verb="*" modules="iisnode" />`,
        ...(document && { at: facts.query.place(document.root) }),
        data: { kind: 'add', entry: entry.name },
      },
    ];
  },
  fix(facts, { data }) {
    if (!data) return [];
    if (data.kind === 'set')
      return editWebConfig(facts, (doc) => setAttributeEdit(doc, data.element, data.attribute, data.value));
    return editWebConfig(facts, (doc) => insertInWebServer(doc, ['handlers'], handlerXml('iisnode', data.entry)));
  },
});

/** A handler entry for a program. */
export function handlerXml(name: string, entry: string): string {
  return `<add name="${name}" path="${entry.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`)}" verb="*" modules="iisnode" />`;
}
