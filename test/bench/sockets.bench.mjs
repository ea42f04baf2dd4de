// WebSockets through `serve`: echoes a second and the processor time of each, against a bare TCP pipe of Node before the
// same app, in turns; and what an idle one takes of the host's memory.
// BENCH_ROUNDS, BENCH_SECONDS (of each turn) and BENCH_SOCKETS make it smaller.
import { echo, frame, openSockets } from './fronts/load.mjs';
import { makeFronts } from './fronts/servers.mjs';
import { inTurns, inWords } from './fronts/turns.mjs';
import { memoryAfterCollection } from './streamer/process-figures.mjs';

const target = '/server.js';
const connections = 32;
const bytes = frame(100);
const kilobytes = (amount) => (amount / 1024).toFixed(1);

/** Rows of { what, measured, against, ratio, goal, met }. */
export async function run({
  seconds = Number(process.env.BENCH_SECONDS || 3),
  rounds = Number(process.env.BENCH_ROUNDS || 5),
  idle = Number(process.env.BENCH_SOCKETS || 2000),
} = {}) {
  const fronts = await makeFronts();
  try {
    const pipe = await fronts.barePipe(await fronts.alone());
    const serve = await fronts.serve();
    return [await echoes({ pipe, serve }, seconds, rounds), await memory({ pipe, serve }, fronts.folder, idle)];
  } finally {
    await fronts.end();
  }
}

async function echoes(fronts, seconds, rounds) {
  const asking = {};
  const opened = [];
  for (const [name, { pid, port }] of Object.entries(fronts)) {
    const sockets = await openSockets(port, target, connections);
    opened.push(...sockets);
    asking[name] = { pid, ask: () => echo(sockets, bytes, seconds) };
    await echo(sockets, bytes, 1); // warm
  }
  const { pipe, serve } = await inTurns(asking, rounds, 'echoes');
  for (const socket of opened) socket.destroy();
  const ratio = serve.rate / pipe.rate;
  return {
    what: `WebSocket echo through \`serve\`, ${connections} sockets, frames of ${bytes.length} bytes`,
    measured: inWords(serve, 'echoes'),
    against: `a bare TCP pipe in Node: ${inWords(pipe, 'echoes')}`,
    ratio: `${ratio.toFixed(2)}; by processor time ${(pipe.cost / serve.cost).toFixed(2)}`,
    goal: 'at least 0.85',
    met: ratio >= 0.85,
  };
}

/** The memory of idle sockets beyond the first thousand, with which V8's space for new objects grows once. */
async function memory(fronts, folder, count) {
  const cost = {};
  for (const [name, { pid, port }] of Object.entries(fronts)) {
    const first = await openSockets(port, target, 1000);
    const before = await memoryAfterCollection(pid, folder);
    const sockets = await openSockets(port, target, count);
    const now = await memoryAfterCollection(pid, folder);
    for (const socket of [...first, ...sockets]) socket.destroy();
    const live = (figures) => figures.heapUsed + figures.external;
    cost[name] = { resident: (now.rss - before.rss) / count, live: (live(now) - live(before)) / count };
  }
  const words = ({ resident, live }) => `${kilobytes(resident)} kB (${kilobytes(live)} kB of V8)`;
  return {
    what: `an idle WebSocket in the host of \`serve\`, ${count} of them beside 1,000`,
    measured: words(cost.serve),
    against: `in a bare TCP pipe: ${words(cost.pipe)}`,
    ratio: (cost.serve.resident / cost.pipe.resident).toFixed(2),
    goal: 'at most 12 kB',
    met: cost.serve.resident <= 12 * 1024,
  };
}
