import { type Assumption, assumptionsOf, type Entry } from '../../app/index.js';
import type { FileFacts } from './facts.js';

/** The program that iisnode runs; where web.config names none, the only one that it can be. */
function likelyEntry(entries: readonly Entry[]): Entry | undefined {
  const named = entries.filter(({ from }) => from === 'handler' || from === 'rewrite');
  return named.find(({ exists }) => exists) ?? named[0] ?? (entries.length === 1 ? entries[0] : undefined);
}

/** What is assumed to read an app: its vdir path where the command line does not have it, and its entry point. */
export const assumptionsIn = ({ place, entries }: FileFacts): readonly Assumption[] =>
  assumptionsOf({ place, entry: likelyEntry(entries) });
