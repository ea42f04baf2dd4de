import { execa } from 'execa';
import { killTree } from './kill-tree.js';

export interface NpmRun {
  /** npm as a script for node: `npmScript`. */
  readonly script: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** All of it: nothing of this process's own is added. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends npm with all processes that it has started. Its cache stays valid: it writes temporary files and renames them. */
  readonly signal: AbortSignal | undefined;
}

/** Starts npm. The promise never rejects: the result says whether npm failed. */
export function startNpm({ script, arguments: words, directory, environment, signal }: NpmRun) {
  const npm = execa(process.execPath, [script, ...words], {
    cwd: directory,
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    all: true,
    detached: process.platform !== 'win32', // the leader of its group, which `killTree` ends
  });
  const stop = (): void => void (npm.pid !== undefined && killTree(npm.pid));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  void npm.finally(() => signal?.removeEventListener('abort', stop));
  return npm;
}
