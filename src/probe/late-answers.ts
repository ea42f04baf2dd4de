import { setTimeout as pause } from 'node:timers/promises';
import type { Finding } from './finding.js';

/** ms before each further question, 3 s in all: an app may attach socket.io only when its database has answered, and listen before. */
const pauses = [100, 200, 400, 800, 1_500];

/** Asks again where a process that has just started does not know an address yet. All questions of a look share the time for it. */
export class LateAnswers {
  readonly #signal: AbortSignal | undefined;
  readonly #left: number[];

  /** @param isFresh The process was started for this look: what it does not know now it may know soon. */
  constructor(isFresh: boolean, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#left = isFresh ? [...pauses] : [];
  }

  /** What was found in the end, with a note where it came late. */
  async ask<Found extends { readonly finding: Finding }>(look: () => Promise<Found>): Promise<Found> {
    const began = performance.now();
    let found = await look();
    if (!isUnknown(found.finding)) return found;
    for (let wait = this.#left.shift(); wait !== undefined; wait = this.#left.shift()) {
      const isOver = await pause(wait, false, { signal: this.#signal }).catch(() => true);
      if (isOver) return found;
      found = await look();
      if (!isUnknown(found.finding)) return { ...found, finding: withNote(found.finding, performance.now() - began) };
    }
    return found;
  }
}

/** The app itself answers, and not with socket.io: it has no such route, or one for all paths. */
const isUnknown = ({ ok, status, signs }: Finding): boolean =>
  !ok && (status === 404 || status === 200) && signs?.by === 'app';

function withNote(finding: Finding, ms: number): Finding {
  const late = `not there at first, and then after ${(ms / 1_000).toFixed(1)} s: the app attaches socket.io after it listens`;
  return { ...finding, note: [finding.note, late].filter(Boolean).join('; ') };
}
