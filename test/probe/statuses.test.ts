import { createServer, type RequestListener } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { explainUpgrade, type ProbeReport, type ProbeStep, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const step = (report: ProbeReport, id: ProbeStep['id']) => report.steps.find((one) => one.id === id);
const asking = '<script src="/socket.io/socket.io.js"></script>';
/** IIS's detailed page; the module is that of IIS unless another is given. */
const detailed = (code: string, module = 'IIS Web Core', hresult = '0x00000000'): string =>
  `<title>IIS 10.0 Detailed Error - ${code} - x</title><h3>HTTP Error ${code} - x</h3><table><tr><th>Module</th><td>&nbsp;&nbsp;${module}</td></tr>
  <tr><th>Error Code</th><td>${hresult}</td></tr></table>`;
const short = (status: number): string =>
  `<h2>${status} - Not so.</h2>\n <h3>There is a problem with the resource.</h3>`;

/** A site whose page is fine, and which answers everything else in this way, upgrades too. */
async function site(status: number, body: string): Promise<string> {
  const answer: RequestListener = ({ url }, response) =>
    url === '/'
      ? response.setHeader('content-type', 'text/html').end(asking)
      : response.writeHead(status, { 'content-type': 'text/html', server: 'Microsoft-IIS/10.0' }).end(body);
  const server = createServer(answer);
  server.on('upgrade', (_request, socket) => {
    const head = `HTTP/1.1 ${status} No\r\nServer: Microsoft-IIS/10.0\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    socket.end(`${head}Connection: close\r\n\r\n${body}`);
  });
  return listen(server);
}

describe('a status is read for what it is', () => {
  it.each([
    [403, detailed('403.18'), '403.18: a rewrite rule sends the request into another application'],
    [403, detailed('403.1'), '403.1: the handler requires more (requireAccess, by default Script)'],
    [403, detailed('403.4'), '403.4: the site demands https'],
    [404, detailed('404.8'), '404.8: request filtering refuses a hidden segment'],
    [404, detailed('404.15'), '404.15: request filtering refuses a long query'],
    [404, detailed('404.4'), '404.4: no handler takes the URL'],
    [
      404,
      detailed('404.0', 'IIS Web Core', '0x80070002'),
      '404.0: IIS finds no such file, and no rule sends the URL to node (0x80070002)',
    ],
    [405, detailed('405.0'), '405.0: the handler for this URL does not take the method'],
    [413, detailed('413.1'), '413.1: request filtering refuses a large body'],
    [500, detailed('500.50', 'RewriteModule', '0x80070585'), '500.50: a rewrite rule failed (0x80070585)'],
    [
      500,
      detailed('500.1002', 'iisnode', '0x00000002'),
      '500.1002: node ended before it opened its pipe; its stderr says why (0x00000002)',
    ],
    [500, '', '500: the request failed inside'],
    [502, detailed('502.5', 'httpPlatformHandler'), '502.5: HttpPlatformHandler could not start the app'],
    [502, '', '502: the proxy in front'],
    [
      503,
      '<h2>Service Unavailable</h2><hr><p>HTTP Error 503. The service is unavailable.</p>',
      '503: the pool is stopped or too busy',
    ],
    [503, short(503), '503: the pool is stopped or too busy'],
    [504, 'Gateway Time-out', '504: the proxy in front gave up'],
  ])('%i %s', async (status, body, why) => {
    const report = await probeApp(await site(status, body));
    for (const id of ['client-script', 'handshake', 'websocket'] as const) {
      expect(step(report, id)).toMatchObject({ ok: false, status, why: expect.stringContaining(why) });
    }
    expect(JSON.stringify(report.steps)).not.toContain('WebSocket module');
  });

  it.each([400, 401, 403, 404, 405, 410, 426, 500, 501, 502, 503])(
    'and the WebSocket module is not blamed for %i where the handshake fails as well',
    async (status) => {
      for (const body of ['', short(status), detailed(`${status}.0`, 'iisnode')]) {
        const report = await probeApp(await site(status, body));
        expect(step(report, 'websocket')).toMatchObject({ ok: false, status });
        expect(JSON.stringify(report.steps)).not.toContain('WebSocket module');
      }
    },
  );

  it('but it is where its own page or the wordless 400 comes behind a handshake that is answered', async () => {
    const upgrade = (status: number, body: string) =>
      explainUpgrade({ status, body, server: 'Microsoft-IIS/10.0', location: undefined }, false).symptom;
    expect(upgrade(400, detailed('400.11', 'WebSocketModule'))).toBe('ws-module-owner');
    expect(upgrade(400, short(400))).toBe('ws-module-owner');
    expect(upgrade(400, detailed('400.0', 'iisnode'))).toBe('path-virtual-dir');
    expect(upgrade(400, 'Forbidden')).toBe('transports');
    expect(upgrade(403, '')).toBe('upgrade-refused');
  });
});

describe("a page of IIS in place of the app's own answer", () => {
  it.each([
    ['the detailed one', detailed('403.0', 'iisnode')],
    ['the one for remote clients', short(403)],
  ])('leaves a refusal of socket.io one: %s', async (_which, body) => {
    const inner = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(asking));
    const io = new SocketServer(inner, { allowRequest: (_request, decide) => decide(null, false) });
    onTestFinished(() => io.close());
    const origin = await listen(inner);
    const server = createServer(async ({ url = '' }, response) => {
      const answer = await fetch(origin + url);
      const type = answer.headers.get('content-type') ?? '';
      const isError = answer.status >= 400;
      response.writeHead(answer.status, { 'content-type': isError ? 'text/html' : type });
      response.end(isError ? body.replaceAll('403', String(answer.status)) : await answer.text());
    });
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
    const report = await probeApp(await listen(server));
    expect(step(report, 'handshake')).toMatchObject({ ok: true, status: 403, note: /code 4: forbidden/ });
    expect(report.ok).toBe(true);
  });

  it('is not taken for the absence of a file', async () => {
    const report = await probeApp(
      await listen(createServer((_request, response) => response.writeHead(404).end(detailed('404.0', 'iisnode')))),
    );
    expect(step(report, 'page')?.why).toMatch(/^the app itself answers 404/);
    const remote = await probeApp(
      await listen(createServer((_request, response) => response.writeHead(404).end(short(404)))),
    );
    expect(step(remote, 'page')?.why).toMatch(/^the app or IIS answers 404/);
  });
});
