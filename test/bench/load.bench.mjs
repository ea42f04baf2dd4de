// npm run bench -- load (by name only: it takes six minutes): 10,000 viewers for 5 minutes through `serve`, three node
// processes. Who has read the canto begins anew, so that connections end and begin all the time. No stanza may be lost
// and nobody cut off; what is live after a garbage collection must not grow from minute 1 to the end, nor may open files.
// BENCH_VIEWERS, BENCH_MINUTES and BENCH_INTERVAL (ms a stanza) make it smaller.
import { spawn } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { childrenOf, memoryAfterCollection, openFilesLimit, openFilesOf } from './streamer/process-figures.mjs';
import { collectsOnSignal, ended, launcher, makeWork, said } from './streamer/servers.mjs';
import { mustBeWhole, startViewers } from './streamer/viewers.mjs';

const interval = Number(process.env.BENCH_INTERVAL || 2000);
const processes = 3;
/** The part by which a process may have grown from minute 1 to the end: caches still filling. */
const bound = 0.05;
/** Files a process has open besides: sockets that are closing while their viewers begin anew, logs, node's own. */
const others = 100;

/** As many viewers as the files allowed to a process permit: the host has two sockets for each. */
function viewersPossible(wanted) {
  const limit = openFilesLimit();
  const possible = Math.floor((limit - others) / 2);
  if (wanted <= possible) return wanted;
  const needed = 2 * wanted + others;
  process.stderr.write(
    `  ulimit -n is ${limit}: enough for ${possible} viewers (two sockets each in the host). For ${wanted}: ulimit -n ${needed},\n` +
      `  and where that is refused, as root: ulimit -Hn ${needed}, or LimitNOFILE=${needed} of the service, or limits.conf.\n`,
  );
  return possible;
}

async function serve(work) {
  const args = [launcher, 'serve', work.app, '--path', '/dante', '--port', '0'];
  const env = {
    ...process.env,
    NODE_OPTIONS: `--require ${collectsOnSignal}`, // handed on to the node processes
    BENCH_MEMORY: work.folder,
    IISNODE_SOCK_HOME: `${work.folder}/iis`,
    STANZA_INTERVAL: String(interval),
  };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, port: Number(await said(child, /Listening on http:\/\/[^:]+:(\d+)/)) };
}

const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(0);

/** Rows of { what, measured, against, ratio, goal, met }; a line a minute goes to stderr. */
export async function run({
  wanted = Number(process.env.BENCH_VIEWERS || 10_000),
  minutes = Number(process.env.BENCH_MINUTES || 5),
} = {}) {
  const count = viewersPossible(wanted);
  const work = makeWork({ processes });
  const host = await serve(work);
  const viewers = await startViewers();
  try {
    const target = { port: host.port, protocol: 'socket.io', path: '/dante/socket.io' };
    const over = (1000 * count) / 250;
    await viewers.arrive({ targets: [target], count, over, interval, again: true });
    await viewers.begin();
    const begun = performance.now();
    const pids = [host.child.pid, ...childrenOf(host.child.pid, work.entry)];
    const look = async () =>
      Promise.all(
        pids.map(async (pid) => {
          const memory = await memoryAfterCollection(pid, work.folder);
          return { ...memory, live: memory.heapUsed + memory.external, files: openFilesOf(pid) };
        }),
      );
    const looks = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      await after(begun + minute * 60_000 - performance.now());
      looks.push(await look());
      const { deliveries, readings, lateness } = await viewers.tell();
      const memory = looks
        .at(-1)
        .map(({ pss, live, files }) => `${mebibytes(pss)} (${mebibytes(live)} live), ${files} files`);
      process.stderr.write(
        `  minute ${minute}: ${deliveries} stanzas, ${readings} cantos, p99 ${lateness.quantile(0.99)} ms late; MB of the host and its processes: ${memory.join('; ')}\n`,
      );
    }
    const told = await viewers.tell();
    mustBeWhole(told, 'through serve');
    const expected = (count * minutes * 60_000) / interval;
    const [first, last] = [looks[0], looks.at(-1)];
    // Resident memory is said, not judged: it goes up and down by what V8 gives back to the system, and when.
    const residentOf = (index) => looks.map((each) => each[index].pss).sort((a, b) => a - b);
    const row = (what, index) => {
      const [from, to] = [first[index], last[index]];
      const resident = residentOf(index);
      const growth = Math.max(to.live / from.live, to.files / from.files);
      return {
        what: `\`serve\`: live memory of ${what}, ${count} viewers, minute ${minutes}`,
        measured: `${mebibytes(to.live)} MB, ${to.files} files (resident: ${mebibytes(resident[0])}-${mebibytes(resident.at(-1))} MB)`,
        against: `minute 1: ${mebibytes(from.live)} MB, ${from.files} files`,
        ratio: growth.toFixed(2),
        goal: `at most ${1 + bound}`,
        met: growth <= 1 + bound,
      };
    };
    return [
      {
        what: `\`serve\`: ${count} viewers for ${minutes} minutes, ${pids.length - 1} processes`,
        measured: `${told.deliveries} stanzas, none lost, nobody cut off`,
        against: `${wanted} viewers: ${(expected * wanted) / count} stanzas`,
        ratio: (told.deliveries / ((expected * wanted) / count)).toFixed(2),
        goal: `at least 0.9, none lost`,
        met: told.deliveries >= (0.9 * expected * wanted) / count,
      },
      ...pids.map((_, index) => row(index === 0 ? 'the host' : `node process ${index}`, index)),
    ];
  } finally {
    await viewers.leave();
    await ended(host.child);
    work.remove();
  }
}

if (process.argv[1] === import.meta.filename) console.table(await run());
