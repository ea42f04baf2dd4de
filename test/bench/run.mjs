// npm run bench: every figure of the README, each as a ratio against a peer or a floor in the same run.
//   npm run bench -- startup rewrite    these only
//   npm run bench -- load               10,000 viewers for 5 minutes: by name only
//   npm run bench -- capacity           what a viewer costs: by name only
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');
/** A bench module exports `run()`: rows of { what, measured, against, ratio, goal? }; numbers are already in words. */
const all = [
  'startup',
  'divine',
  'requests',
  'sockets',
  'inspect',
  'loader',
  'rewrite',
  'corpus',
  'doctor',
  'trace',
  'deploy',
  'streamer',
  'lateness',
  'azure',
];
const byNameOnly = ['load', 'capacity'];
const asked = process.argv.slice(2);
const benches = asked.length === 0 ? all : asked;

if (spawnSync(process.execPath, ['esbuild.config.mjs'], { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
console.log(`Node ${process.versions.node}, ${availableParallelism()} cores, ${cpus()[0]?.model.trim()}\n`);

const rows = [];
for (const name of benches) {
  const file = path.join(import.meta.dirname, `${name}.bench.mjs`);
  if (!existsSync(file)) {
    console.error(`no such bench: ${name}; there are ${all.join(', ')}; by name only: ${byNameOnly.join(', ')}`);
    process.exit(2);
  }
  process.stderr.write(`${name} ...\n`);
  const { run } = await import(file);
  rows.push(...(await run()));
}

const titles = { what: 'What', measured: 'Measured', against: 'Against', ratio: 'Ratio', goal: 'Goal' };
const table = [titles, ...rows].map((row) => Object.keys(titles).map((key) => String(row[key] ?? '')));
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
console.log(line(table[0]));
console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
for (const row of table.slice(1)) console.log(line(row));

const missed = rows.filter(({ met }) => met === false);
for (const { what, ratio, goal } of missed) console.error(`missed: ${what}: ${ratio}, goal ${goal}`);
process.exit(missed.length === 0 ? 0 : 1);
