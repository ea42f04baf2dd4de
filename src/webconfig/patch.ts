import { UserError } from '../errors.js';
import { applyEdits, attribute, parseXml, type XmlDocument, XmlError } from '../xml/index.js';
import { patchOtherHosts } from './other-hosts.js';
import { patchAppSettings } from './patch-app-settings.js';
import { patchCompression } from './patch-compression.js';
import { patchEntry } from './patch-entry.js';
import { hasAppOrRouting, patchEverythingRule } from './patch-everything.js';
import { patchHandler } from './patch-handler.js';
import { patchIisnode } from './patch-iisnode.js';
import { patchHomeRule, patchSocketIoRule } from './patch-rules.js';
import { patchHiddenSegments, patchHttpErrors, patchWebSocket } from './patch-sections.js';
import type { PatchStep, PatchWants } from './patch-step.js';
import { patchUpgradeRule } from './patch-upgrades.js';
import { sectionsAt } from './sections.js';
import type { PatchResult, WebConfigWants } from './types.js';
import { checkedWants } from './wants.js';

/** In the order of the file they create when there is none. */
const steps: readonly PatchStep[] = [
  patchAppSettings,
  patchEntry,
  patchHandler,
  patchEverythingRule,
  patchSocketIoRule,
  patchHomeRule,
  patchUpgradeRule,
  patchWebSocket,
  patchHiddenSegments,
  patchHttpErrors,
  patchIisnode,
  patchCompression,
];

/** Sections that the steps read: they cannot be checked in a separate file. */
const sections = [
  'appSettings',
  'system.webServer/handlers',
  'system.webServer/rewrite/rules',
  'system.webServer/webSocket',
  'system.webServer/security/requestFiltering',
  'system.webServer/httpErrors',
  'system.webServer/iisnode',
];

/**
 * Adds what a socket.io app needs and is missing to a web.config, with the smallest edits; comments, formatting and unknown
 * settings are not changed. A second run changes nothing.
 *
 * A file that already has an app keeps its own rules, and IIS serves the same files as before; in any other file every URL goes to
 * the entry point, as in a new file.
 *
 * @param source The file's text.
 * @param file Its name for errors.
 * @throws UserError WEB_CONFIG_MALFORMED with line and column, WEB_CONFIG_NOT_CONFIGURATION, WEB_CONFIG_ELSEWHERE,
 *   ENTRY_UNUSABLE (all usage).
 */
export function patchWebConfig(source: string, wants: WebConfigWants, file: string): PatchResult {
  const first = openForPatch(source, file);
  let document = first;
  const changes: string[] = [];
  const patch = (step: PatchStep, state: Pick<PatchWants, 'isNew' | 'isMoved'>): void => {
    const checked = { ...checkedWants(wants), ...state };
    // A step may need several rounds: a rule is corrected first, then moved.
    for (let change = step(document, checked); change; change = step(document, checked)) {
      document = applyEdits(document, change.edits);
      changes.push(...change.changes);
      if (changes.length > 1_000) throw new Error(`Patching ${file} does not come to an end.`);
    }
  };
  patch(patchOtherHosts, { isNew: false, isMoved: false });
  const state = { isNew: !hasAppOrRouting(document), isMoved: document !== first };
  for (const step of steps) patch(step, state);
  const text = document === first ? source : (source.startsWith('\ufeff') ? '\ufeff' : '') + document.text;
  return { text, changes };
}

/**
 * The document of a web.config that can be changed.
 *
 * @throws UserError WEB_CONFIG_MALFORMED, WEB_CONFIG_NOT_CONFIGURATION, WEB_CONFIG_ELSEWHERE (all usage).
 */
export function openForPatch(source: string, file: string): XmlDocument {
  const document = parse(source, file);
  if (document.root.name !== 'configuration') {
    throw new UserError('WEB_CONFIG_NOT_CONFIGURATION', {
      what: `${file} is not a web.config: its root element is <${document.root.name}>`,
      why: 'IIS reads only files whose root element is <configuration>',
      next: 'move the file away, then run this again; nothing was changed',
    });
  }
  for (const section of sections.flatMap((path) => sectionsAt(document, path))) {
    const elsewhere = attribute(section, 'configSource');
    if (elsewhere === undefined) continue;
    const { line } = document.positionAt(section.span.start);
    throw new UserError('WEB_CONFIG_ELSEWHERE', {
      what: `${file}, line ${line}: <${section.name}> is in another file, ${elsewhere}`,
      why: 'only the content of web.config itself can be changed safely',
      next: `move the content of ${elsewhere} into web.config, then run this again; nothing was changed`,
    });
  }
  return document;
}

function parse(source: string, file: string): XmlDocument {
  try {
    return parseXml(source, file);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    const { line, column } = cause.position;
    throw new UserError('WEB_CONFIG_MALFORMED', {
      what: `${file}, line ${line}, column ${column}: not well-formed XML`,
      why: cause.message,
      next: 'fix that place, then run this again; nothing was changed',
      cause,
    });
  }
}
