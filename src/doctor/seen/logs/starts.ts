import { printable } from '../../../printable.js';
import type { LogFile } from './log-files.js';

/** Processes that begin together: iisnode starts all processes of an app at once. */
const together = 5000;
/** So many starts in so much time are not those of a deployment; ms. */
const [many, period] = [4, 10 * 60 * 1000];

interface Start {
  readonly begun: number;
  readonly pid: number;
}

/** Where iisnode starts the app again and again: '6 starts on WEB1 in 4 min (process ids 4120, 4188, ...)'; undefined where it does not. */
export function oftenStarted(files: readonly LogFile[]): string | undefined {
  const byComputer = new Map<string, Map<number, number>>();
  for (const { of } of files) {
    if (of === undefined) continue;
    const pids = byComputer.get(of.computer) ?? new Map<number, number>();
    byComputer.set(of.computer, pids);
    pids.set(of.pid, Math.min(pids.get(of.pid) ?? Number.POSITIVE_INFINITY, of.begun));
  }
  for (const [computer, pids] of byComputer) {
    const starts = distinct(
      [...pids].map(([pid, begun]) => ({ pid, begun })).sort((one, other) => one.begun - other.begun),
    );
    const found = densest(starts);
    if (found.length >= many)
      return `${found.length} starts on ${printable(computer)} in ${minutes(found)} (process ids ${ids(found)})`;
  }
  return undefined;
}

function distinct(starts: readonly Start[]): Start[] {
  return starts.filter(({ begun }, index) => index === 0 || begun - (starts[index - 1]?.begun ?? 0) > together);
}

/** The most starts within the period. */
function densest(starts: readonly Start[]): readonly Start[] {
  let best: readonly Start[] = [];
  let first = 0;
  for (let last = 0; last < starts.length; last += 1) {
    while ((starts[last]?.begun ?? 0) - (starts[first]?.begun ?? 0) > period) first += 1;
    if (last - first + 1 > best.length) best = starts.slice(first, last + 1);
  }
  return best;
}

const minutes = (starts: readonly Start[]): string =>
  `${Math.max(1, Math.round(((starts.at(-1)?.begun ?? 0) - (starts[0]?.begun ?? 0)) / 60_000))} min`;
const ids = (starts: readonly Start[]): string =>
  `${starts
    .slice(0, 5)
    .map(({ pid }) => pid)
    .join(', ')}${starts.length > 5 ? ', ...' : ''}`;
