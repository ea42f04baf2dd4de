// Requests a second for a small response, and the processor time of each: the app alone, and nginx, http-proxy and
// `serve` before it, in turns. nginx and wrk are Debian's; without them they are left out, and said.
// BENCH_ROUNDS and BENCH_SECONDS (of each turn) make it smaller; BENCH_FRONTS names fronts.
import { ask, loadProgram, warm } from './fronts/load.mjs';
import { makeFronts, programOf } from './fronts/servers.mjs';
import { inTurns, inWords } from './fronts/turns.mjs';

const target = '/server.js';
const connections = 32;

/** Rows of { what, measured, against, ratio, goal, met }. */
export async function run({
  seconds = Number(process.env.BENCH_SECONDS || 3),
  rounds = Number(process.env.BENCH_ROUNDS || 5),
  names = (process.env.BENCH_FRONTS || 'alone nginx http-proxy serve').split(' '),
} = {}) {
  const fronts = await makeFronts();
  try {
    const started = await startAll(fronts, names);
    const asking = Object.fromEntries(
      Object.entries(started).map(([name, { pid, port }]) => [
        name,
        { pid, ask: () => ask(port, target, seconds, connections) },
      ]),
    );
    for (const { port } of Object.values(started)) await warm(port, target, connections);
    process.stderr.write(`  asked by ${loadProgram}\n`);
    return rowsOf(await inTurns(asking, rounds, 'requests'));
  } finally {
    await fronts.end();
  }
}

async function startAll(fronts, names) {
  const alone = await fronts.alone();
  const started = { alone };
  const nginx = programOf('NGINX_PROGRAM', 'nginx');
  if (nginx === undefined) process.stderr.write('  nginx is not on this machine (Debian: nginx-light)\n');
  else if (names.includes('nginx')) started.nginx = await fronts.nginx(alone, nginx);
  if (names.includes('http-proxy')) started['http-proxy'] = await fronts.httpProxy(alone);
  if (names.includes('serve')) started.serve = await fronts.serve();
  return started;
}

function rowsOf({ alone, nginx, 'http-proxy': peer, serve }) {
  const against = (front, base, goal, least) => {
    const ratio = front.rate / base.rate;
    return {
      measured: inWords(front, 'requests'),
      against: `${base === alone ? 'the app alone' : 'http-proxy'}: ${inWords(base, 'requests')}`,
      ratio: `${ratio.toFixed(2)}; by processor time ${(base.cost / front.cost).toFixed(2)}`,
      goal,
      ...(least !== undefined && { met: ratio >= least }),
    };
  };
  const what = `small response, ${connections} connections`;
  const rows = [];
  if (nginx) rows.push({ what: `nginx before the app, ${what}`, ...against(nginx, alone, 'reported') });
  if (peer) rows.push({ what: 'http-proxy, the same', ...against(peer, alone, 'reported') });
  if (serve) rows.push({ what: '`serve`, the same', ...against(serve, alone, 'at least 0.30', 0.3) });
  if (serve && peer) rows.push({ what: '`serve`, the same', ...against(serve, peer, 'at least 1.3', 1.3) });
  return rows;
}
