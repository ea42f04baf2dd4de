import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Does a process with this number run? One that has ended and waits for its parent to notice does not. */
export function processExists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false; // kill takes 0 and below for groups of processes
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** In containers the first process may take seconds to reap what others left to it. */
const isZombie = (pid: number): boolean => processStat(pid)?.state === 'Z';

/**
 * What tells a process from a later one that got the same number: when it started. undefined where the system does not say
 * (other systems than Linux), and for a process that is not there.
 */
export function processIdentity(pid: number): string | undefined {
  const started = processStat(pid)?.started;
  const boot = started === undefined ? undefined : textOf('/proc/sys/kernel/random/boot_id')?.trim();
  return boot === undefined ? undefined : `${boot} ${started}`;
}

/** Where process numbers mean the same: this machine, or this container on it. */
export function processSpace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname(); // other systems have one such space
  }
}

/** Fields 3 and 22 of /proc/PID/stat (proc_pid_stat(5)); the name before them may hold anything. */
function processStat(pid: number): { readonly state: string; readonly started: string } | undefined {
  if (process.platform !== 'linux') return undefined;
  const text = textOf(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, started] = [fields[0], fields[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // no /proc, or the process is gone by now
  }
}
