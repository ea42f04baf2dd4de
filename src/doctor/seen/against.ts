import type { CheckedFiles } from '../types.js';
import type { Cause } from './known-text.js';

/** The files of an app that crashes may be right: a setting is missing, or a database does not answer. */
const shownByRun: ReadonlySet<string> = new Set(['APP_CRASHED', 'APP_ENDED']);

/** Why the files rule a cause out: they say so, or all rules that could find it have checked them and have found nothing. */
export function againstOf(
  { unless, rules = [] }: Pick<Cause, 'unless' | 'rules'>,
  { facts, ofFiles, checkedRules }: CheckedFiles,
): string | undefined {
  if (facts === undefined) return undefined;
  const findable = rules.filter((code) => ofFiles.has(code));
  const isShown = !rules.some((code) => shownByRun.has(code));
  const isSearched = isShown && findable.length > 0 && findable.every((code) => checkedRules.has(code));
  return unless?.(facts) ?? (isSearched ? 'the files show nothing of it' : undefined);
}
