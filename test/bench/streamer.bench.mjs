// What a streamed stanza costs the server, and what a viewer does: dante against the sample it was made from (2013, on
// Node 0.10), its literal port to socket.io 4, and the floor: bare ws sending all of its clients the same bytes.
// The same viewers arrive at the same times everywhere; the servers take turns, a fresh process each time.
// BENCH_VIEWERS, BENCH_ROUNDS and BENCH_SERVERS (dante literal floor old) make it smaller.
import { setTimeout as after } from 'node:timers/promises';
import { cpuOf, memoryAfterCollection } from './streamer/process-figures.mjs';
import { contenders, makeWork } from './streamer/servers.mjs';
import { median, spread } from './streamer/statistics.mjs';
import { mustBeWhole, startViewers } from './streamer/viewers.mjs';

/** Whole stanza periods in which each viewer is pinged once, ms; before the poem ends for those who came first. */
const windowOf = (interval, pingInterval) => interval * Math.min(38, Math.ceil(pingInterval / interval));

/**
 * One server with all its viewers: { cpu: microseconds a stanza delivered, memory: bytes a viewer, size: bytes of text
 * a stanza, viewers: CPU microseconds the viewers' own process takes a stanza }.
 */
export async function measure({ title, protocol, start }, { folder }, { count, over, interval }) {
  const server = await start();
  const viewers = await startViewers();
  try {
    const before = await memoryAfterCollection(server.pid, folder);
    const targets = [{ port: server.port, protocol, path: '/socket.io' }];
    const { pingInterval } = await viewers.arrive({ targets, count, over, interval });
    await after(interval);
    await viewers.begin();
    const [cpu, own] = [cpuOf(server.pid), viewers.cpu()];
    await after(windowOf(interval, pingInterval));
    const told = await viewers.tell();
    const [spent, ownSpent] = [cpuOf(server.pid) - cpu, viewers.cpu() - own];
    mustBeWhole(told, title);
    const memory = (await memoryAfterCollection(server.pid, folder)).pss - before.pss;
    return {
      cpu: (1000 * spent) / told.deliveries,
      memory: memory / count,
      size: told.bytes / told.deliveries,
      viewers: (1000 * ownSpent) / told.deliveries,
    };
  } finally {
    await viewers.leave();
    await server.close();
  }
}

/** Each server `rounds` times in turn: { dante: { title, cpu: [...], memory: [...], ... }, literal, floor, old }. */
async function measureAll(names, rounds, how) {
  const work = makeWork();
  try {
    const all = contenders(work, how.interval);
    const results = Object.fromEntries(names.map((name) => [name, { title: all[name].title, runs: [] }]));
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of names) {
        const run = await measure(all[name], work, how);
        results[name].runs.push(run);
        const words = `${run.cpu.toFixed(1)} us a stanza, ${(run.memory / 1024).toFixed(1)} kB a viewer`;
        process.stderr.write(
          `  ${round}/${rounds} ${all[name].title}: ${words}; ${run.size.toFixed(0)} bytes each, ${run.viewers.toFixed(1)} us to read\n`,
        );
      }
    }
    return results;
  } finally {
    work.remove();
  }
}

/** Rows of { what, measured, against, ratio, goal, met }. */
export async function run({
  count = Number(process.env.BENCH_VIEWERS || 5000),
  rounds = Number(process.env.BENCH_ROUNDS || 3),
  names = (process.env.BENCH_SERVERS || 'dante literal floor old').split(' '),
  interval = 2000,
  over = 10_000,
} = {}) {
  const results = await measureAll(names, rounds, { count, over, interval });
  const of = (name, key) => results[name].runs.map((each) => each[key]);
  const units = { cpu: [1, 'us'], memory: [1024, 'kB'] };
  const words = (name, key) => {
    const values = of(name, key).map((value) => value / units[key][0]);
    return `${median(values).toFixed(1)} ${units[key][1]} (${spread(values)})`;
  };
  const row = (what, key, name, goal, limit) => {
    const ratio = median(of('dante', key)) / median(of(name, key));
    return {
      what: `dante: ${what}, ${count} viewers, one process`,
      measured: words('dante', key),
      against: `${results[name].title}: ${words(name, key)}`,
      ratio: ratio.toFixed(2),
      goal,
      ...(limit === undefined ? {} : { met: ratio <= limit }),
    };
  };
  const rows = [
    ['CPU a stanza', 'cpu', 'literal', 'at most 0.75', 0.75],
    ['CPU a stanza', 'cpu', 'floor', 'at most 1.5', 1.5],
    ['CPU a stanza', 'cpu', 'old', 'reported'],
    ['memory a viewer', 'memory', 'literal', 'at most 1', 1],
    ['memory a viewer', 'memory', 'floor', 'reported'],
    ['memory a viewer', 'memory', 'old', 'reported'],
  ];
  return rows.filter(([, , name]) => name in results && 'dante' in results).map((each) => row(...each));
}

if (process.argv[1] === import.meta.filename) console.table(await run());
