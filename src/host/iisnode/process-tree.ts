import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readFileSync } from '../../files/index.js';

/** Larger than any environment the system lets a program have. */
const largestEnvironment = 8 * 1024 * 1024;
/** How often, and at what distance in ms, what was killed may be seen again before it is left alone. */
const rounds = 100;
const pause = 10;

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly marked: boolean;
}

/**
 * A node process with everything it started. iisnode puts its processes into a job object that ends them all with it (iisnode
 * 0.2.27, cnodeapplicationmanager.cpp InitializeCore); elsewhere than on Windows a process that made a session of its own is found
 * by its parents and by a mark in its environment. What has neither any more, as its parent ended first and it was started with
 * an environment of its own, is not found.
 */
export class ProcessTree {
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly #mark: string;
  readonly #since: number;

  /** `mark` is text that stands in the environment of the process and of no other. */
  constructor(child: ChildProcess, pid: number, mark: string) {
    this.#child = child;
    this.#pid = pid;
    this.#mark = mark;
    this.#since = process.platform === 'linux' ? (statOf(String(pid))?.started ?? 0) : 0;
  }

  /** Ends all of it, without a signal it could handle. */
  kill(): void {
    if (process.platform === 'win32') {
      // The children too: libuv's own job object lets those go that were started detached.
      const program = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
      const words = ['/PID', String(this.#pid), '/T', '/F'];
      execFile(program, words, { windowsHide: true, timeout: 5000 }, () => this.#child.kill('SIGKILL'));
      return;
    }
    const all = this.#others(this.#pid);
    killProcess(-this.#pid);
    for (const pid of all) killProcess(pid);
  }

  /** Ends what the process left behind; call it when it is gone. Resolves when nothing of it is left, after a second at most. */
  async sweep(): Promise<void> {
    if (process.platform === 'win32') return;
    killProcess(-this.#pid);
    const refused = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      // By the mark alone: the number of the process may be another one's by now.
      const left = this.#others().filter((pid) => !refused.has(pid));
      if (left.length === 0) return;
      for (const pid of left) if (!killProcess(pid)) refused.add(pid);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #others(root?: number): number[] {
    try {
      const rows = process.platform === 'linux' ? fromProc(this.#mark, this.#since) : fromPs(this.#mark);
      return descendants(rows, root);
    } catch {
      return []; // no descriptor left to look with: the group is ended all the same
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

/** The marked ones and all that have one of them, or `root`, among their parents; without `root` and this process. */
function descendants(rows: readonly Row[], root?: number): number[] {
  const found = new Set(rows.filter(({ marked, pid }) => marked || pid === root).map(({ pid }) => pid));
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of rows) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter((pid) => pid !== root && pid !== process.pid);
}

/** A zombie has no environment and needs no end; what began before `since` was not started by the process. */
function fromProc(mark: string, since: number): Row[] {
  const rows: Row[] = [];
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (stat === undefined || stat.started < since) continue;
    rows.push({
      pid: Number(name),
      parent: stat.parent,
      marked: contentOf(`/proc/${name}/environ`).includes(mark),
    });
  }
  return rows;
}

/** proc(5): the name stands in parentheses, which it may hold itself; `started` is in clock ticks since the system's start. */
function statOf(name: string): { readonly parent: number; readonly started: number } | undefined {
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

/** ps(1) of macOS shows the environment behind the command (-E). */
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
