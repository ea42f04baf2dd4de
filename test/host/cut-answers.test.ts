import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { RequestSeen } from '../../src/host/index.js';
import { exchange, folderWith, serve, webConfig } from './harness.js';
import * as platform from './httpplatform/app.js';
import * as iisnode from './iisnode-app.js';

/** Ends while it answers: before the head, after a part of the body, or in the middle of a stream. */
const crashing = `
const end = () => process.exit(7);
require('node:http').createServer((request, response) => {
  if (request.url.includes('early')) return end();
  if (request.url.includes('whole')) return response.end('whole');
  response.writeHead(200, request.url.includes('length') ? { 'Content-Length': 90000 } : {});
  response.write('x'.repeat(40000), () => setImmediate(end));
}).listen(process.env.PORT);
`;
const get = (url: string): string => `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

/** What a visitor gets, and what is seen of the request. */
async function visit(files: Record<string, string>, url: string) {
  const seen: RequestSeen[] = [];
  const { port } = await serve({ directory: folderWith(files), vdirPath: '/dante' }, (one) => seen.push(one));
  const got = await exchange(port, get(url));
  await expect.poll(() => seen).toHaveLength(1);
  return { got, seen: seen[0] };
}

const ofIisnode = (attributes: string) => ({
  'server.js': crashing,
  'web.config': iisnode.config(`<iisnode ${attributes} devErrorsEnabled="false" /><httpErrors errorMode="Detailed" />`),
});
const ofPlatform = { 'server.js': crashing, 'web.config': platform.config() };
const flushing = 'flushResponse="true"';

it.each<[what: string, files: Record<string, string>, url: string, status: number, subStatus: number, cut: boolean]>([
  ['iisnode, before the head', ofIisnode(''), '/dante/server.js?early', 500, 1013, false],
  ['iisnode, what it has not sent', ofIisnode(''), '/dante/server.js?length', 500, 1016, false],
  ['iisnode, in the middle of a stream', ofIisnode(flushing), '/dante/server.js?stream', 200, 0, true],
  ['iisnode, a whole answer', ofIisnode(flushing), '/dante/server.js?whole', 200, 0, false],
  ['HttpPlatformHandler, before the head', ofPlatform, '/dante/early', 502, 3, false],
  ['HttpPlatformHandler, in the middle of a stream', ofPlatform, '/dante/stream', 200, 0, true],
  ['HttpPlatformHandler, before the end of its length', ofPlatform, '/dante/length', 200, 0, true],
  ['HttpPlatformHandler, a whole answer', ofPlatform, '/dante/whole', 200, 0, false],
])(
  '%s: a process that ends leaves in the log what the visitor got',
  async (_what, files, url, status, subStatus, cut) => {
    const { got, seen } = await visit(files, url);
    expect(got).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (cut) expect(got).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(seen).toMatchObject({ kind: 'answered', status, subStatus });
    expect(seen?.cut ?? false).toBe(cut);
  },
);

it('so does a server behind a rule to http://', async () => {
  const server = http.createServer((_request, response) => {
    response.write('x'.repeat(1000), () => setImmediate(() => response.destroy()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const rule = `<rule name="r"><match url=".*" /><action type="Rewrite" url="${to}" /></rule>`;
  const { seen } = await visit({ 'web.config': webConfig(`<rewrite><rules>${rule}</rules></rewrite>`) }, '/dante/a');
  expect(seen).toMatchObject({ kind: 'answered', status: 200, cut: true });
});
