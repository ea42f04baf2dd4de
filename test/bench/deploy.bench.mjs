// The time of a deployment with nothing to do against Node doing nothing, in turns; and the processes that one to IIS starts, counted by a
// recorder in Windows' node.exe on the Windows server of test/windows/server (wine; left out where it cannot be had).
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { cache, provided } from '../provision.mjs';

const root = path.join(import.meta.dirname, '..', '..');
const launcher = path.join(root, 'bin', 'iisnode-sock.js');
const rounds = 15;
const most = 3;

export async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'iisnode-sock-bench-'));
  try {
    return [...onEmbedded(path.join(folder, 'embedded')), ...(await onIis(path.join(folder, 'iis')))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An app with this repository's packages. */
function appIn(folder) {
  const app = path.join(folder, 'bench');
  mkdirSync(folder, { recursive: true });
  must(
    spawnSync(process.execPath, [launcher, 'init', app, '--template', 'minimal', '--no-install'], { encoding: 'utf8' }),
  );
  symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'));
  return app;
}

function must({ status, stdout, stderr }) {
  if (status !== 0) throw new Error(`ended with ${status}: ${stdout}${stderr}`);
}

/** Its processor time, which other programs of the machine change less than the wall's clock; in ms, a line each. */
const timer = `
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').appendFileSync(process.env.RECORDED, (user + system) / 1_000 + '\\n');
});`;

function onEmbedded(folder) {
  const app = appIn(folder);
  const [preload, recorded] = ['timer.cjs', 'times.txt'].map((name) => path.join(folder, name));
  writeFileSync(preload, timer);
  const env = { ...process.env, CI: '1', IISNODE_SOCK_HOME: path.join(folder, 'home') };
  const node = (...args) =>
    spawnSync(process.execPath, args, { env: { ...env, RECORDED: recorded }, encoding: 'utf8' });
  const deploy = [launcher, 'deploy', app, '--to', 'embedded'];
  const programs = { floor: ['-e', '0'], unchecked: [...deploy, '--no-verify'], checked: deploy };
  must(node(...deploy, '--port', '0'));
  try {
    const times = Object.fromEntries(Object.keys(programs).map((name) => [name, { wall: [], processor: [] }]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, args] of Object.entries(programs)) {
        rmSync(recorded, { force: true });
        const started = process.hrtime.bigint();
        must(node('--require', preload, ...args));
        times[name].wall.push(Number(process.hrtime.bigint() - started) / 1e6);
        times[name].processor.push(Number(readFileSync(recorded, 'utf8').trim().split('\n').at(-1)));
      }
    }
    const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(rounds / 2)];
    const row = (what, name) => {
      const of = (kind) => [median(times[name][kind]), median(times.floor[kind])];
      const [[processor, floor], [wall, wallFloor]] = [of('processor'), of('wall')];
      return {
        what,
        measured: `${processor.toFixed(0)} ms of a processor, ${wall.toFixed(0)} ms in all`,
        against: `\`node -e 0\`: ${floor.toFixed(0)} ms, ${wallFloor.toFixed(0)} ms`,
        ratio: (processor / floor).toFixed(1),
      };
    };
    return [
      row('`deploy --to embedded --no-verify` with nothing to do', 'unchecked'),
      row('the same with the check of the live app', 'checked'),
    ];
  } finally {
    node(launcher, 'undeploy', app);
  }
}

/** Each process that node starts, one line each. */
const recorder = `
const { ChildProcess } = require('node:child_process');
const { appendFileSync } = require('node:fs');
const spawn = ChildProcess.prototype.spawn;
ChildProcess.prototype.spawn = function (options) {
  appendFileSync(process.env.RECORDED, options.file + '\\n');
  return spawn.call(this, options);
};`;

async function onIis(folder) {
  const { missing, environment } = provided(['windows']);
  if (missing !== undefined || process.platform === 'win32') {
    process.stderr.write(`deploy to iis: not measured${missing === undefined ? '' : `: ${missing}`}\n`);
    return [];
  }
  Object.assign(process.env, environment);
  const { startWindowsServer, windowsPath } = await serverModule();
  const app = appIn(folder);
  const files = { preload: path.join(folder, 'recorder.cjs'), recorded: path.join(folder, 'recorded.txt') };
  writeFileSync(files.preload, recorder);
  const server = await startWindowsServer(folder, { port: 8080 });
  const env = {
    ...process.env,
    ...server.environment,
    NO_COLOR: '1',
    NODE_OPTIONS: `--require ${windowsPath(files.preload).replaceAll('\\', '/')}`,
    RECORDED: windowsPath(files.recorded),
  };
  /** The programs that a deployment starts, with how often. */
  const deploy = async () => {
    rmSync(files.recorded, { force: true });
    const args = ['deploy', windowsPath(app), '--to', 'iis', '--no-verify', '--force'];
    await ended('wine', [process.env.NODE_WIN, windowsPath(launcher), ...args], env);
    const lines = existsSync(files.recorded) ? readFileSync(files.recorded, 'utf8').trim().split('\n') : [];
    const names = lines.map((line) =>
      path.win32
        .basename(line)
        .toLowerCase()
        .replace(/\.(exe|com)$/, ''),
    );
    const counts = [...new Set(names)].sort().map((name) => `${name} ${names.filter((one) => one === name).length}`);
    return { count: names.length, programs: counts.join(', ') };
  };
  try {
    const first = await deploy();
    const again = await deploy();
    appendFileSync(path.join(app, 'server.js'), '\n// changed\n');
    const changed = await deploy();
    const row = (what, { count, programs }) => ({ what, measured: String(count), against: programs });
    return [
      row('programs that a first `deploy --to iis` starts', first),
      {
        ...row('with nothing to do', again),
        goal: `at most ${most}`,
        ratio: String(again.count),
        met: again.count <= most,
      },
      row('with one changed file', changed),
    ];
  } finally {
    await server.close();
  }
}

/** Not spawnSync: the server's programs ask this process. */
async function ended(program, args, env) {
  const { spawn } = await import('node:child_process');
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'ignore'] });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
}

async function serverModule() {
  const outfile = path.join(cache, 'windows-server.mjs');
  const files = ['server/windows-server.ts', 'windows-node.ts'].map((file) => path.join(root, 'test', 'windows', file));
  await build({
    stdin: { contents: files.map((file) => `export * from ${JSON.stringify(file)};`).join('\n'), resolveDir: root },
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  return import(outfile);
}
