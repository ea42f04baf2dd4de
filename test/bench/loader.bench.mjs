// Requests per second, the time of an upgrade, and the processor time of both through the loader, against the same app that listens on the
// pipe by itself. Machines that run other things at the same time only give ratios: in every round each app is measured once, one after
// the other, and the median of the rounds' ratios counts, over many starts: what V8 makes of a process at its start differs by some per cent.
// The same app in a second process shows how exact that is.
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
  if (request.url.endsWith('/cpu')) return response.end(JSON.stringify(process.cpuUsage()) + 'divin');
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

const request = `GET /chat/page HTTP/1.1\r\n${headers}\r\n`;
const upgrade = `GET /chat/page HTTP/1.1\r\n${headers.replace('keep-alive', 'Upgrade')}Upgrade: websocket\r
Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

/** One connection that asks `count` times, each time after the answer. */
function hammer(pipe, count) {
  return new Promise((resolve, reject) => {
    let answers = 0;
    const socket = net.connect(pipe, () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!bytes.includes('divin')) return;
      answers += 1;
      if (answers < count) socket.write(request);
      else socket.end(resolve);
    });
  });
}

/** Processor time of the app's process until now, in µs. */
async function processorTime(pipe) {
  const socket = net.connect(pipe, () => socket.write(request.replace('/page', '/cpu')));
  let text = '';
  for await (const bytes of socket) {
    text += bytes;
    if (text.includes('divin')) break;
  }
  const { user, system } = JSON.parse(/\{.*\}/.exec(text)[0]);
  return user + system;
}

/** µs for a request, by the clock and of the processor, while 16 connections ask. */
async function requestTimes(pipe, count = 200, connections = 16) {
  const before = await processorTime(pipe);
  const begin = performance.now();
  await Promise.all(Array.from({ length: connections }, () => hammer(pipe, count)));
  const clock = (performance.now() - begin) * 1000;
  const all = count * connections;
  return { clock: clock / all, processor: ((await processorTime(pipe)) - before) / all };
}

/** µs for an upgrade on a new connection: the median by the clock, and what the processor takes for one. */
async function upgradeTimes(pipe, count = 150) {
  const before = await processorTime(pipe);
  const times = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    const socket = net.connect(pipe, () => socket.write(upgrade));
    const [bytes] = await once(socket, 'data');
    times.push((performance.now() - begin) * 1000);
    if (!bytes.includes('101 Switching')) throw new Error(`no upgrade: ${bytes}`);
    socket.destroy();
    await once(socket, 'close');
  }
  return { clock: median(times), processor: ((await processorTime(pipe)) - before) / count };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

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

const entries = { own: 'server.js', again: 'server.js', root: 'iisnode-entry.cjs', vdir: 'in-vdir.cjs' };
const kinds = { request: requestTimes, upgrade: upgradeTimes };

/** Starts every app once and measures `rounds` times; adds to `found`: `request clock root` -> the times and their ratios to the app by itself. */
async function measure(folder, start, rounds, found) {
  const apps = {};
  try {
    for (const [name, entry] of Object.entries(entries)) apps[name] = await started(folder, `${name}${start}`, entry);
    const names = Object.keys(apps);
    for (const { pipe } of Object.values(apps)) {
      // Warm: until all that an upgrade needs is compiled, the loader's own code would count several times.
      await requestTimes(pipe, 2000);
      await upgradeTimes(pipe, 7000);
    }
    for (let round = 0; round < rounds; round++) {
      // What is measured first or last in a round is some per cent slower: each has each place as often.
      const turned = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
      const order = Math.floor(round / names.length) % 2 === 0 ? turned : turned.toReversed();
      for (const [kind, times] of Object.entries(kinds)) {
        const measured = {};
        for (const name of order) measured[name] = await times(apps[name].pipe);
        for (const name of names) {
          for (const by of ['clock', 'processor']) {
            const key = `${kind} ${by} ${name}`;
            found[key] ??= { times: [], ratios: [] };
            found[key].times.push(measured[name][by]);
            // Two processes of the same app differ by some per cent, in turn: the mean of both is what the loader is measured against.
            const without = name === 'again' ? measured.own[by] : Math.sqrt(measured.own[by] * measured.again[by]);
            found[key].ratios.push(measured[name][by] / without);
          }
        }
      }
    }
  } finally {
    for (const { child } of Object.values(apps)) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  }
}

const places = [
  ['the same app in a second process', 'again', undefined],
  ["the loader at a site's root", 'root', 1.03],
  ['the loader in a virtual directory', 'vdir', 1.05],
];
const words = { clock: 'time', processor: 'processor time' };
const asked = { request: 'a request, 16 connections', upgrade: 'an upgrade' };

export async function run(starts = 10, rounds = 8) {
  const folder = await mkdtemp(path.join(tmpdir(), 'iisnode-sock-bench-'));
  try {
    await writeApp(folder);
    const found = {};
    for (let start = 0; start < starts; start++) await measure(folder, start, rounds, found);
    const text = (key) => `${median(found[key].times).toFixed(1)} µs`;
    return places.flatMap(([place, name, goal]) =>
      Object.keys(kinds).flatMap((kind) =>
        Object.keys(words).map((by) => {
          const ratio = median(found[`${kind} ${by} ${name}`].ratios);
          return {
            what: `${place}: ${words[by]} of ${asked[kind]}`,
            measured: text(`${kind} ${by} ${name}`),
            against: `the app on the pipe by itself: ${text(`${kind} ${by} own`)}`,
            ratio: ratio.toFixed(3),
            // What a visitor notices has a goal; the processor's time shows what the clock hides on a busy machine.
            ...(goal !== undefined && by === 'clock' && { goal: `≤ ${goal}`, met: ratio <= goal }),
          };
        }),
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
