const times = 32;

/**
 * How many times longer one work takes than as much of it in 32 portions, in time of this process on a processor: about 1
 * where the time grows with the size, 32 where it grows with the square of it. A ratio, so that it is the same on any machine.
 *
 * @param size A portion's.
 */
export function growth(work: (size: number) => unknown, size: number): number {
  const portions = (): void => {
    for (let count = 0; count < times; count += 1) work(size);
  };
  portions(); // Compiled before it counts.
  return least(() => work(times * size)) / least(portions);
}

/** Between the 1 and the 32 of `growth`. */
export const linear = 8;

/** Milliseconds of the quickest of three: what the collector of garbage adds is not the work's. */
function least(act: () => unknown): number {
  const all = Array.from({ length: 3 }, () => {
    const start = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...all);
}
