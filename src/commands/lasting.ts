import { plural } from '../amounts.js';
import { onRead } from '../files/index.js';
import type { Terminal } from '../terminal/index.js';

/** Nothing is shown before, in ms: most commands have ended then. */
const patience = 1_000;
/** How often the line is drawn again, in ms. */
const redrawEvery = 100;

/**
 * Runs what may last, and after a second shows what it does in a line that goes away again; on a terminal alone.
 * @param doing `examining ./dante`
 * @param onlyWhileReading Between the files that are read something else is shown: questions, tasks.
 */
export async function lasting<Result>(
  terminal: Terminal,
  doing: string,
  act: () => Promise<Result>,
  { onlyWhileReading = false } = {},
): Promise<Result> {
  let began = performance.now();
  let drawn = 0;
  let files = 0;
  let last = began;
  const show = (): void => {
    const now = performance.now();
    if (now - began < patience || now - drawn < redrawEvery) return;
    drawn = now;
    const read = files === 0 ? [] : [`${plural(files, 'file')} read`];
    // The time for an answer is not ours.
    const time = onlyWhileReading ? [] : [`${Math.floor((now - began) / 1000)} s`];
    terminal.passing(`${doing}: ${[...read, ...time].join(', ')}`);
  };
  const stopReading = onRead(() => {
    const now = performance.now();
    // A question was answered, or something was installed.
    if (onlyWhileReading && now - last > patience) began = now;
    last = now;
    files += 1;
    show();
  });
  const timer = onlyWhileReading ? undefined : setInterval(show, 1_000).unref();
  try {
    return await act();
  } finally {
    stopReading();
    clearInterval(timer);
    terminal.passing();
  }
}
