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
  portions(); // Compiled before it is measured.
  return least(() => work(times * size)) / least(portions);
}

/** Between the 1 and the 32 of `growth`. */
export const linear = 8;

/** Milliseconds of the fastest of three, to leave out garbage collection. */
function least(act: () => unknown): number {
  const all = Array.from({ length: 3 }, () => {
    const start = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...all);
}
