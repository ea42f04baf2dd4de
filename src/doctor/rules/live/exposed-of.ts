import type { LiveFacts, RuleFinding } from '../../types.js';

type Exposed = LiveFacts['exposed'][number];

/** What the doctor did for these rules, for --explain. */
export const afterPage = (what: string): string =>
  `When the site answers, the doctor also asks for a short list of files that no visitor should get; of each it reads a few kilobytes, and it reports only what really is that file, not an app that answers everything with its page. ${what}`;

/** One finding for the files of a kind, with what shows each. */
export function exposedOf(
  { exposed }: LiveFacts,
  kind: Exposed['kind'],
  fixOf: (files: readonly Exposed[]) => string,
): readonly RuleFinding[] {
  const files = exposed.filter((each) => each.kind === kind);
  if (files.length === 0) return [];
  const shown = files.map(({ url, evidence }) => `${url} (${evidence})`).join(', ');
  const can = kind === 'debugger' ? 'start the debugger at' : 'read';
  return [{ message: `Everybody can ${can} ${shown}.`, fix: fixOf(files) }];
}

/** Request filtering that hides the first or the last part of each name. */
export function hidden(files: readonly Exposed[], part: 'first' | 'whole'): string {
  const names = files.map(({ name }) => (part === 'first' ? (name.split('/')[0] ?? name) : name));
  const segments = [...new Set(names)].map((name) => `<add segment="${name}" />`).join(' ');
  return `${segments} in security/requestFiltering/hiddenSegments`;
}
