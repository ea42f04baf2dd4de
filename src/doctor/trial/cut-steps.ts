import type { ProbeStep } from '../../probe/index.js';

/** The clock of a look begins a moment after that of its trial, in ms. */
const tolerance = 20;

/**
 * The steps of a look that was ended: one that failed when the time was up says nothing of the app, nor do those behind it. The first
 * is kept, because it took all of the time.
 *
 * @param ended When the look was ended, ms since its start; undefined where it came to its end.
 */
export function withoutCutSteps(steps: readonly ProbeStep[], ended: number | undefined): readonly ProbeStep[] {
  if (ended === undefined) return steps;
  const cut = steps.findIndex(
    ({ ok, startedAt, ms }, index) => index > 0 && !ok && startedAt + ms >= ended - tolerance,
  );
  return cut < 0 ? steps : steps.slice(0, cut);
}
