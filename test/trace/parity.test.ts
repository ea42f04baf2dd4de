import { readFileSync } from 'node:fs';
import http from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { type Answer, folderWith, put, request, serve, webConfig } from '../host/harness.js';
import { seed } from '../support/seed.js';
import { differences, factsOf } from './answers.js';
import * as generate from './generate.js';

/** Says what node saw; the only script that runs. With `fail` in the query it refuses. */
const echo = `const server = require('http').createServer((q, s) => {
  s.statusCode = /fail=/.test(q.url) ? 404 : 200;
  s.setHeader('x-node', '1'); s.setHeader('x-script', encodeURIComponent(__filename)); s.end(q.method + ' ' + q.url); });
server.on('upgrade', (q, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nx-node: 1\\r\\nx-script: ' + encodeURIComponent(__filename) + '\\r\\nx-url: ' + q.method + ' ' + q.url + '\\r\\n\\r\\n'));
server.listen(process.env.PORT);`;
const toNode = '<handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers>';
const toPlatform =
  '<handlers><add name="all" path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" /></handlers>';
const closed =
  '<location path="Default Web Site/private"><system.webServer><security><authentication><anonymousAuthentication enabled="false" /><basicAuthentication enabled="true" /></authentication></security></system.webServer></location>';
const platform =
  '<httpPlatform processPath="node" arguments=".\\server.js"><environmentVariables><environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" /></environmentVariables></httpPlatform>';

const handshake = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

/** A request that asks for an upgrade: 101, or an ordinary answer. */
function upgrade(port: number, path: string, headers: http.OutgoingHttpHeaders): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port, path, agent: false, headers: { ...handshake, ...headers } });
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

/** Sites, each with up to three web.config files and eight requests; more when somebody has the time. */
/** Sites; a quarter of them beside the fixed ones, all of them when a seed is given. */
const runs = Number(process.env.PARITY_RUNS ?? 100);

type Sample = readonly [generate.GeneratedSite, readonly generate.GeneratedRequest[]];

/** The sites as folders of one site of one server, whose applicationHost.config has rules of its own. */
function putSites(sites: readonly Sample[]): string {
  const apps = folderWith();
  const locations = sites.map(([site], index) => site.locations(`site${index}`)).join('\n');
  const root = folderWith({
    'web.config': `<configuration>\n${locations}\n</configuration>`,
    'node/server.js': echo,
    'node/web.config': webConfig(`${toNode}<webSocket enabled="false" />`),
    'node/a.html': 'the page of an error',
    'node/empty/here.txt': '',
    'platform/server.js': echo,
    'platform/web.config': webConfig(`${toPlatform}${platform}`),
    'quiet/server.js': echo,
    'quiet/web.config': webConfig(
      `${toPlatform}${platform}<webSocket enabled="false" /><httpErrors existingResponse="Replace" />`,
    ),
    'unset/web.config': webConfig(toPlatform),
    'polling/server.js': echo,
    'polling/web.config': webConfig(toNode),
    'private/a.html': 'for those who sign in',
  });
  sites.forEach(([site], index) => {
    for (const [folder, config, sub] of [
      [root, site.root, site.sub],
      [apps, site.app, null],
    ] as const) {
      const at = `site${index}`;
      if (config !== null) put(folder, `${at}/web.config`, config);
      if (sub !== null) put(folder, `${at}/sub/web.config`, sub);
      if (site.server) put(folder, `${at}/server.js`, echo);
      for (const name of ['a.html', 'b.unknown', 'sub/c.html']) put(folder, `${at}/${name}`, `${name} in ${at}`);
    }
  });
  const text = applicationHostText({
    unlocked: true,
    installed: ['rewrite', 'iisnode', 'httpPlatform'],
    pools: ['DefaultAppPool'],
    sites: [
      {
        name: 'Default Web Site',
        id: 1,
        bindings: [{ protocol: 'http', information: '*:8080:' }],
        applications: [
          { path: '/', physicalPath: root },
          ...['platform', 'quiet', 'unset'].map((name) => ({ path: `/${name}`, physicalPath: `${root}/${name}` })),
          ...sites.map((_, index) => ({ path: `/site${index}/app`, physicalPath: `${apps}/site${index}` })),
        ],
      },
    ],
  });
  const withRules = text
    .replace('<globalRules />', `<globalRules>${generate.globalRules}</globalRules>`)
    .replace(/<\/configuration>\s*$/, `${closed}</configuration>`);
  expect(withRules).not.toBe(text);
  put(root, 'applicationHost.config', withRules);
  return root;
}

const sample = (start: number, numRuns: number): readonly Sample[] =>
  fc.sample(fc.tuple(generate.site, fc.array(generate.request, { minLength: 4, maxLength: 8 })), {
    seed: start,
    numRuns,
  });

/** Asks all sites; gives how often each fact was met. */
async function compare(sites: readonly Sample[]): Promise<ReadonlyMap<string, number>> {
  const root = putSites(sites);
  const site = { directory: root, vdirPath: '/', applicationHostFile: `${root}/applicationHost.config` };
  const { port } = await serve(site);
  const model = serveSite(site)();
  const facts = new Map<string, number>();
  for (const [index, [files, requests]] of sites.entries()) {
    for (const asked of requests) {
      const target = `/site${index}${asked.path}`;
      const isUpgrade = asked.upgrade !== 'none';
      const headers: Record<string, string> = {
        ...(asked.header === null ? {} : { 'X-Test': asked.header }),
        ...(asked.upgrade === 'firefox' && { Connection: 'keep-alive, Upgrade' }),
      };
      const trace = traceUrl({
        model,
        url: `${isUpgrade ? 'ws' : 'http'}://127.0.0.1:${port}${target}`,
        method: asked.method,
        headers: Object.entries(headers),
        environment: process.env,
      });
      let given: Answer | undefined;
      try {
        given = isUpgrade
          ? await upgrade(port, target, headers)
          : await request(port, target, { method: asked.method, headers });
      } catch {
        given = undefined; // dropped without an answer
      }
      const read = (file: string): string => readFileSync(file, 'utf8');
      const { outcome, steps } = trace;
      const message = `${asked.upgrade} ${asked.method} ${target}\n${JSON.stringify(files, undefined, 1)}\n${files.locations('x')}\n${JSON.stringify({ outcome, steps }, undefined, 1)}\n${given?.body}`;
      expect(differences(trace, given, read), message).toEqual([]);
      for (const fact of factsOf(trace, given)) facts.set(fact, (facts.get(fact) ?? 0) + 1);
    }
  }
  return facts;
}

it('what trace says is what serve answers, whatever the outcome is', async () => {
  const facts = await compare([...generate.directed, ...sample(1, runs)]);
  const wanted = [
    ...[
      '400.0',
      '401.2',
      '403.1',
      '403.5',
      '403.14',
      '404.0',
      '404.3',
      '404.4',
      '404.5',
      '404.6',
      '404.7',
      '404.8',
      '404.11',
    ],
    ...['404.15', '404.17', '404.18', '405.0', '500.19', '500.21', '500.50', '500.52', '500.1000'],
    ...['abort', 'redirect by global-rewrite', 'redirect by rewrite', 'redirect by http-redirect'],
    ...['redirect by static-file', 'redirect by iisnode', 'file', 'listing', 'OPTIONS', 'custom response'],
    ...[
      'node 200',
      'node 404',
      'node 101',
      'sticky',
      'several processes',
      'platform 200',
      'platform 404',
      'platform 101',
      'platform off',
      'upgrade taken',
      'upgrade lost',
    ],
    ...['default document', 'global rule', 'outbound rule', 'nested application', 'condition failed'],
    ...['page of a file', 'page by redirect', 'page by node', 'page by static file', 'page that fails', 'short page'],
  ];
  expect(wanted.filter((fact) => !facts.has(fact))).toEqual([]);
}, 600_000);

it(`what trace says is what serve answers, for random sites (TEST_SEED=${seed})`, async () => {
  expect((await compare(sample(seed, process.env.TEST_SEED === undefined ? runs / 4 : runs))).size).toBeGreaterThan(10);
}, 600_000);
