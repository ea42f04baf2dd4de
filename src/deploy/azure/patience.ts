/** A time limit for everything that is waited for. */
export interface Patience {
  /** ms until the limit; never negative. */
  readonly left: number;
  /** The whole limit in ms. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** ms for one question that changes nothing, with its repetitions; a first answer may take longer. */
  readonly question: number;
  /** Receives a sentence where a question is not answered within a moment. */
  readonly onWait: (sentence: string) => void;
  /** Waits, at most until the limit. @throws TimeLimit where it is over already; the signal's reason. */
  wait(ms: number): Promise<void>;
}

/** The whole time is over. */
export class TimeLimit extends Error {}

/** Between two questions, in ms: a server that says 0 is not asked without a pause. */
const shortest = 100;

/** ms for a question before anything is changed: who asks looks at the answer, and can ask again. */
export const timeToLook = 10_000;

/**
 * @param limit In ms, from now.
 * @param pause Waits; a test's does not.
 */
export function patienceOf(
  limit: number,
  signal: AbortSignal,
  {
    question = Number.POSITIVE_INFINITY,
    onWait = () => undefined,
    pause = pauseFor,
  }: Partial<Pick<Patience, 'question' | 'onWait'>> & {
    readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  } = {},
): Patience {
  const end = performance.now() + limit;
  const left = (): number => Math.max(0, end - performance.now());
  return {
    get left() {
      return left();
    },
    limit,
    signal,
    question,
    onWait,
    async wait(ms) {
      signal.throwIfAborted();
      if (left() === 0) throw new TimeLimit('the time limit is over');
      await pause(Math.min(Math.max(ms, shortest), left()), signal);
      signal.throwIfAborted();
    },
  };
}

/** Ends early, without an error, when the signal comes. */
const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
