// npm start: installs and builds what is missing, scaffolds Dante into a temporary folder, deploys it to an embedded IIS
// of its own, prints the URL, opens the browser, and takes everything away again on Ctrl-C.
//   npm start -- --no-open     do not open a browser
//   npm start -- --port 8081   another port
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.join(import.meta.dirname, '..');
const options = { open: { type: 'boolean', default: true }, port: { type: 'string' } };
const { values } = parseArgs({ options, allowNegative: true });

function must(program, args, extra = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...extra });
  if (error) console.error(error.message);
  return status === 0;
}

if (!existsSync(path.join(root, 'node_modules', 'esbuild'))) {
  const installed = must('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
  if (!installed) process.exit(1);
}
if (!must(process.execPath, ['esbuild.config.mjs'])) process.exit(1);

const folder = await mkdtemp(path.join(tmpdir(), 'iisnode-sock-start-'));
const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(folder, 'iis') };
const app = path.join(folder, 'dante');

/** One command of the built program; its result lines when `quiet`, else shown. */
function cli(args, stdio = ['ignore', 'pipe', 'inherit']) {
  return spawnSync(process.execPath, [path.join(root, 'bin', 'iisnode-sock.js'), ...args], {
    cwd: root,
    env: environment,
    stdio,
    encoding: 'utf8',
  });
}

let leaving = false;
async function leave(code) {
  if (leaving) return;
  leaving = true;
  cli(['undeploy', app, '--to', 'embedded'], 'ignore');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => leave(0));

const { status: made } = cli(
  ['init', app, '--template', 'dante', '--path', '/dante'],
  ['ignore', 'inherit', 'inherit'],
);
if (made !== 0) await leave(made ?? 1);
const deployed = cli(['deploy', app, '--to', 'embedded', '--port', values.port ?? '0']);
process.stdout.write(deployed.stdout ?? '');
if (deployed.status !== 0) await leave(deployed.status ?? 1);

const url = /^https?:\/\/\S+/m.exec(deployed.stdout)?.[0];
console.log('\nCtrl-C stops it and takes everything away again.');
if (values.open && url && process.stdout.isTTY && !process.env.CI) openBrowser(url);
setInterval(() => {}, 1 << 30); // stay until a signal comes

function openBrowser(address) {
  const [program, ...args] = {
    darwin: ['open', address],
    win32: ['cmd', '/c', 'start', '""', address],
  }[process.platform] ?? ['xdg-open', address];
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
