import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { residentMemory } from '../../files/index.js';
import { system32 } from '../../system32.js';

const run = promisify(execFile);
/** A program that answers late is ended, in ms. */
const longest = 5_000;

/** The memory of each process in bytes, as the system counts it (its resident pages); those it does not know are left out. */
export async function memoryOf(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (pids.length === 0) return new Map();
  try {
    if (process.platform === 'linux') return ofProc(pids);
    return process.platform === 'win32' ? await ofTasklist(pids) : await ofPs(pids);
  } catch {
    return new Map();
  }
}

function ofProc(pids: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const pid of pids) {
    const memory = residentMemory(pid);
    if (memory !== undefined) found.set(pid, memory);
  }
  return found;
}

async function ofPs(pids: readonly number[]): Promise<Map<number, number>> {
  const { stdout } = await run('/bin/ps', ['-o', 'pid=,rss=', '-p', pids.join(',')], { timeout: longest });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid = 0, kilobytes = 0]) => [pid, kilobytes * 1024]),
  );
}

/** `"node.exe","4242","Console","1","38,120 K"`: the separator of the number is the system's own. */
async function ofTasklist(pids: readonly number[]): Promise<Map<number, number>> {
  const { stdout } = await run(system32(process.env, 'tasklist.exe'), ['/FO', 'CSV', '/NH'], { timeout: longest });
  const rows = stdout.split(/\r?\n/).map((line) => line.slice(1, -1).split('","'));
  const wanted = new Set(pids);
  return new Map(
    rows
      .map(([, pid = '', , , size = '']) => [Number(pid), Number(size.replace(/\D/g, '')) * 1024] as const)
      .filter(([pid]) => wanted.has(pid)),
  );
}
