import type { ChildProcess } from 'node:child_process';
import { closeSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createForWriting, readTailSync } from '../../files/index.js';
import type { HttpPlatformSettings } from '../../pipeline/sections/index.js';
import { ErrorOutput } from '../backend/error-output.js';
import type { WorkerState } from '../backend/worker-state.js';

/** How much of the end of a log is read to find why a process ended, in bytes. */
const endOfLog = 16 * 1024;

/** what a process writes to stdout and stderr: its log, or only the last bytes, to say why it ended. */
export class ProcessOutput {
  /** For the child: stdout, stderr. */
  readonly stdio: readonly ['ignore' | number, 'ignore' | 'pipe' | number];
  readonly #log: OpenLog | undefined;
  readonly #tail: ErrorOutput | undefined;
  #file: string | undefined;

  constructor(state: WorkerState, settings: HttpPlatformSettings, folder: string) {
    this.#log = settings.stdoutLogEnabled ? openLog(state, settings.stdoutLogFile, folder) : undefined;
    if (this.#log !== undefined) {
      this.stdio = [this.#log.descriptor, this.#log.descriptor];
      return;
    }
    this.#tail = new ErrorOutput(state.pipes.directory);
    const { stdio } = this.#tail;
    this.stdio = [stdio === 'pipe' ? 'ignore' : stdio, stdio];
  }

  /** Call it when the child was started, or could not be started. */
  started(child?: ChildProcess): void {
    this.#tail?.started(child);
    const log = this.#log;
    if (log === undefined) return;
    closeSync(log.descriptor);
    if (child?.pid === undefined) {
      rmSync(log.file, { force: true });
      return;
    }
    const named = `${log.base}_${child.pid}_${log.time}.log`;
    try {
      renameSync(log.file, named);
      this.#file = named;
    } catch {
      this.#file = log.file; // its name is another, its content is there
    }
  }

  /** The last 16 KiB. */
  text(): string {
    try {
      return this.#file === undefined
        ? (this.#tail?.text() ?? '')
        : readTailSync(this.#file, endOfLog).bytes.toString();
    } catch {
      return '';
    }
  }

  close(): void {
    this.#tail?.close();
  }
}

interface OpenLog {
  readonly descriptor: number;
  /** Its name until the process ID is known. */
  readonly file: string;
  readonly base: string;
  readonly time: string;
}

let opened = 0;

/** `node.log_12244_2021723184914.log` is a name that 1.2 gave (httpplatformhandler.md 9). A folder that is not there is not made. */
function openLog(state: WorkerState, named: string, folder: string): OpenLog | undefined {
  const base = path.resolve(folder, named.replaceAll('\\', path.sep));
  const now = new Date();
  const time = [
    now.getFullYear(),
    now.getMonth() + 1,
    now.getDate(),
    now.getHours(),
    now.getMinutes(),
    now.getSeconds(),
  ].join('');
  const file = `${base}_starting${process.pid}-${++opened}_${time}.log`;
  try {
    return { descriptor: createForWriting(file), file, base, time };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    state.noteOnce({
      level: 'warning',
      code: 'STDOUT_LOG_FAILED',
      message: `Could not create stdoutLogFile ${base}_*.log (${why}): the processes run without a log. The folder must exist, and the pool's identity must be able to write to it.`,
    });
    return undefined;
  }
}
