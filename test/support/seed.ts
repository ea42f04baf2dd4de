// The one place that says which random numbers the tests use.
//   npm test                                     the same numbers in each run, on each machine
//   npm run test:random                          fresh ones, said at the start
//   TEST_SEED=7 npx vitest run --project fast    those of another run

/** The seed that is written there; throws when that is none. */
export function seedOf(written: string): number {
  if (!/^\d{1,10}$/.test(written) || Number(written) > 0x7fff_ffff) {
    throw new Error(`TEST_SEED is ${written}; it is a whole number from 0 to ${0x7fff_ffff}`);
  }
  return Number(written);
}

/** What every generator of the tests starts with: fast-check, the samples of sites, the chaos. */
export const seed = seedOf(process.env.TEST_SEED ?? '1300');

/** Numbers from 0 to 1 without 1, the same ones for the same start (mulberry32). */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
