import type { ChildProcess } from 'node:child_process';
import path from 'node:path';

/** What a process is started with, and 'ipc' in its stdio, to have its time from a Clock. */
export const steered = ['--require', path.join(import.meta.dirname, 'steered.cjs')];

/** The time of the servers that a test starts: it stands still until the test moves it on. */
export class Clock {
  #now = 0;
  readonly #processes: ChildProcess[] = [];

  /** Milliseconds since the test began, as the servers see it. */
  readonly now = (): number => this.#now;

  /** Steers a process that was started with `steered`. */
  steer(process: ChildProcess): void {
    this.#processes.push(process);
  }

  /** Moves the time on by `ms`; resolves when every timer that came due has run in every process that still lives. */
  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const living = this.#processes.filter(({ connected }) => connected);
    await Promise.all(
      living.map(
        (child) =>
          new Promise<void>((resolve) => {
            const done = (): void => {
              child.off('message', done).off('disconnect', done);
              resolve();
            };
            child.on('message', done).on('disconnect', done);
            child.send({ advance: ms });
          }),
      ),
    );
  }
}
