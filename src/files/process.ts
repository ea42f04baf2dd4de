import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Is a process with this ID running? A zombie, which has ended but was not reaped by its parent, is not. */
export function processExists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false; // kill treats 0 and negative numbers as process groups
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** In containers the first process may take seconds to reap orphaned processes. */
const isZombie = (pid: number): boolean => processStat(pid)?.state === 'Z';

/**
 * Distinguishes a process from a later one with the same ID: its start time. undefined on systems other than Linux, and for a
 * process that does not exist.
 */
export function processIdentity(pid: number): string | undefined {
  const started = processStat(pid)?.started;
  const boot = started === undefined ? undefined : textOf('/proc/sys/kernel/random/boot_id')?.trim();
  return boot === undefined ? undefined : `${boot} ${started}`;
}

/** The namespace of process IDs: this machine, or this container on it. */
export function processSpace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname(); // other systems have one namespace
  }
}

/**
 * The process groups of this process, and of the terminal's foreground: where they differ, the process runs in the background.
 * undefined on systems other than Linux.
 */
export function processGroups(): { readonly own: string; readonly foreground: string } | undefined {
  const fields = statFields(process.pid);
  const [own, foreground] = [fields[2], fields[5]];
  return own === undefined || foreground === undefined ? undefined : { own, foreground };
}

/** The fields of /proc/PID/stat from the third on (proc_pid_stat(5)); the name before them may contain any characters. */
function statFields(pid: number): readonly string[] {
  if (process.platform !== 'linux') return [];
  const text = textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
}

/** Fields 3 and 22. */
function processStat(pid: number): { readonly state: string; readonly started: string } | undefined {
  const fields = statFields(pid);
  const [state, started] = [fields[0], fields[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}

/** The memory of a process in bytes (VmRSS, proc_pid_status(5)); undefined on systems other than Linux, and where it has ended. */
export function residentMemory(pid: number): number | undefined {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`) ?? '') ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // no /proc, or the process has ended meanwhile
  }
}
