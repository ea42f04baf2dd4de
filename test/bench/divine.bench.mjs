// From an empty folder to the first stanza, against doing by hand the bare minimum: npm install socket.io, start a
// server, first message. Both with a warm npm cache, in turns.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { io } from 'socket.io-client';

const root = path.join(import.meta.dirname, '..', '..');
const launcher = path.join(root, 'bin', 'iisnode-sock.js');
const { version } = createRequire(import.meta.url)('socket.io/package.json');
const goal = 1.3;
/** What init gives npm beside; a person who only wants to see it run types none of them. */
const quick = ['--prefer-offline', '--no-audit', '--no-fund'];

const byHandServer = `
  const { Server } = require('socket.io');
  const server = require('node:http').createServer();
  new Server(server, { transports: ['websocket'] }).on('connection', (socket) => socket.emit('stanza', 'first'));
  server.listen(0, () => console.log(server.address().port));`;

async function firstStanza(origin, socketPath) {
  const socket = io(origin, { path: socketPath, transports: ['websocket'], reconnectionDelay: 20 });
  await new Promise((resolve) => {
    socket.once('stanza', resolve);
  });
  socket.close();
}

function must(program, args, options) {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    shell: program === 'npm' && process.platform === 'win32',
    ...options,
  });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${result.stderr}${result.stdout}`);
  return result.stdout;
}

async function withTheTool(folder) {
  const env = { ...process.env, IISNODE_SOCK_HOME: path.join(folder, 'iis') };
  const app = path.join(folder, 'dante');
  const started = performance.now();
  must(process.execPath, [launcher, 'init', app, '--path', '/dante'], { env });
  const said = must(process.execPath, [launcher, 'deploy', app, '--to', 'embedded', '--port', '0'], { env });
  await firstStanza(/http:\/\/[\d.]+:\d+/.exec(said)[0], '/dante/socket.io');
  const ms = performance.now() - started;
  must(process.execPath, [launcher, 'undeploy', app, '--to', 'embedded'], { env });
  return ms;
}

async function byHand(folder, flags) {
  const app = path.join(folder, `by-hand${flags.length}`);
  const started = performance.now();
  await mkdir(app);
  await writeFile(path.join(app, 'package.json'), '{ "private": true }\n');
  must('npm', ['install', ...flags, `socket.io@${version}`], { cwd: app });
  await writeFile(path.join(app, 'server.js'), byHandServer);
  const server = spawn(process.execPath, ['server.js'], { cwd: app, stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(server.stdout, 'data');
  await firstStanza(`http://127.0.0.1:${Number(port)}`, '/socket.io');
  const ms = performance.now() - started;
  server.kill();
  return ms;
}

export async function run(rounds = 5) {
  const tool = [];
  const typed = [];
  const quickest = [];
  for (let round = -1; round < rounds; round += 1) {
    const folder = await mkdtemp(path.join(tmpdir(), 'iisnode-sock-bench-'));
    const times = [await withTheTool(folder), await byHand(folder, []), await byHand(folder, quick)];
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    if (round < 0) continue; // warms npm's cache
    tool.push(times[0]);
    typed.push(times[1]);
    quickest.push(times[2]);
  }
  const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  const took = median(tool);
  const row = (against, by) => ({
    what: 'init + deploy, empty folder to first stanza',
    measured: `${(took / 1000).toFixed(2)} s`,
    against: `${against}, start, first message: ${(by / 1000).toFixed(2)} s`,
    ratio: (took / by).toFixed(2),
  });
  const byTyping = median(typed);
  return [
    {
      ...row('`npm install socket.io`', byTyping),
      goal: `at most ${goal}, and under 7 s`,
      met: took / byTyping <= goal && took < 7000,
    },
    { ...row('the same with npm told to skip its audit and look-ups', median(quickest)), goal: 'reported' },
  ];
}
