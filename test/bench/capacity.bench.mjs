// What a viewer costs a node process: the figures that `capacity` reckons with (src/capacity/measured.ts).
// BENCH_VIEWERS makes it smaller.
import { setTimeout as after } from 'node:timers/promises';
import { cpuOf, memoryAfterCollection, memoryOf } from './streamer/process-figures.mjs';
import { contenders, makeWork } from './streamer/servers.mjs';
import { startViewers } from './streamer/viewers.mjs';
import { measure as measureStream } from './streamer.bench.mjs';

/** socket.io's own pingInterval, 25 s, twice. */
const idleFor = 50_000;
/** ms a stanza: after the first one none comes while this measures. */
const never = 1_000_000;

/** Viewers who connect, get one message and then only answer pings. CPU in microseconds, memory in bytes. */
async function measureIdle(work, count) {
  const { protocol, start } = contenders(work, never).literal;
  const server = await start();
  const viewers = await startViewers();
  try {
    const empty = await memoryAfterCollection(server.pid, work.folder);
    const targets = [{ port: server.port, protocol, path: '/socket.io' }];
    const atFirst = cpuOf(server.pid);
    await viewers.arrive({ targets, count, over: 10_000, interval: never });
    const connected = cpuOf(server.pid);
    const resident = memoryOf(server.pid); // With what the garbage collector has not come to.
    const full = await memoryAfterCollection(server.pid, work.folder);
    const idle = cpuOf(server.pid);
    await after(idleFor);
    return {
      memoryPerProcess: empty.rss,
      memoryPerViewer: (resident - empty.pss) / count,
      heapPerViewer: (full.heapUsed - empty.heapUsed) / count,
      processorPerConnection: (1000 * (connected - atFirst)) / count,
      processorPerIdleViewer: (1000 * (cpuOf(server.pid) - idle)) / count / (idleFor / 1000),
    };
  } finally {
    await viewers.leave();
    await server.close();
  }
}

/** Rows of { what, measured, against, ratio, goal }. */
export async function run({ count = Number(process.env.BENCH_VIEWERS || 5000) } = {}) {
  const interval = 2000;
  const work = makeWork();
  try {
    const idle = await measureIdle(work, count);
    const { cpu } = await measureStream(contenders(work, interval).dante, work, { count, over: 10_000, interval });
    const row = ([what, measured]) => ({ what, measured, against: `${count} viewers`, ratio: '', goal: 'reported' });
    const bytes = (value) => `${value.toFixed(0)} bytes`;
    const us = (value) => `${value.toFixed(1)} us`;
    return [
      ['a process without viewers', bytes(idle.memoryPerProcess)],
      ['memory a viewer', bytes(idle.memoryPerViewer)],
      ["V8's heap a viewer", bytes(idle.heapPerViewer)],
      ['CPU a connection', us(idle.processorPerConnection)],
      ['CPU a second of a viewer that only answers pings', us(idle.processorPerIdleViewer)],
      ['CPU a message to a viewer, one message to many', us(cpu)],
    ].map(row);
  } finally {
    work.remove();
  }
}

if (process.argv[1] === import.meta.filename) console.table(await run());
