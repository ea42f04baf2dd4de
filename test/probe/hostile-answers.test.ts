import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authorOf, explainErrorPage, readErrorPage } from '../../src/probe/explain.js';
import { signs } from '../../src/probe/exposed-signs.js';
import { probeApp } from '../../src/probe/index.js';
import { plainSocketOf } from '../../src/probe/plain-socket.js';
import { serviceOf } from '../../src/probe/service.js';
import { callsIo } from '../../src/probe/socket-targets.js';
import type { ProbeAnswer } from '../../src/probe/visitor.js';
import { growth, linear } from '../support/growth.js';
import { listen } from './listen.js';

it('an upgrade that was not asked for ends the request', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write('HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'));
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { steps } = await probeApp(`http://127.0.0.1:${address.port}/`, { timeout: 10_000, eventTimeout: 1 });
  expect(steps[0]).toMatchObject({ id: 'page', ok: false, why: expect.stringContaining('an upgrade (101)') });
});

it('an answer that is not HTTP leads to https, not to logs', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('garbage\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { steps } = await probeApp(`http://127.0.0.1:${address.port}/`, { timeout: 10_000, eventTimeout: 1 });
  expect(steps[0]).toMatchObject({
    ok: false,
    why: expect.stringContaining('not HTTP'),
    next: expect.stringContaining('https'),
  });
});

it.each([
  ['goes on and on', 'x'.repeat(65_536), 10_000, 'it had not ended after 976.6 kB'],
  ['stops in the middle', '<title>', 250, 'it had not ended after 0.25 s'],
])('a page that %s is not called complete, nor without sockets', async (_what, text, timeout, note) => {
  const server = createServer((socket) => {
    const more = (): void => void (text.length > 9 && socket.write(text, () => socket.writable && more()));
    socket.on('error', () => undefined);
    socket.once('data', (asked) => {
      if (!String(asked).startsWith('GET / ')) return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${text}`);
      more();
    });
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { steps } = await probeApp(`http://127.0.0.1:${address.port}/`, { timeout, eventTimeout: 1 });
  expect(steps).toMatchObject([
    { id: 'page', note: `${note}, and the rest of it was not read` },
    { id: 'handshake', note: expect.stringContaining('the part of the page that was read asks for no sockets') },
  ]);
});

const answer = (body: string): ProbeAnswer => ({
  url: new URL('http://127.0.0.1/'),
  status: 200,
  headers: {},
  body,
  bytes: body.length,
  redirects: [],
});

const errorLine = (log: string): string =>
  explainErrorPage({ iisnode: true, status: 500, subStatus: 1000, hresult: undefined, log }).why;
const plainSocket = (text: string) => plainSocketOf({ texts: [text], plainSockets: [] }, new URL('http://x/'));

describe('the time to read an answer grows with its length alone', () => {
  it.each<readonly [what: string, read: (size: number) => unknown]>([
    ['logs that are not closed', (size) => readErrorPage(200, `iisnode encountered an error${'<pre>'.repeat(size)}`)],
    ['an empty module', (size) => authorOf(`IIS 10.0 Detailed Error<th>Module</th><td>${' '.repeat(size)}`)],
    ['a log of carriage returns', (size) => errorLine(`${'\r'.repeat(10 * size)}x`)],
    ['placeholders that are not closed', (size) => plainSocket(`new WebSocket(\`${'${'.repeat(10 * size)}\`)`)],
    ['tags that are not closed', (size) => serviceOf(answer('<a data-adapter="azure" '.repeat(size)))],
    ['comments', (size) => signs.map(({ evidenceIn }) => evidenceIn('<!---->'.repeat(size), ''))],
    ['empty lines', (size) => signs.map(({ evidenceIn }) => evidenceIn('\n'.repeat(size), ''))],
    ['one long word', (size) => signs.map(({ evidenceIn }) => evidenceIn('1-'.repeat(size), ''))],
  ])('%s', (_what, read) => {
    expect(growth(read, 150)).toBeLessThan(linear);
  });
});

it('an error page of iisnode keeps its log, behind one that is empty', () => {
  const body = 'iisnode encountered an error<PRE></PRE> HTTP status: 500 <pre>Error: x &lt;y&gt;</pre>';
  expect(readErrorPage(200, body)?.log).toBe('Error: x <y>');
});

it('lines of usual length are read once', () => {
  const lines = (length: number): boolean => callsIo(`io(\n${`${'a'.repeat(length)}\n`.repeat(1000)}`);
  expect(growth(lines, 30)).toBeLessThan(linear);
});

it.each([
  [`const server = \`wss://\${location.host}/live\`;\nnew WebSocket(server)`, 'http://x/live'],
  [`new WebSocket(\`\${scheme}://\${location.host}/live\`)`, 'http://x/live'],
  [`new WebSocket(\`ws://\${location.host}/\${room}\`)`, undefined],
  [`new WebSocket(\`ws://\${location.host}\`)`, undefined],
  ["new WebSocket('/live')", 'http://x/live'],
])('the address in %s', (code, address) => {
  expect(plainSocket(code)?.url?.href).toBe(address);
});

it('of ten thousand other places that a page names, some are reported', async () => {
  const files = Array.from(
    { length: 10_000 },
    (_, number) => `<script src="http://localhost:1/${number}.js"></script>`,
  );
  const clients = Array.from({ length: 1000 }, (_, number) => `io('http://127.0.0.1:${number + 1}/');`);
  const page = `<!doctype html><script src="/socket.io/socket.io.js"></script>${files.join('')}<script>${clients.join('')}</script>`;
  const server = createHttp((_, response) => void response.setHeader('content-type', 'text/html').end(page));
  const { steps } = await probeApp(await listen(server), { timeout: 10_000, eventTimeout: 1 });
  expect(steps.flatMap(({ missing = [] }) => missing)).toHaveLength(80);
  expect(steps.filter(({ id }) => id === 'handshake').length).toBeLessThanOrEqual(4);
});
