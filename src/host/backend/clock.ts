import type { HostClock } from '../types.js';

/** setTimeout's longest delay, in ms. */
const longestDelay = 2 ** 31 - 1;

/**
 * The clock of this machine. With a `scale` above 1 its time runs faster from now on: with 1740 the 29 hours after which a pool is
 * recycled are one minute.
 */
export function systemClock(scale = 1): HostClock {
  const began = Date.now();
  const startedAt = performance.now();
  const now = (): number => began + (performance.now() - startedAt) * scale;
  return {
    now,
    after(delay, run) {
      const due = now() + delay;
      let timer: NodeJS.Timeout | undefined;
      const wait = (): void => {
        const left = (due - now()) / scale;
        timer = left <= 0 ? undefined : setTimeout(wait, Math.min(Math.ceil(left), longestDelay)).unref();
        if (left <= 0) run();
      };
      timer = setTimeout(wait, Math.min(Math.ceil(delay / scale), longestDelay)).unref();
      return () => clearTimeout(timer);
    },
  };
}
