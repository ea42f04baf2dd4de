import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authorOf, readErrorPage } from '../../src/probe/explain.js';
import { signs } from '../../src/probe/exposed-signs.js';
import { probeApp } from '../../src/probe/index.js';
import { serviceOf } from '../../src/probe/service.js';
import type { ProbeAnswer } from '../../src/probe/visitor.js';
import { growth, linear } from '../support/growth.js';

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

describe('the time to read an answer grows with its length alone', () => {
  it.each<readonly [what: string, read: (size: number) => unknown]>([
    ['logs that are not closed', (size) => readErrorPage(200, `iisnode encountered an error${'<pre>'.repeat(size)}`)],
    ['an empty module', (size) => authorOf(`IIS 10.0 Detailed Error<th>Module</th><td>${' '.repeat(size)}`)],
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
