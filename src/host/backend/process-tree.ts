import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { processExists, readFileSync } from '../../files/index.js';
import { system32 } from '../../system32.js';

/** Larger than the system's limit for an environment. */
const largestEnvironment = 8 * 1024 * 1024;
/** How many times, and at what interval in ms, killed processes are checked before they are ignored. */
const rounds = 100;
const pause = 10;

/** Its value, the mark, identifies the processes started by a process, also where PORT has another value. */
export const jobVariable = 'IISNODE_SOCK_JOB';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly marked: boolean;
}

/**
 * A node process with everything it started. iisnode puts its processes into a job object that ends them all with it (iisnode
 * 0.2.27, cnodeapplicationmanager.cpp InitializeCore). On other systems a process that created its own session is found by its
 * parents and by a mark in its environment. A process whose parent has ended and that was started with another environment is
 * not found.
 */
export class ProcessTree {
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #mark: string;
  readonly #since: number;
  /** Until taskkill has ended: later it could find another program with the same process ID. */
  #killing: Promise<void> | undefined;
  /** Descendants that were killed: the system ends them a moment later, and not all of them have the mark. */
  #killed: readonly number[] = [];

  /** `mark` is text that only the environment of this process contains. */
  constructor(child: ChildProcess, pid: number, mark: string) {
    this.#child = child;
    this.#pid = pid;
    this.#mark = mark;
    this.#since = process.platform === 'linux' ? (processStat(String(pid))?.started ?? 0) : 0;
  }

  /** Kills the process and all its descendants. */
  kill(): void {
    if (process.platform === 'win32') {
      // The children too: libuv's own job object does not end those that were started detached.
      const program = system32(process.env, 'taskkill.exe');
      const words = ['/PID', String(this.#pid), '/T', '/F'];
      this.#killing = new Promise((resolve) => {
        execFile(program, words, { windowsHide: true, timeout: 5000 }, () => {
          this.#child.kill('SIGKILL');
          resolve();
        });
      });
      return;
    }
    const all = this.#others(this.#pid);
    killProcess(-this.#pid);
    this.#killed = all.filter(killProcess);
  }

  /**
   * Ends the remaining descendants after the process has ended. Resolves when none is left, after a second at most; on Windows
   * when a taskkill under way has ended, after 5 s at most.
   */
  async sweep(): Promise<void> {
    if (process.platform === 'win32') return this.#killing;
    killProcess(-this.#pid);
    const refused = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      // Only by the mark: another process may have the same process ID by now.
      const left = this.#others().filter((pid) => !refused.has(pid));
      if (left.length === 0 && !this.#killed.some(processExists)) return;
      for (const pid of left) if (!killProcess(pid)) refused.add(pid);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #others(root?: number): number[] {
    try {
      const rows = process.platform === 'linux' ? fromProc(this.#mark, this.#since) : fromPs(this.#mark);
      return descendants(rows, root);
    } catch {
      return []; // no file descriptors left to search with: the group is still ended
    }
  }
}

/** False when this process may not end it. */
function killProcess(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
  return true;
}

/** The marked processes and all descendants of them or of `root`; without `root` and this process. */
function descendants(rows: readonly Row[], root?: number): number[] {
  const found = new Set(rows.filter(({ marked, pid }) => marked || pid === root).map(({ pid }) => pid));
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of rows) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter((pid) => pid !== root && pid !== process.pid);
}

/** A zombie has no environment and need not be ended; a process that started before `since` is not a descendant. */
function fromProc(mark: string, since: number): Row[] {
  const rows: Row[] = [];
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? processStat(name) : undefined;
    if (stat === undefined || stat.started < since) continue;
    rows.push({
      pid: Number(name),
      parent: stat.parent,
      marked: contentOf(`/proc/${name}/environ`).includes(mark),
    });
  }
  return rows;
}

/** proc(5): the name is in parentheses and may contain parentheses; `started` is in clock ticks since the system's start. */
function processStat(name: string): { readonly parent: number; readonly started: number } | undefined {
  const text = contentOf(`/proc/${name}/stat`).toString('latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (text === '' || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { parent: Number(fields[1]), started: Number(fields[19]) };
}

/** Empty when it cannot be read: the process ended, or it is another user's. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file, largestEnvironment);
  } catch {
    return Buffer.alloc(0);
  }
}

/** ps(1) of macOS shows the environment after the command (-E). */
function fromPs(mark: string): Row[] {
  const words = process.platform === 'darwin' ? ['-axwwE'] : ['-A'];
  const { stdout } = spawnSync('ps', [...words, '-o', 'pid=,ppid=,stat=,command='], {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 5000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [...(stdout ?? '').matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s(.*)$/gm)]
    .filter(([, , , state = '']) => !state.startsWith('Z'))
    .map(([, pid, parent, , command = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      marked: command.includes(mark),
    }));
}
