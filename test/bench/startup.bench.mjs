// --help and --version against Node doing nothing, in turns.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const launcher = path.join(import.meta.dirname, '..', '..', 'bin', 'iisnode-sock.js');
const programs = { 'node -e 0': ['-e', '0'], '--help': [launcher, '--help'], '--version': [launcher, '--version'] };
const goal = 1.25;

export function run(rounds = 60) {
  const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, args] of Object.entries(programs)) {
      const started = process.hrtime.bigint();
      spawnSync(process.execPath, args, { stdio: 'pipe' });
      times[name].push(Number(process.hrtime.bigint() - started) / 1e6);
    }
  }
  const median = (name) => times[name].sort((a, b) => a - b)[Math.floor(rounds / 2)];
  const floor = median('node -e 0');
  return ['--help', '--version'].map((name) => {
    const ratio = median(name) / floor;
    return {
      what: `\`iisnode-sock ${name}\`, wall time`,
      measured: `${median(name).toFixed(0)} ms`,
      against: `\`node -e 0\`: ${floor.toFixed(0)} ms`,
      ratio: ratio.toFixed(2),
      goal: `at most ${goal}`,
      met: ratio <= goal,
    };
  });
}
