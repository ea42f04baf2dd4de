import type { ProbeStep } from '../../probe/index.js';
import type { RuleFinding } from '../types.js';

/** What has a rule of its own among the failures of a page. */
export const neverEnds = ({ id, symptom, unfinished }: ProbeStep): boolean =>
  id === 'page' && (symptom === 'page-never-ends' || unfinished !== undefined);

/** Why it matters, in both rules about it. */
export const whyUnfinished = 'The browser shows a page that loads forever, and runs no script that waits for its end.';

/** What to know and to do, in both rules about it. */
export const helpUnfinished = `A browser shows a page while it comes. What waits for the end of the page never runs where the server does not
end it: scripts with defer, modules, a script that is cut in the middle, code for DOMContentLoaded or load. Usual causes: a handler that
writes and never calls end(), a stream that fails on its way, a middleware that neither answers nor calls next(). Where no code of the page
waits for its end, this is a warning; so is nothing for a page that goes on (a stream), or for a server that has sockets and no page.`;

/**
 * A finding for a page that stopped and was not ended: an error where code of it waits for that, else a warning; an error for one that
 * was never answered.
 *
 * @param where The page, as the report names it.
 */
export function unfinishedPages(step: ProbeStep, where: string): RuleFinding[] {
  if (!neverEnds(step) || step.missing?.some(({ isNeeded }) => isNeeded)) return [];
  const { unfinished, why, next, ok, seen } = step;
  const what = unfinished === undefined ? 'no answer' : `${seen}, and not ended after ${unfinished.after}`;
  return [
    {
      message: `The page at ${where}: ${what}.`,
      ...(ok && { severity: 'warning' as const }),
      why: why === undefined ? 'The browser goes on loading, and window.onload never fires.' : `${why}.`,
      fix: next ?? 'End the response in the app: response.end().',
    },
  ];
}
