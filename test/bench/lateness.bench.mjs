// How late stanzas are with 10,000 viewers on two processes, and whether the cost grows in step with the viewers.
// A stanza is due at the moment its viewer joined, and then one interval after the other: waiting adds up.
// BENCH_SERVER=literal measures the literal port of the sample of 2013 instead.
import { setTimeout as after } from 'node:timers/promises';
import { cpuOf } from './streamer/process-figures.mjs';
import { contenders, makeWork } from './streamer/servers.mjs';
import { exponentOf } from './streamer/statistics.mjs';
import { mustBeWhole, startViewers } from './streamer/viewers.mjs';

const interval = 2000;
const perSecond = 500;

/** `count` viewers on two fresh processes: { told, cpu: ms a second }. */
async function measure({ protocol, start }, count, periods) {
  const servers = await Promise.all([start(), start()]);
  const viewers = await startViewers();
  try {
    const targets = servers.map(({ port }) => ({ port, protocol, path: '/socket.io' }));
    await viewers.arrive({ targets, count, over: (1000 * count) / perSecond, interval });
    await after(interval);
    await viewers.begin();
    const cpu = () => servers.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
    const [before, started] = [cpu(), performance.now()];
    await after(periods * interval);
    const told = await viewers.tell();
    const spent = cpu() - before;
    mustBeWhole(told, `${count} viewers`);
    return { told, cpu: (1000 * spent) / (performance.now() - started) };
  } finally {
    await viewers.leave();
    await Promise.all(servers.map((server) => server.close()));
  }
}

const line = (name, histogram) => {
  const at = [0.5, 0.9, 0.99, 0.999].map((part) => `p${100 * part} ${histogram.quantile(part)} ms`);
  return `${name}: ${at.join(', ')}, latest ${histogram.quantile(1)} ms`;
};

/** Rows of { what, measured, against, ratio, goal, met }; the histogram goes to stderr. */
export async function run({
  counts = [1000, 2500, 5000, 10_000],
  server = process.env.BENCH_SERVER || 'dante',
  periods = 6,
} = {}) {
  const work = makeWork();
  const points = [];
  let last;
  try {
    const contender = contenders(work, interval)[server];
    for (const count of counts) {
      last = await measure(contender, count, count === counts.at(-1) ? 2 * periods : periods);
      points.push([count, last.cpu]);
      const each = (1000 * last.cpu * interval) / 1000 / count;
      process.stderr.write(
        `  ${count} viewers: ${last.cpu.toFixed(0)} ms CPU a second, ${each.toFixed(1)} us a stanza; ${line('late', last.told.lateness)}\n`,
      );
    }
  } finally {
    work.remove();
  }
  const { lateness, gaps } = last.told;
  process.stderr.write(`\n  Late by, ${lateness.total} stanzas:\n${lateness.draw().join('\n')}\n`);
  process.stderr.write(`  ${line('Longer than the interval since the stanza before', gaps)}\n`);
  const p99 = lateness.quantile(0.99);
  const [[few, fewCpu], [many, manyCpu]] = [points[0], points.at(-1)];
  const growth = manyCpu / fewCpu;
  return [
    {
      what: `dante: lateness of a stanza, ${many} viewers, two processes`,
      measured: `p50 ${lateness.quantile(0.5)} ms, p99 ${p99} ms`,
      against: `the schedule from the moment of joining, ${lateness.total} stanzas`,
      ratio: `p99 ${p99} ms`,
      goal: 'p99 under 100 ms',
      met: p99 < 100,
    },
    {
      what: `dante: CPU, ${many} viewers`,
      measured: `${manyCpu.toFixed(0)} ms a second`,
      against: `${few} viewers: ${fewCpu.toFixed(0)} ms a second; slope ${exponentOf(points).toFixed(2)} (log-log)`,
      ratio: growth.toFixed(1),
      goal: `at most ${((1.1 * many) / few).toFixed(0)}: linear`,
      met: growth <= (1.1 * many) / few,
    },
  ];
}

if (process.argv[1] === import.meta.filename) console.table(await run());
