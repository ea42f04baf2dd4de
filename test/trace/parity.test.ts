import http from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { serveSite } from '../../src/host/index.js';
import { type Trace, traceUrl } from '../../src/trace/index.js';
import { type Answer, folderWith, put, request, serve, webConfig } from '../host/harness.js';
import * as generate from './generate.js';

/** Says what node saw; the only script that runs. */
const echo = `const server = require('http').createServer((q, s) => { s.setHeader('x-node', '1'); s.end(q.method + ' ' + q.url); });
server.on('upgrade', (q, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nx-node: 1\\r\\nx-url: ' + q.method + ' ' + q.url + '\\r\\n\\r\\n'));
server.listen(process.env.PORT);`;
const toNode = '<handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers>';

/** What a client sees: the sub-status shows on detailed pages only. */
interface Seen {
  readonly status: number;
  readonly code: string | undefined;
  readonly location: string | undefined;
}

const handshake = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

/** A request that asks for an upgrade: 101, or an ordinary answer. */
function upgrade(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port, path, agent: false, headers: handshake });
    sent.on('upgrade', ({ headers, rawHeaders }, socket) => {
      socket.destroy();
      resolve({ status: 101, reason: '', headers, raw: rawHeaders, body: String(headers['x-url']), code: undefined });
    });
    sent.on('response', (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      incoming.on('end', () => {
        const { statusCode = 0, statusMessage = '', headers, rawHeaders } = incoming;
        const code = /HTTP Error (\d+\.\d+)/.exec(body)?.[1];
        resolve({ status: statusCode, reason: statusMessage, headers, raw: rawHeaders, body, code });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** What a client must see after this trace. */
function expected({ outcome, steps }: Trace, asked: generate.GeneratedRequest): Seen {
  const { kind, status = asked.upgrade ? 101 : 200, subStatus, location } = outcome;
  const page = steps.find(({ stage, input }) => stage === 'http-errors' && input !== undefined);
  if (kind === 'error' && page?.result?.startsWith('302 ') === true) {
    return { status: 302, code: undefined, location: page.result.slice(4) };
  }
  const isDetailed = page === undefined || page.note?.includes('detailed page') === true;
  const hasPage = kind === 'error' && asked.method !== 'HEAD' && status !== 501 && subStatus !== undefined;
  // A URL that HTTP.SYS refuses gets its own page.
  const isRefused = steps[0]?.note !== undefined && status === 400;
  return { status, code: hasPage && isDetailed && !isRefused ? `${status}.${subStatus}` : undefined, location };
}

/** Sites, each with up to three web.config files and eight requests; more when somebody has the time. */
const runs = Number(process.env.PARITY_RUNS ?? 100);

/** Asks generated sites; gives how often each kind of outcome was met. */
async function compare(seed: number): Promise<ReadonlyMap<string, number>> {
  const apps = folderWith();
  const sites = fc.sample(fc.tuple(generate.site, fc.array(generate.request, { minLength: 4, maxLength: 8 })), {
    seed,
    numRuns: runs,
  });
  const locations = sites.map(([site], index) => site.locations(`site${index}`)).join('\n');
  const root = folderWith({
    'web.config': `<configuration>\n${locations}\n</configuration>`,
    'node/server.js': echo,
    'node/web.config': webConfig(`${toNode}<webSocket enabled="false" />`),
    'polling/server.js': echo,
    'polling/web.config': webConfig(toNode),
  });
  sites.forEach(([site], index) => {
    for (const [folder, config, sub] of [
      [root, site.root, site.sub],
      [apps, site.app, null],
    ] as const) {
      const at = `site${index}`;
      if (config !== null) put(folder, `${at}/web.config`, config);
      if (sub !== null) put(folder, `${at}/sub/web.config`, sub);
      for (const name of ['a.html', 'b.unknown', 'sub/c.html']) put(folder, `${at}/${name}`, name);
    }
  });
  const site = {
    directory: root,
    vdirPath: '/',
    apps: sites.map((_, index) => ({ path: `/site${index}/app`, directory: `${apps}/site${index}` })),
  };
  const { port } = await serve(site);
  const model = serveSite(site)();
  const kinds = new Map<string, number>();
  for (const [index, [files, requests]] of sites.entries()) {
    for (const asked of requests) {
      const target = `/site${index}${asked.path}`;
      const headers: Record<string, string> = asked.header === null ? {} : { 'X-Test': asked.header };
      const trace = traceUrl({
        model,
        url: `${asked.upgrade ? 'ws' : 'http'}://127.0.0.1:${port}${target}`,
        method: asked.method,
        headers: Object.entries(headers),
        environment: process.env,
      });
      const { outcome, steps } = trace;
      const message = `${asked.upgrade ? 'upgrade' : asked.method} ${target}\n${JSON.stringify(files, undefined, 1)}\n${files.locations('x')}\n${JSON.stringify({ outcome, steps }, undefined, 1)}`;
      let given: Answer;
      try {
        given = asked.upgrade
          ? await upgrade(port, target)
          : await request(port, target, { method: asked.method, headers });
      } catch (error) {
        expect(outcome.kind, `${message}\n${String(error)}`).toBe('abort');
        kinds.set('abort', (kinds.get('abort') ?? 0) + 1);
        continue;
      }
      const { status, code, headers: answered } = given;
      expect({ status, code, location: answered.location }, message).toEqual(expected(trace, asked));
      const isNodes = outcome.kind === 'handler' && outcome.modules?.includes('iisnode') === true;
      if (isNodes && answered['x-node'] === '1' && asked.method !== 'HEAD') {
        expect(given.body, message).toBe(steps.findLast(({ stage }) => stage === 'iisnode')?.result);
      }
      const kind =
        outcome.kind === 'error' ? `${outcome.status}.${outcome.subStatus}` : isNodes ? `node ${status}` : outcome.kind;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  }
  return kinds;
}

it('what trace says is what serve answers, whatever the outcome is', async () => {
  const kinds = await compare(1);
  const wanted = [
    'abort',
    'redirect',
    'handler',
    '404.0',
    '404.8',
    '500.19',
    '500.50',
    'node 200',
    'node 101',
    '400.0',
  ];
  expect([...kinds.keys()]).toEqual(expect.arrayContaining(wanted));
}, 600_000);

const chance = Number(process.env.PARITY_SEED ?? Date.now());

it(`what trace says is what serve answers, for sites that nobody has seen before (PARITY_SEED=${chance})`, async () => {
  expect((await compare(chance)).size).toBeGreaterThan(3);
}, 600_000);
