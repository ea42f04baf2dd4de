// Fronts take turns, so that a busy machine is as busy for each of them.
import { cpuOf } from '../streamer/process-figures.mjs';
import { median, spread } from '../streamer/statistics.mjs';

/**
 * Measures each front once a round: { name: { rate: a second, cost: microseconds of a processor for one } }, medians.
 * @param fronts { name: { pid, ask: () => { count, seconds } } }; the processor time is that of the front's own process.
 */
export async function inTurns(fronts, rounds, unit) {
  const seen = Object.fromEntries(Object.keys(fronts).map((name) => [name, { rates: [], costs: [] }]));
  for (let round = 1; round <= rounds; round += 1) {
    const words = [];
    for (const [name, { pid, ask }] of Object.entries(fronts)) {
      const before = cpuOf(pid);
      const { count, seconds } = await ask();
      const cost = (1000 * (cpuOf(pid) - before)) / count;
      seen[name].rates.push(count / seconds);
      seen[name].costs.push(cost);
      words.push(`${name} ${Math.round(count / seconds)}/s, ${cost.toFixed(1)} us`);
    }
    process.stderr.write(`  ${round}/${rounds} ${words.join('; ')}\n`);
  }
  const figures = ([name, { rates, costs }]) => {
    process.stderr.write(`  ${name}: ${spread(rates, 0)} ${unit}/s, ${spread(costs)} us\n`);
    return [name, { rate: median(rates), cost: median(costs) }];
  };
  return Object.fromEntries(Object.entries(seen).map(figures));
}

export const inWords = ({ rate, cost }, unit) =>
  `${Math.round(rate)} ${unit}/s, ${cost.toFixed(1)} us of a processor each`;
