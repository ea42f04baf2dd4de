// npm test: provides what the lanes need, builds, lints, checks types, runs everything, and reports which lanes could not
// run and why, which tests took longest, what failed, and what each lane took. With CI=true a lane that cannot run is a failure.
// `npm test -- fast e2e` runs these lanes only.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const inCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const failures = [];
const bin = (name, ...file) => path.join(root, 'node_modules', name, ...file);

/**
 * Runs a program to its end; returns true if it succeeded.
 *
 * @param output The target of its output: this terminal, or a list that is shown at the end of its lane.
 */
async function go(program, args, { environment = {}, output = undefined } = {}) {
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', ...(output === undefined ? ['inherit', 'inherit'] : ['pipe', 'pipe'])],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
  try {
    const [status, signal] = await once(child, 'close');
    if (signal !== null) failures.push(`${path.basename(args[0] ?? program)} was ended by ${signal}`);
    return status === 0;
  } catch (error) {
    console.error(String(error));
    return false;
  }
}

if (!existsSync(bin('vitest'))) {
  const installed = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0) process.exit(1);
}
const { cache, provided } = await import('./provision.mjs');
const { longest } = await import('./support/longest.mjs');

const counts = { passed: 0, failed: 0, skipped: 0 };
const reports = [];

/** The projects of a lane in one run of vitest, its numbers added to the sum. */
async function vitest(
  label,
  { environment = {}, node = process.execPath, projects = [label], files = [], output } = {},
) {
  const file = path.join(cache, `${label}.json`);
  const failed = path.join(cache, `${label}-failures.json`);
  for (const left of [file, failed]) rmSync(left, { force: true });
  const args = [bin('vitest', 'vitest.mjs'), 'run', ...files, ...projects.flatMap((project) => ['--project', project])];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  reporters.push(`--reporter=${path.join(root, 'test', 'support', 'failures.mjs')}`);
  const ended = await go(node, [...args, ...reporters], {
    environment: { ...environment, TEST_FAILURES: failed, TEST_BUILT: '1' },
    output,
  });
  if (existsSync(failed)) failures.push(...JSON.parse(readFileSync(failed, 'utf8')).map((text) => `${label}  ${text}`));
  if (!existsSync(file)) return ended;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  reports.push({ lane: label, report });
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests;
  return ended && report.numPassedTests > 0;
}

/** Projects that need only Node, and that each version of it may answer in another way. */
const fast = ['unit', 'shared', 'alone'];

/** The same on a newer Node: in CI, and if it is named. */
const newer = (major) => ({
  name: `node-${major}`,
  inCiOnly: true,
  needs: [`node-${major}`],
  run: ({ program }) => vitest(`node-${major}`, { node: program, projects: fast }),
});

/** The loader runs with an older Node than this program needs. */
const loaderOn18 = {
  name: 'node-18',
  inCiOnly: true,
  needs: ['node-18'],
  run: ({ program }) =>
    vitest('node-18', { environment: { APP_NODE: program }, projects: ['shared'], files: ['test/loader'] }),
};

/** A lane needs things of test/provision.mjs, whose environment it gets, then runs: alone, or beside others that may. */
const lanes = [
  {
    name: 'build',
    run: async () =>
      (await go(process.execPath, ['esbuild.config.mjs'])) &&
      (await go(process.execPath, [path.join(root, 'types.config.mjs')])),
  },
  { name: 'lint', run: () => go(process.execPath, [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.']) },
  { name: 'types', run: () => go(process.execPath, [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']) },
  {
    name: 'template-types',
    run: () => go(process.execPath, [bin('typescript', 'bin', 'tsc'), '-p', 'templates/tsconfig.json']),
  },
  { name: 'fast', run: () => vitest('fast', { projects: [...fast, 'once'] }) },
  // e2e, windows and redis run one test at a time and mostly wait: in this order two of them are beside one of the others.
  ...['e2e', 'adopt', 'windows', 'fuzz', 'redis', 'long', 'cases', 'package', 'shells'].map((name) => ({
    name,
    beside: true,
    needs: {
      adopt: ['adopt', 'chromium'],
      redis: ['redis', 'nginx'],
      e2e: ['chromium', 'redis', 'nginx', 'sshd'],
      shells: ['shells'],
      windows: ['windows'],
    }[name],
    run: ({ environment }, output) => vitest(name, { environment, output }),
  })),
  loaderOn18,
  newer(22),
  newer(24),
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !lanes.some((lane) => lane.name === name));
if (unknown.length > 0) {
  console.error(`unknown lane ${unknown.join(', ')}; there are: ${lanes.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const isLeftToCi = ({ inCiOnly }) => inCiOnly === true && !inCi && asked.length === 0;
const chosen = lanes.filter(
  (lane) => (asked.length === 0 || asked.includes(lane.name) || lane.name === 'build') && !isLeftToCi(lane),
);

// What is missing is fetched while the first lanes run: it mostly waits for the network.
const needed = [...new Set(chosen.flatMap(({ needs = [] }) => needs))];
const provision = spawn(process.execPath, [path.join(import.meta.dirname, 'provision.mjs'), ...needed], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
const fetched = once(provision, 'close');

const summary = [];

/** One lane from its needs to its line in the summary. */
async function through({ name, needs = [], run, beside }) {
  if (!beside) console.log(`\n== ${name}`);
  const started = performance.now();
  if (needs.length > 0) await fetched;
  const given = needs.length > 0 ? provided(needs) : {};
  const output = beside ? [] : undefined;
  const verdict = given.missing ? 'could not run' : (await run(given, output)) ? 'passed' : 'failed';
  if (beside) console.log(`\n== ${name}\n${Buffer.concat(output)}`);
  summary.push({ name, verdict, why: given.missing ?? '', seconds: (performance.now() - started) / 1000 });
  return verdict;
}

const began = performance.now();
let left = [...chosen];
while (left.length > 0) {
  const { beside, name } = left[0];
  const together = beside ? left.filter((lane) => lane.beside) : [left[0]];
  left = left.filter((lane) => !together.includes(lane));
  const next = together.values();
  const three = [1, 2, 3].map(async () => {
    for (const lane of next) if ((await through(lane)) === 'failed' && name === 'build') left = [];
  });
  await Promise.all(three);
}
await fetched;

console.log('\nLongest tests:');
for (const line of longest(reports, 15, root)) console.log(`  ${line}`);
if (failures.length > 0) console.log(`\nWhat failed:\n\n${failures.join('\n\n')}`);
console.log('\nLanes:');
for (const { name, verdict, why, seconds } of summary) {
  console.log(`  ${name.padEnd(14)} ${verdict.padEnd(13)} ${seconds.toFixed(1).padStart(6)} s  ${why}`);
}
for (const { name } of lanes.filter(isLeftToCi)) {
  console.log(`  ${name.padEnd(14)} ${'left to CI'.padEnd(13)}           npm test -- ${name} runs it`);
}
console.log(`  ${'all'.padEnd(28)} ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`);
const bad = summary.filter(({ verdict }) => verdict === 'failed' || (inCi && verdict === 'could not run'));
const failed = Math.max(counts.failed, failures.length, bad.length); // A lane without tests counts as one.
console.log(`\n${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exit(bad.length === 0 ? 0 : 1);
