// What a process costs, from Linux's /proc: it needs no help of the process, so that Node 0.10 is measured alike.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

if (process.platform !== 'linux') throw new Error('this bench reads /proc: run it on Linux');

/** CPU time of all threads of a process so far, ms. */
export function cpuOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]));
  return ns.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** Memory that is this process's own share, bytes: its proportional set size. */
export function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)[1]) * 1024;
}

/** The same after a garbage collection, with what V8 then holds: { pss, heapUsed, rss, ... }, bytes. */
export async function memoryAfterCollection(pid, folder) {
  const file = path.join(folder, `${pid}.json`);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const until = performance.now() + 30_000;
  while (performance.now() < until) {
    await after(20);
    try {
      return { ...JSON.parse(readFileSync(file, 'utf8')), pss: memoryOf(pid) };
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`process ${pid} did not collect its garbage within 30 s`);
}

/** The processes started by another one with this word in their command line. */
export function childrenOf(parent, word) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const isChild = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
        return isChild && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false; // It ended meanwhile.
      }
    });
}

/** Files and sockets a process may have open at once. */
export const openFilesLimit = () =>
  Number(/^Max open files\s+\S+\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))[1]) ||
  Number.POSITIVE_INFINITY;

/** Files and sockets a process has open now. */
export const openFilesOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;
