// npm start: installs and builds what is missing, scaffolds Dante into a temporary folder, deploys it to an embedded IIS
// of its own, prints the URL, opens the browser, and takes everything away again on Ctrl-C.
//   npm start -- --no-open     do not open a browser
//   npm start -- --port 8081   another port
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const usage = `Usage: npm start -- [--no-open] [--port N]

Scaffolds Dante into a temporary folder, deploys it to an embedded IIS of its own and prints the URL.
Ctrl-C stops it and takes everything away again.

  --no-open   do not open a browser
  --port N    TCP port; 0, which is the default, means any free one`;
const root = path.join(import.meta.dirname, '..');
const values = asked();

/** What the command line says; a wrong one ends here, in three lines and with exit code 2. */
function asked() {
  const options = { open: { type: 'boolean', default: true }, port: { type: 'string' }, help: { type: 'boolean' } };
  try {
    const { values } = parseArgs({ options, allowNegative: true });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (values.port === undefined || (/^\d{1,5}$/.test(values.port) && Number(values.port) <= 65535)) return values;
    throw new Error(`--port ${values.port} is no whole number from 0 to 65535`);
  } catch (error) {
    const [what] = error.message.split(/\. |\n/, 1);
    console.error(`error USAGE  ${what}\n  It takes --no-open and --port N.\n  next: npm start -- --help`);
    process.exit(2);
  }
}

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

const prefix = 'iisnode-sock-start-';
/** In each folder: the process that made it and takes it away. */
const ownerFile = 'owner.pid';
await sweep();
const folder = await mkdtemp(path.join(tmpdir(), prefix));
await writeFile(path.join(folder, ownerFile), String(process.pid));
const app = path.join(folder, 'dante');

/** Takes away what an earlier start left that was killed before it could. */
async function sweep() {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const stale = path.join(tmpdir(), name);
    try {
      // Somebody else's folder is not ours to look into; one without an owner may be about to get it.
      if ((await stat(stale)).uid !== (process.getuid?.() ?? 0)) continue;
      const pid = Number(await readFile(path.join(stale, ownerFile), 'utf8'));
      if (!(pid > 0) || isRunning(pid)) continue;
      cli(['undeploy', path.join(stale, 'dante'), '--to', 'embedded'], 'ignore', path.join(stale, 'iis'));
      await rm(stale, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // It is being made or taken away at this moment, or it cannot be taken away: the next start tries again.
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** One command of the built program, on the embedded IIS of `home`. */
function cli(args, stdio = ['ignore', 'pipe', 'inherit'], home = path.join(folder, 'iis')) {
  return spawnSync(process.execPath, [path.join(root, 'bin', 'iisnode-sock.js'), ...args], {
    cwd: root,
    env: { ...process.env, IISNODE_SOCK_HOME: home },
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
