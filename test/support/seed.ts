// The seed of all random numbers of the tests.
//   npm test                                     the same numbers in each run, on each machine
//   npm run test:random                          new ones, printed at the start
//   TEST_SEED=7 npx vitest run --project fast    those of another run

/** The seed in this text; throws if it is not one. */
export function seedOf(written: string): number {
  if (!/^\d{1,10}$/.test(written) || Number(written) > 0x7fff_ffff) {
    throw new Error(`TEST_SEED is ${written}; it is a whole number from 0 to ${0x7fff_ffff}`);
  }
  return Number(written);
}

/** The seed of every generator of the tests: fast-check, the samples of sites, the chaos. */
export const seed = seedOf(process.env.TEST_SEED ?? '1300');

/** Numbers from 0 to 1 without 1, the same ones for the same seed (mulberry32). */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
