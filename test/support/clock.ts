import type { ChildProcess } from 'node:child_process';
import path from 'node:path';

/** Arguments of a process that gets its time from a Clock; it needs 'ipc' in its stdio, too. */
export const steered = ['--require', path.join(import.meta.dirname, 'steered.cjs')];

/** The time of the servers that a test starts: it does not change until the test advances it. */
export class Clock {
  #now = 0;
  readonly #processes: ChildProcess[] = [];

  /** Milliseconds since the test began, in the time of the servers. */
  readonly now = (): number => this.#now;

  /** Controls a process that was started with `steered`. */
  steer(process: ChildProcess): void {
    this.#processes.push(process);
  }

  /** Advances the time by `ms`; resolves when every due timer has run in every living process. */
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
