import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type DoctorReport, diagnose } from '../../src/doctor/index.js';
import { type Served, serve } from '../../src/index.js';
import { freePort } from '../support/free-port.js';
import { broken, type Case, healthy, pathOf, writeCase } from './library.js';

const parent = mkdtempSync(path.join(os.tmpdir(), 'case-library-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** What became of a trial, in the words of expected.json. */
const outcomes: Readonly<Record<string, string>> = {
  works: 'works',
  'refused by policy': 'refused-by-policy',
  crashes: 'crashed',
  ends: 'ended',
  'never listens': 'never-listened',
  'listens elsewhere': 'listened-elsewhere',
  refused: 'config-refused',
  'not started': 'not-started',
  undecided: 'undecided',
};
/** What never comes is waited for as long as node needs to start on a busy machine; what comes ends the trial by itself. */
const waitedForToTheEnd = new Set(['never listens', 'listens elsewhere', 'undecided', 'PAGE_NEVER_ENDS']);
const isOfTrial = (word: string): boolean => outcomes[word] !== undefined || /^[A-Z_]+$/.test(word);

interface Run {
  readonly url: string;
  readonly socketPath: string;
}

/** 'EIO=3' or a path after the words of a look at socket.io. */
function askedOf(words: readonly string[], { url, socketPath }: Run): URL {
  const version = words.find((word) => word.startsWith('EIO=')) ?? 'EIO=4';
  const at = words.find((word) => word.startsWith('/')) ?? socketPath;
  return new URL(`${at}?${version}`, url);
}

/** The status of a handshake by polling, with the text of the answer. */
async function handshake(address: URL): Promise<string> {
  address.searchParams.set('transport', 'polling');
  const answer = await fetch(address, { redirect: 'manual' });
  const text = await answer.text();
  // Engine.IO 3 has the length of a packet before it.
  const opened = address.searchParams.get('EIO') === '3' ? /^\d+:0\{"sid"/ : /^0\{"sid"/;
  return answer.status === 200 && opened.test(text) ? 'handshake' : 'handshake refused';
}

async function upgrade(address: URL): Promise<string> {
  address.searchParams.set('transport', 'websocket');
  address.protocol = 'ws:';
  const socket = new WebSocket(address);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const opened = await Promise.race([
    once(socket, 'open').then(
      () => true,
      () => false,
    ),
    closed.then(() => false),
  ]);
  socket.terminate();
  await closed;
  return opened ? 'websocket' : 'websocket refused';
}

async function page(address: URL, [, , ...text]: readonly string[]): Promise<string> {
  const answer = await fetch(address, { redirect: 'manual' });
  const body = `${answer.headers.get('location') ?? ''} ${await answer.text()}`;
  const wanted = text.join(' ');
  const shown = wanted === '' || body.includes(wanted) ? wanted : `(without it) ${body.slice(0, 300)}`;
  return [String(answer.status), address.pathname + address.search, shown].filter((word) => word !== '').join(' ');
}

/** What is seen of it, in the same words. */
async function seen(asked: string, run: Run): Promise<string> {
  const words = asked.split(' ');
  const [kind] = words;
  const rest = words.filter((word) => word !== kind && word !== 'refused').map((word) => ` ${word}`);
  if (kind === 'handshake') return `${await handshake(askedOf(words, run))}${rest.join('')}`;
  if (kind === 'websocket') return `${await upgrade(askedOf(words, run))}${rest.join('')}`;
  return page(new URL(words[1] ?? '/', run.url), words);
}

async function look(each: Case, directory: string, vdirPath: string | undefined): Promise<void> {
  const asked = (each.expected.tried ?? []).filter((word) => !isOfTrial(word));
  if (asked.length === 0) return;
  let served: Served | undefined;
  try {
    served = await serve({ directory, environment: process.env, ...(vdirPath !== undefined && { path: vdirPath }) });
    const { url } = served;
    const run = { url, socketPath: `${new URL(url).pathname}socket.io/` };
    const found: string[] = [];
    for (const each of asked) found.push(await seen(each, run));
    expect(found).toEqual(asked);
  } finally {
    await served?.close();
  }
}

/** The rule that the files show is the cause of what the trial shows. */
function agree({ expected: { must = [], tried = [] } }: Case, report: DoctorReport): void {
  const { findings, trial } = report;
  const outcome = trial?.ran === true ? trial.outcome : trial;
  const found = findings.flatMap((each) => [each, ...(each.consequences ?? [])]);
  const told = found.map(({ rule, message }) => `${rule}: ${message}`).join('\n');
  for (const word of tried.filter(isOfTrial)) {
    if (outcomes[word] !== undefined) expect(outcome, told).toBe(outcomes[word]);
    else
      expect(
        found.map(({ rule }) => rule),
        told,
      ).toContain(word);
  }
  if (must.length > 0) expect(findings[0]?.rule, told).toBe(must[0]);
}

/** Another program of this machine may have the port that the files name. */
async function onFreePort({ folder, expected: { port } }: Case, directory: string): Promise<number | undefined> {
  if (port === undefined) return undefined;
  const free = await freePort();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(directory, name);
    if (!/\.(js|json|ts|config)$/.test(name) || name === 'expected.json') continue;
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(String(port), String(free)));
  }
  return free;
}

/** Starts the server that the rules of the site hand requests to, as a service of the machine would be; resolves when it listens. */
async function startBeside(script: string, directory: string, port: number): Promise<() => Promise<unknown>> {
  const child = spawn(process.execPath, [script], { cwd: directory, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await expect.poll(() => answers(port), { message: `${script} listens` }).toBe(true);
  return () => {
    child.kill('SIGKILL');
    return ended;
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });

async function tryCase(each: Case): Promise<void> {
  const directory = writeCase(each, parent, true);
  const port = await onFreePort(each, directory);
  const vdirPath = pathOf(directory, each.expected);
  const { beside } = each.expected;
  const end = beside === undefined || port === undefined ? undefined : await startBeside(beside, directory, port);
  try {
    await look(each, directory, vdirPath);
  } finally {
    await end?.();
  }
  if (!(each.expected.tried ?? []).some(isOfTrial)) return;
  const report = await diagnose(directory, {
    cwd: parent,
    run: true,
    runLimit: each.expected.tried?.some((word) => waitedForToTheEnd.has(word)) ? 10_000 : 60_000,
    assumeFrom: 'folder name',
    environment: process.env,
    ...(vdirPath !== undefined && { vdirPath }),
  });
  agree(each, report);
}

const runs = (cases: readonly Case[]) =>
  cases.filter(({ expected }) => expected.tried !== undefined).map((each) => [each.name, each] as const);

describe.concurrent('a broken site shows it when it runs', () => {
  it.each(runs(broken))('%s', (_, each) => tryCase(each));
});

describe.concurrent('a healthy site runs', () => {
  it.each(runs(healthy))('%s', (_, each) => tryCase(each));
});
