import { type Assumption, assumptionsOf, type Entry } from '../../app/index.js';
import type { FileFacts } from './facts.js';

/** The program that iisnode runs; where web.config names none, the only one that it can be. */
function likelyEntry(entries: readonly Entry[]): Entry | undefined {
  const named = entries.filter(({ from }) => from === 'handler' || from === 'rewrite');
  return named.find(({ exists }) => exists) ?? named[0] ?? (entries.length === 1 ? entries[0] : undefined);
}

/** Only web.config says where the app is. */
const unknownPath: Assumption = {
  what: 'path',
  value: 'unknown',
  by: 'web.config cannot be read',
  option: '--path',
};

/** What is assumed to read an app: its vdir path where the command line does not have it, and its entry point. */
export function assumptionsIn({ place, entries, webConfig, isFolder }: FileFacts): readonly Assumption[] {
  const known = assumptionsOf({ place, entry: likelyEntry(entries) });
  return place === undefined && isFolder && webConfig.error !== undefined ? [unknownPath, ...known] : known;
}
