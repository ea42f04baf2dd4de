// npm test: provides what the lanes need, builds, lints, checks types, runs everything, and says which lanes could not
// run and why. With CI=true a lane that cannot run is a failure. `npm test -- fast e2e` runs these lanes only.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const inCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const bin = (name, ...file) => path.join(root, 'node_modules', name, ...file);

/** Runs with this terminal; true when it ended well. */
function go(program, args, environment = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  if (result.error) console.error(String(result.error));
  return result.status === 0;
}

if (!existsSync(bin('vitest'))) {
  const installed = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0) process.exit(1);
}
const { cache, provideChromium, provideNode, provideRedis, provideWindows } = await import('./provision.mjs');

const counts = { passed: 0, failed: 0, skipped: 0 };

/** One vitest project, its numbers added to the sum. */
function vitest(project, { environment = {}, node = process.execPath, label = project } = {}) {
  const report = path.join(cache, `${label}.json`);
  rmSync(report, { force: true });
  const args = [bin('vitest', 'vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json'];
  const ended = go(node, [...args, `--outputFile.json=${report}`], environment);
  if (!existsSync(report)) return ended;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += numPassedTests;
  counts.failed += numFailedTests;
  counts.skipped += numPendingTests;
  return ended && numPassedTests > 0;
}

const newer = (major) => ({
  name: `node-${major}`,
  provide: () => provideNode(major),
  run: ({ program }) => vitest('fast', { node: program, label: `node-${major}` }),
});

/** A lane provides what it needs ({ missing } says why it cannot), then runs. */
const lanes = [
  {
    name: 'build',
    run: () =>
      go(process.execPath, ['esbuild.config.mjs']) &&
      go(process.execPath, [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']),
  },
  { name: 'lint', run: () => go(process.execPath, [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.']) },
  { name: 'types', run: () => go(process.execPath, [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']) },
  {
    name: 'template-types',
    run: () => go(process.execPath, [bin('typescript', 'bin', 'tsc'), '-p', 'templates/tsconfig.json']),
  },
  { name: 'fast', run: () => vitest('fast') },
  { name: 'fuzz', run: () => vitest('fuzz') },
  { name: 'package', run: () => vitest('package') },
  { name: 'redis', provide: provideRedis, run: ({ environment }) => vitest('redis', { environment }) },
  {
    name: 'e2e',
    provide: () => {
      const [browser, redis] = [provideChromium(), provideRedis()];
      const missing = browser.missing ?? redis.missing;
      return missing ? { missing } : { environment: { ...browser.environment, ...redis.environment } };
    },
    run: ({ environment }) => vitest('e2e', { environment }),
  },
  { name: 'windows', provide: provideWindows, run: ({ environment }) => vitest('windows', { environment }) },
  newer(22),
  newer(24),
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !lanes.some((lane) => lane.name === name));
if (unknown.length > 0) {
  console.error(`unknown lane ${unknown.join(', ')}; there are: ${lanes.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const summary = [];
for (const lane of lanes.filter(({ name }) => asked.length === 0 || asked.includes(name) || name === 'build')) {
  console.log(`\n== ${lane.name}`);
  const started = Date.now();
  const provided = lane.provide?.() ?? {};
  const verdict = provided.missing ? 'could not run' : lane.run(provided) ? 'passed' : 'failed';
  summary.push({ name: lane.name, verdict, why: provided.missing ?? '', seconds: (Date.now() - started) / 1000 });
  if (lane.name === 'build' && verdict === 'failed') break;
}

console.log('\nLanes:');
for (const { name, verdict, why, seconds } of summary) {
  console.log(`  ${name.padEnd(9)} ${verdict.padEnd(13)} ${seconds.toFixed(1).padStart(6)} s  ${why}`);
}
const bad = summary.filter(({ verdict }) => verdict === 'failed' || (inCi && verdict === 'could not run'));
const lanesFailed = counts.failed === 0 ? bad.length : 0; // a lane without tests of its own counts as one
console.log(`\n${counts.passed} passed, ${counts.failed + lanesFailed} failed, ${counts.skipped} skipped`);
process.exit(bad.length === 0 ? 0 : 1);
