// Who asks: wrk where it is on the machine, else connections of this process.
import { execFile } from 'node:child_process';
import net from 'node:net';
import { promisify } from 'node:util';
import { programOf } from './servers.mjs';

const wrk = programOf('WRK_PROGRAM', 'wrk');
export const loadProgram = wrk === undefined ? "the bench's own connections" : 'wrk';

/** Answers within so many seconds, over so many connections: { count, seconds }. */
export async function ask(port, target, seconds, connections) {
  const began = performance.now();
  const count = await (wrk === undefined ? askHere : askWithWrk)(port, target, seconds, connections);
  return { count, seconds: wrk === undefined ? (performance.now() - began) / 1000 : seconds };
}

/** Asks until node has compiled what it runs often, which takes tens of thousands of requests. */
export async function warm(port, target, connections) {
  for (let answers = 0, turns = 0; answers < 20_000 && turns < 8; turns += 1)
    answers += (await ask(port, target, 2, connections)).count;
}

async function askWithWrk(port, target, seconds, connections) {
  const args = [
    '-t',
    '1',
    '-c',
    String(connections),
    '-d',
    `${seconds}s`,
    '--timeout',
    '30s',
    `http://127.0.0.1:${port}${target}`,
  ];
  const { stdout } = await promisify(execFile)(wrk, args);
  const found = /(\d+) requests in/.exec(stdout);
  if (found === null || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk says:\n${stdout}`);
  return Number(found[1]);
}

async function askHere(port, target, seconds, connections) {
  const until = performance.now() + seconds * 1000;
  const answers = await Promise.all(Array.from({ length: connections }, () => hammer(port, target, until)));
  return answers.reduce((sum, each) => sum + each, 0);
}

/** One connection asking again and again; counts answers until `until`. */
function hammer(port, target, until) {
  const request = `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let answers = 0;
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request)).setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!bytes.includes('divin')) return; // the head came alone
      answers += 1;
      if (performance.now() < until) socket.write(request);
      else socket.end(() => resolve(answers));
    });
  });
}

const handshake = (target) =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`;

/** So many open WebSockets. */
export async function openSockets(port, target, count) {
  const sockets = [];
  for (let begun = 0; begun < count; begun += 50) {
    const some = Math.min(50, count - begun);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => openSocket(port, target)))));
  }
  return sockets;
}

function openSocket(port, target) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake(target))).setNoDelay(true);
    socket.on('error', reject);
    socket.once('data', (bytes) => {
      if (bytes.toString('latin1').startsWith('HTTP/1.1 101 ')) resolve(socket);
      else reject(new Error(`the answer to a handshake: ${bytes.toString('latin1')}`));
    });
  });
}

/** A masked text frame of `length` bytes (RFC 6455, 5.2). */
export const frame = (length) =>
  Buffer.concat([Buffer.from([0x81, 0x80 | length, 1, 2, 3, 4]), Buffer.alloc(length, 97)]);

/** Each socket sends the frame, waits for its echo, and sends it again: echoes within so many seconds. */
export async function echo(sockets, bytes, seconds) {
  const began = performance.now();
  const until = began + seconds * 1000;
  const counts = await Promise.all(sockets.map((socket) => echoOn(socket, bytes, until)));
  return { count: counts.reduce((sum, each) => sum + each, 0), seconds: (performance.now() - began) / 1000 };
}

function echoOn(socket, bytes, until) {
  return new Promise((resolve) => {
    let count = 0;
    let missing = bytes.length;
    const onData = (piece) => {
      missing -= piece.length;
      if (missing > 0) return;
      count += 1;
      missing = bytes.length;
      if (performance.now() < until) socket.write(bytes);
      else resolve(void socket.off('data', onData) ?? count);
    };
    socket.on('data', onData);
    socket.write(bytes);
  });
}
