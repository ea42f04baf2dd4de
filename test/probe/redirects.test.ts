import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import path from 'node:path';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProbeReport, type ProbeStep, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const step = (report: ProbeReport, id: ProbeStep['id']) => report.steps.find((one) => one.id === id);
const toHttps: RequestListener = ({ url, headers }, response) => {
  response.writeHead(301, { location: `https://${headers.host}${url}` }).end();
};

describe('a redirect to https', () => {
  it('on a host that serves only http ends the check without a fault', async () => {
    const url = await listen(createServer(toHttps));
    const report = await probeApp(`${url}/dante/`, { servesHttps: false, expect: [{ path: '/health', status: 200 }] });
    expect(report).toMatchObject({ ok: true, transport: undefined });
    expect(report.steps.map(({ id }) => id)).toEqual(['page', 'handshake', 'expect']);
    for (const { note } of report.steps) expect(note).toContain('the redirect to https is correct for a site with');
    expect(step(report, 'page')?.seen).toMatch(/^HTTP 301, redirects to https:\/\/127\.0\.0\.1:\d+\/dante\/$/);
  });

  it('on the port that answers http cannot be anything else on this machine', async () => {
    const report = await probeApp(await listen(createServer(toHttps)));
    expect(report.ok).toBe(true);
    expect(JSON.stringify(report.steps)).not.toMatch(/EPROTO|SSL/);
  });

  it('behind a rule that rewrites leads to the entry file: the order is named', async () => {
    const server = createServer(({ headers }, response) => {
      response.writeHead(301, { location: `https://${headers.host}/server.js` }).end();
    });
    const report = await probeApp(await listen(server), { servesHttps: false, pages: ['server.js'] });
    expect(report.ok).toBe(false);
    for (const { ok, symptom, why } of report.steps) {
      expect({ ok, symptom }).toEqual({ ok: false, symptom: 'rule-order' });
      expect(why).toContain('/server.js');
    }
  });

  it('to a login page is one: only socket.io must keep its path', async () => {
    const server = createServer(({ headers, url = '' }, response) => {
      const to = url === '/' ? '/login' : url;
      response.writeHead(302, { location: `https://${headers.host}${to}` }).end();
    });
    expect((await probeApp(await listen(server), { servesHttps: false, pages: ['server.js'] })).ok).toBe(true);
  });

  it('is followed where something may serve it, and its absence is reported without text of OpenSSL', async () => {
    const plain = createServer((_request, response) => response.end('not TLS'));
    const other = new URL(await listen(plain));
    const server = createServer((_request, response) => {
      response.writeHead(301, { location: `https://127.0.0.1:${other.port}/` }).end();
    });
    const report = await probeApp(await listen(server));
    expect(step(report, 'page')).toMatchObject({
      ok: false,
      symptom: 'https',
      next: expect.stringContaining('binding'),
    });
    expect(step(report, 'page')?.why).toContain(`https://127.0.0.1:${other.port}/, where nothing serves https`);
  });
});

describe('other redirects', () => {
  it('to another host are not followed; every such request is reported, and nothing fails', async () => {
    const server = createServer(({ url }, response) => {
      response.writeHead(302, { location: `http://www.example.invalid${url}` }).end();
    });
    const report = await probeApp(await listen(server));
    expect(report.ok).toBe(true);
    expect(step(report, 'page')?.note).toContain('npx iisnode-sock doctor http://www.example.invalid/');
    expect(step(report, 'handshake')?.note).toContain('another host');
  });

  it("only of socket.io's requests to another host are a fault", async () => {
    const server = createServer(({ url = '' }, response) => {
      if (url === '/') return response.setHeader('content-type', 'text/html').end('<script>io()</script>');
      return response.writeHead(302, { location: `http://www.example.invalid${url}` }).end();
    });
    const report = await probeApp(await listen(server));
    expect(step(report, 'handshake')).toMatchObject({ ok: false, symptom: 'rule-order' });
  });

  it('keep cookies: a page that sets one and asks for it again is shown', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer(({ url = '', headers }, response) => {
      seen.push(`${url.replace(/\?.*/, '')} ${headers.cookie}`);
      if (url === '/app/' && headers.cookie?.includes('sid=1') !== true) {
        const cookies = ['sid=1; Path=/app; HttpOnly', 'elsewhere=1; Path=/other', 'tls=1; Secure', 'old=1; Max-Age=0'];
        return response.writeHead(302, { location: '/app/', 'set-cookie': cookies }).end();
      }
      return response.setHeader('content-type', 'text/html').end('<title>in</title><img src="a.png">');
    });
    const io = new SocketServer(server, { path: '/app/socket.io' });
    const cookies: (string | undefined)[] = [];
    io.use((socket, next) => {
      cookies.push(socket.request.headers.cookie);
      next();
    });
    onTestFinished(() => io.close());
    const report = await probeApp(`${await listen(server)}/app/`, { eventTimeout: 1 });
    expect(report.ok).toBe(true);
    expect(seen).toEqual(['/app/ undefined', '/app/ sid=1', '/app/a.png sid=1']);
    expect(cookies).toEqual(['sid=1']);
  });
});

it('a page behind a redirect to https is shown there, and its sockets are asked there', async () => {
  const folder = path.join(import.meta.dirname, '..', 'fixtures', 'tls');
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(path.join(folder, name)));
  const secure = createTlsServer({ key, cert }, (_request, response) => {
    response
      .setHeader('content-type', 'text/html')
      .end('<script src="/socket.io/socket.io.js"></script><script>io()</script>');
  });
  const io = new SocketServer(secure);
  onTestFinished(() => io.close());
  const { port } = new URL(await listen(secure));
  const server = createServer(({ url }, response) => {
    response.writeHead(301, { location: `https://127.0.0.1:${port}${url}` }).end();
  });
  const report = await probeApp(await listen(server), { eventTimeout: 1 });
  expect(report).toMatchObject({ ok: true, transport: 'websocket' });
  expect(step(report, 'websocket')?.url).toMatch(new RegExp(`^wss://127\\.0\\.0\\.1:${port}/`));
});
