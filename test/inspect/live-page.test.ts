import http from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import type { RequestSeen } from '../../src/host/index.js';
import { startInspector } from '../../src/inspect/index.js';

const seen: RequestSeen = {
  kind: 'answered',
  method: 'GET',
  url: '/dante/?a=1',
  headers: ['Cookie', 'secret'],
  status: 404,
  subStatus: 8,
  took: 3,
  rules: ['to node'],
  handler: 'iisnode',
  process: 77,
};
const now = { namespaces: ['/'], received: { bytes: 9, frames: 1 }, sent: { bytes: 9, frames: 2 } };
const socket: RequestSeen = {
  ...seen,
  kind: 'opened',
  status: 101,
  subStatus: 0,
  url: '/s',
  headers: ['Host', 'x'],
  socket: () => now,
};

/** The live page of an app that is not there. */
async function page() {
  const overview = { title: 'dante', sites: [], applications: [], settings: [] };
  const findings = [{ severity: 'error', rule: 'R', message: 'm', place: 'web.config:1' }];
  const process = {
    pid: globalThis.process.pid,
    pool: 'p',
    module: 'iisnode',
    app: '/a',
    since: 1,
    active: 2,
  } as const;
  const inspector = await startInspector({
    overview: async () => overview,
    findings: async () => findings,
    processes: async () => [process],
    trace: async ({ url }) => [`way of ${url}`],
  });
  onTestFinished(() => inspector.close());
  return { inspector, overview, findings, process };
}

/** The events of the page until `count` of that name have come. */
async function events(url: string, name: string, count: number, onFirst = (): void => undefined): Promise<unknown[]> {
  const answer = await fetch(`${url}changes`);
  let text = '';
  const found = (): unknown[] =>
    [...text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)]
      .filter(([, event]) => event === name)
      .map(([, , data]) => JSON.parse(data ?? ''));
  for await (const piece of answer.body ?? []) {
    const before = found().length;
    text += Buffer.from(piece).toString();
    if (before === 0 && found().length > 0) onFirst();
    if (found().length >= count) break;
  }
  return found();
}

it('the live page gets what is kept, and then each change once', async () => {
  const { inspector } = await page();
  inspector.request(seen);
  inspector.request(socket);
  inspector.output({ process: 77, stream: 'stderr', text: 'oh' });
  inspector.event({ level: 'info', code: 'RECYCLED', message: 'm' });
  const changes = await events(inspector.url, 'changes', 2, () => inspector.request({ ...socket, kind: 'closed' }));
  const { headers: _headers, kind: _kind, ...row } = seen;
  const at = expect.any(Number);
  expect(changes).toEqual([
    {
      requests: [{ ...row, id: 1, at }, expect.objectContaining({ id: 2, status: 101 })],
      lines: [
        { at, process: 77, level: 'error', text: 'oh' },
        { at, level: 'info', text: 'RECYCLED  m' },
      ],
      sockets: [{ id: 2, url: '/s', transport: 'websocket', namespaces: ['/'], process: 77, at, messages: 3 }],
      groups: [{ namespace: '/', transport: 'websocket', process: 77, count: 1 }],
      open: 1,
      total: 2,
    },
    {
      requests: [expect.objectContaining({ id: 3, url: '/s' })],
      lines: [],
      sockets: [],
      groups: [],
      open: 0,
      total: 3,
    },
  ]);
});

it('the live page keeps the last 200 requests, and has the way of each of them', async () => {
  const { inspector } = await page();
  for (let index = 1; index <= 250; index++) inspector.request({ ...seen, url: `/${index}` });
  const [first] = (await events(inspector.url, 'changes', 1)) as [{ requests: { id: number }[]; total: number }];
  expect(first.requests.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, index) => index + 51));
  expect(first.total).toBe(250);
  const wayOf = async (id: number) => (await fetch(`${inspector.url}trace/${id}`)).json();
  expect(await wayOf(51)).toEqual({ lines: ['way of /51'] });
  expect(await wayOf(50)).toEqual({ lines: ['This request is no longer kept.'] });
});

it('the live page has the processes with their memory, and the overview', async () => {
  const { inspector, process, overview, findings } = await page();
  const [[shown]] = (await events(inspector.url, 'processes', 1)) as [[object]];
  expect(shown).toMatchObject(process);
  expect(shown).toHaveProperty('memory', expect.any(Number));
  expect(await (await fetch(`${inspector.url}overview`)).json()).toEqual(overview);
  expect(await (await fetch(`${inspector.url}findings`)).json()).toEqual(findings);
});

it('the live page runs its own script alone, and does not answer at another address', async () => {
  const { inspector } = await page();
  const { origin, host, pathname, port } = new URL(inspector.url);
  const answer = await fetch(inspector.url);
  const [, nonce] = /script-src 'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '') ?? [];
  const text = await answer.text();
  expect(text.match(/<(script|style)\b[^>]*>/g)).toEqual([`<style nonce="${nonce}">`, `<script nonce="${nonce}">`]);
  expect(text).not.toMatch(/https?:\/\//);
  for (const url of [origin, `${origin}/`, `${origin}/overview`, `${inspector.url}other`, `${inspector.url}trace/1/2`])
    expect((await fetch(url)).status).toBe(404);
  expect((await fetch(inspector.url, { method: 'POST' })).status).toBe(404);
  const statusFor = (name: string) =>
    new Promise((resolve, reject) => {
      const headers = { Host: name };
      http
        .get({ host: '127.0.0.1', port, path: pathname, headers }, (got) => resolve(got.resume().statusCode))
        .on('error', reject);
    });
  expect(await statusFor(host)).toBe(200);
  expect(await statusFor(`evil.example:${port}`)).toBe(404);
});

it('an error of what is shown is the answer, and the page goes on', async () => {
  const inspector = await startInspector({
    overview: () => Promise.reject(new Error('web.config is broken')),
    findings: async () => [],
    processes: async () => [],
    trace: () => Promise.reject(new Error('no way')),
  });
  onTestFinished(() => inspector.close());
  const answer = await fetch(`${inspector.url}overview`);
  expect([answer.status, await answer.text()]).toEqual([500, 'web.config is broken']);
  expect((await fetch(inspector.url)).status).toBe(200);
});
