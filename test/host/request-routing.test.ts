import http from 'node:http';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { folderWith, serve, webConfig } from './harness.js';
import { handshake } from './iisnode-app.js';

/** A server of this machine that says what it got; upgrades echo. Closes when the test ends. */
async function backEnd(): Promise<number> {
  const server = http.createServer((request, response) => {
    if (request.url?.includes('silent')) return;
    if (request.url?.includes('broken')) {
      request.socket.destroy();
      return;
    }
    if (request.url?.includes('moved')) {
      response.writeHead(302, { Location: `http://${request.headers.host}/next?a=1` }).end();
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      response.statusCode = request.url?.includes('fail') ? 404 : 200;
      response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
    });
  });
  server.on('upgrade', (request, socket) => {
    const extension =
      request.headers['sec-websocket-extensions'] === undefined
        ? ''
        : 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Path: ${request.url}\r\n${extension}\r\n`,
    );
    socket.pipe(socket).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

const rule = (name: string, match: string, to: string): string =>
  `<rule name="${name}" stopProcessing="true"><match url="${match}" /><action type="Rewrite" url="${to}" /></rule>`;

/** A site with a rule to the other server and some that lead nowhere. */
async function proxying(more = '') {
  const port = await backEnd();
  const gone = await backEnd();
  const rules = [
    rule('elsewhere', '^elsewhere', 'http://example.invalid/{R:0}'),
    rule('farm', '^farm', 'http://chatfarm/{R:0}'),
    rule('nobody', '^nobody', 'http://127.0.0.1:1/{R:0}'),
    rule('app', '^app/(.*)', `http://localhost:${port}/{R:1}`),
  ];
  const directory = folderWith({
    'web.config': webConfig(`<rewrite><rules>${rules.join('')}</rules></rewrite>${more}`),
  });
  const site = { directory, vdirPath: '/' };
  const host = await serve(site);
  const model = serveSite(site)();
  const trace = (url: string, headers: Record<string, string> = {}) =>
    traceUrl({ model, url: `http://localhost${url}`, headers: Object.entries(headers) });
  return { ...host, backEndPort: port, gone, trace };
}

describe('a rule that rewrites to a server of this machine', () => {
  it('makes the host a reverse proxy for it, with the headers of Application Request Routing', async () => {
    const { get, backEndPort, event, trace, port } = await proxying();
    const answer = await get('/app/page?x=1', { method: 'POST', body: 'hello', headers: { 'X-Own': 'a' } });
    expect(answer.headers['x-powered-by']).toContain('ARR/3.0');
    const seen = JSON.parse(answer.body);
    expect(seen).toMatchObject({ method: 'POST', url: '/page?x=1', body: 'hello' });
    expect(seen.headers).toMatchObject({
      host: `localhost:${backEndPort}`,
      'x-own': 'a',
      'x-original-url': '/app/page?x=1',
      'max-forwards': '9',
    });
    expect(seen.headers['x-forwarded-for']).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(seen.headers['x-arr-log-id']).toMatch(/^[\da-f-]{36}$/);
    expect((await event('REQUEST_PROXIED')).message).toContain('/enabled:true /commit:apphost');
    const { outcome, steps } = trace('/app/page?x=1');
    expect(outcome).toMatchObject({ kind: 'handler', url: `http://localhost:${backEndPort}/page?x=1` });
    expect(steps.find(({ stage }) => stage === 'proxy')?.result).toBe('GET /page?x=1');
    // A redirect of the other server to itself leads to the site.
    expect((await get('/app/moved')).headers.location).toBe(`http://127.0.0.1:${port}/next?a=1`);
  });

  it('says once what the server needs, and once what several servers need', async () => {
    const all = [await backEnd(), await backEnd(), await backEnd()].map((port) => `http://localhost:${port}`);
    const rules = all.map(
      (origin, index) =>
        `<rule name="r${index}" stopProcessing="true"><match url="^${index}/" /><action type="Rewrite" url="${origin}/x" /></rule>`,
    );
    const directory = folderWith({ 'web.config': webConfig(`<rewrite><rules>${rules.join('')}</rules></rewrite>`) });
    const { get, events } = await serve({ directory, vdirPath: '/' });
    const said = () => events.map(({ code }) => code).filter((code) => code.includes('PROXIED'));
    for (let turn = 0; turn < 2; turn += 1) expect(JSON.parse((await get('/0/')).body).url).toBe('/x');
    expect(said()).toEqual(['REQUEST_PROXIED']);
    for (const index of [1, 2, 0, 1]) await get(`/${index}/`);
    expect(said()).toEqual(['REQUEST_PROXIED', 'PROXIED_TO_SEVERAL']);
    const several = events.find(({ code }) => code === 'PROXIED_TO_SEVERAL')?.message;
    expect(several).toContain(`${all[0]}, ${all[1]}. `);
    expect(several).toMatch(/a farm \(webFarms\) with client affinity does that/);
  });

  it('replaces the bodies of its errors, unless existingResponse is PassThrough', async () => {
    const { get } = await proxying();
    expect(await get('/app/fail')).toMatchObject({
      status: 404,
      body: expect.stringContaining('ApplicationRequestRouting'),
    });
    const passing = await proxying('<httpErrors existingResponse="PassThrough" />');
    expect(JSON.parse((await passing.get('/app/fail')).body).url).toBe('/fail');
  });

  it.each([
    ['/elsewhere', '502.3', 'this machine alone', true],
    ['/farm', '502.3', 'of a server farm (webFarms) each of its servers in turn, which is not emulated', true],
    ['/nobody', '502.3', 'nothing listens there', false],
    ['/app/broken', '502.3', 'closed the connection before it answered', false],
  ])('answers %s with %s, and says why', async (url, code, text, isTraced) => {
    const { get, event, trace } = await proxying();
    expect((await get(url)).code).toBe(code);
    expect((await event('REQUEST_FAILED')).message).toContain(text);
    const { outcome } = trace(url);
    expect(outcome.kind === 'error').toBe(isTraced);
    if (isTraced) expect(`${outcome.status}.${outcome.subStatus}`).toBe(code);
  });

  it('ends a chain of proxies', async () => {
    const { get, trace } = await proxying();
    const headers = { 'Max-Forwards': '0' };
    expect((await get('/app/x', { headers })).status).toBe(400);
    expect(trace('/app/x', headers).outcome).toMatchObject({ kind: 'error', status: 400, subStatus: 605 });
  });

  it.each([
    ['', 'Sec-WebSocket-Extensions: permessage-deflate\r\n', '101'],
    ['<webSocket enabled="false" />', '', '200'],
  ])('carries WebSockets where the module is on (%s)', async (section, extension, status) => {
    const { port, events } = await proxying(section);
    const socket = net.connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.setEncoding('latin1');
    const head = handshake('/app/socket').replace('\r\n\r\n', `\r\n${extension}\r\n`);
    let text = '';
    const until = (end: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (piece = ''): void => {
          text += piece;
          if (text.includes(end)) resolve();
        };
        socket.on('data', look).on('close', () => reject(new Error(`closed after ${text}`)));
        look();
      });
    socket.write(`${head}frames of the client`);
    await until(status === '101' ? 'frames of the client' : '"url":"/socket"');
    expect(text).toContain(`HTTP/1.1 ${status} `);
    if (status === '101') expect(text).toContain('X-Path: /socket');
    expect(events.some(({ code }) => code === 'PROXIED_SOCKET_COMPRESSED')).toBe(status === '101');
  });
});
