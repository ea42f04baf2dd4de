// Requests per second and the time of an upgrade through the loader, against the same app that listens on the pipe by itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');
const interceptor = path.join(root, 'src', 'host', 'iisnode', 'interceptor.cjs');
const app = `const server = require('node:http').createServer((request, response) => {
  if (request.headers.cookie === undefined) response.statusCode = 401; // every framework reads headers
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 5 });
  response.end('divin');
});
new (require(process.env.WS).WebSocketServer)({ server });
server.keepAliveTimeout = 120000;
server.listen(process.env.PORT, () => console.log('up'));`;

// What iisnode sends with a browser's request.
const headers = `Host: site.example\r\nConnection: keep-alive\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br\r
Accept-Language: en\r\nCookie: sid=0123456789abcdef\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36\r
X-Original-URL: /chat/page\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n`;

/** One connection asking again and again until `until`; gives the number of answers. */
function hammer(pipe, target, until) {
  const request = `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
  return new Promise((resolve, reject) => {
    let answers = 0;
    const socket = net.connect(pipe, () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!bytes.includes('divin')) return;
      answers += 1;
      if (performance.now() < until) socket.write(request);
      else socket.end(() => resolve(answers));
    });
  });
}

async function requestsPerSecond(pipe, target, seconds = 0.2, connections = 16) {
  const begin = performance.now();
  const until = begin + seconds * 1000;
  const answers = await Promise.all(Array.from({ length: connections }, () => hammer(pipe, target, until)));
  return answers.reduce((sum, each) => sum + each, 0) / ((performance.now() - begin) / 1000);
}

/** The time of one upgrade on a new connection, in ms. */
async function upgradeTime(pipe, target) {
  const request = `GET ${target} HTTP/1.1\r\n${headers.replace('keep-alive', 'Upgrade')}Upgrade: websocket\r
Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
  const begin = performance.now();
  const socket = net.connect(pipe, () => socket.write(request));
  const [bytes] = await once(socket, 'data');
  const time = performance.now() - begin;
  if (!bytes.includes('101 Switching')) throw new Error(`no upgrade: ${bytes}`);
  socket.destroy();
  await once(socket, 'close');
  return time;
}

async function started(folder, name, entry) {
  const pipe = process.platform === 'win32' ? `\\\\.\\pipe\\bench-${process.pid}-${name}` : path.join(folder, name);
  const child = spawn(process.execPath, [interceptor, path.join(folder, entry)], {
    cwd: folder,
    env: { ...process.env, PORT: pipe, IISNODE_VERSION: '0.2.27', WS: path.join(root, 'node_modules', 'ws') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return { child, pipe };
}

async function writeApp(folder) {
  await writeFile(path.join(folder, 'server.js'), app);
  const loader = await readFile(path.join(root, 'templates', 'loader', 'iisnode-entry.cjs'), 'utf8');
  const vdir = await readFile(path.join(root, 'templates', 'loader', 'iisnode-vdir.cjs'), 'utf8');
  await writeFile(path.join(folder, 'iisnode-entry.cjs'), loader);
  await writeFile(path.join(folder, 'in-vdir.cjs'), loader.replace("vdirPath: '/'", "vdirPath: '/chat'"));
  await writeFile(path.join(folder, 'iisnode-vdir.cjs'), vdir);
}

/** The value that a tenth of all are better than: what else runs on the machine only makes a round worse. */
const best = (values, isMore) => values.toSorted((a, b) => (isMore ? b - a : a - b))[Math.floor(values.length / 10)];

/** Measures the app by itself and through the loader in turn, so that both meet the same machine. */
async function compare(rounds, isMore, own, through) {
  const times = { own: [], through: [] };
  for (let i = 0; i < rounds; i++) {
    for (const [name, measure] of Object.entries(i % 2 === 0 ? { own, through } : { through, own })) {
      times[name].push(await measure());
    }
  }
  const [a, b] = [best(times.own, isMore), best(times.through, isMore)];
  return { own: a, through: b, ratio: b / a };
}

export async function run(rounds = 40) {
  const folder = await mkdtemp(path.join(tmpdir(), 'iisnode-sock-bench-'));
  await writeApp(folder);
  const apps = [];
  for (const [name, entry] of Object.entries({ own: 'server.js', root: 'iisnode-entry.cjs', vdir: 'in-vdir.cjs' })) {
    apps.push(await started(folder, name, entry));
  }
  try {
    const [own, atRoot, inVdir] = apps;
    const rows = [];
    for (const [where, { pipe }, target, most] of [
      ["at a site's root", atRoot, '/chat/page', 0.03],
      ['in a virtual directory', inVdir, '/chat/page', 0.05],
    ]) {
      const requests = [own.pipe, pipe].map((each) => () => requestsPerSecond(each, target));
      const upgrades = [own.pipe, pipe].map((each) => () => upgradeTime(each, target));
      for (const measure of [...requests, ...upgrades]) for (let i = 0; i < 20; i++) await measure(); // warm
      for (let i = 0; i < 2000; i++) for (const measure of upgrades) await measure();
      const perSecond = await compare(rounds, true, ...requests);
      const time = await compare(rounds * 50, false, ...upgrades);
      rows.push(
        {
          what: `the loader ${where}: requests, 16 connections`,
          measured: `${Math.round(perSecond.through)} requests/s`,
          against: `the app on the pipe by itself: ${Math.round(perSecond.own)} requests/s`,
          ratio: perSecond.ratio.toFixed(3),
          goal: `≥ ${1 - most}`,
          met: perSecond.ratio >= 1 - most,
        },
        {
          what: `the loader ${where}: an upgrade`,
          measured: `${time.through.toFixed(3)} ms`,
          against: `the app on the pipe by itself: ${time.own.toFixed(3)} ms`,
          ratio: time.ratio.toFixed(3),
          goal: `≤ ${1 + most}`,
          met: time.ratio <= 1 + most,
        },
      );
    }
    return rows;
  } finally {
    for (const { child } of apps) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
