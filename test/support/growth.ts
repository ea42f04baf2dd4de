const times = 32;

/**
 * How many times longer one task takes than the same amount in 32 portions, in CPU time of this process: about 1
 * if the time grows with the size, 32 if it grows with the square of it. A ratio, so that it is the same on any machine.
 *
 * @param size The size of a portion.
 */
export function growth(work: (size: number) => unknown, size: number): number {
  const portions = (): void => {
    for (let count = 0; count < times; count += 1) work(size);
  };
  const one = (): unknown => work(times * size);
  portions(); // Compiled before it is measured.
  let ratio = Number.POSITIVE_INFINITY;
  let [whole, parts] = [ratio, ratio];
  // The fastest of each leaves out what is done beside it, which is garbage collection of other tests' objects, too.
  for (let sample = 0; sample < 15 && (sample < 3 || ratio >= linear); sample += 1) {
    whole = Math.min(whole, timeOf(one));
    parts = Math.min(parts, timeOf(portions));
    ratio = whole / parts;
  }
  return ratio;
}

/** Between the 1 and the 32 of `growth`. */
export const linear = 8;

/** In ms. */
function timeOf(act: () => unknown): number {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/**
 * How many times longer one task takes than a task of an eighth of its size, in CPU time of this process: about 8 if the time grows
 * with the size, 64 if it grows with the square of it.
 *
 * @param work Does the task of so many parts, and gives the CPU time of what is to be measured, in ms.
 * @param size The number of parts of the smaller task.
 */
export async function eightfold(work: (parts: number) => Promise<number>, size: number): Promise<number> {
  await work(Math.ceil(size / 10)); // Compiled before it is measured.
  // Below this a garbage collection would decide.
  const few = Math.max(await work(size), 40);
  return (await work(8 * size)) / few;
}

/** The CPU time of this process for a task, in ms. */
export async function processorTime(task: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
