import { createServer } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProbeReport, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const path = '/clients/socketio/hubs/Hub';
const removed = 'This path is removed by Web PubSub for Socket.IO SDK. Please let your client communicates with it.';
const step = (report: ProbeReport, id: string) => report.steps.find((one) => one.id === id);
const looks = (report: ProbeReport) => report.steps.map(({ id, ok }) => [id, ok]);

/** An app whose clients go to the service: its own /socket.io/ answers 403, as @azure/web-pubsub-socket.io makes it. */
async function appOf(endpoint: string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.js')) return response.setHeader('content-type', 'text/javascript').end('socket.io');
    if (request.url?.startsWith('/socket.io/')) {
      return response.writeHead(403, { server: 'Microsoft-IIS/10.0' }).end(removed);
    }
    const data = endpoint && `data-adapter="azure" data-endpoint="${endpoint}" data-path="${path}"`;
    const script = '<script src="socket.io/socket.io.js"></script>';
    return response.setHeader('content-type', 'text/html').end(`<!doctype html><html lang="en" ${data}>${script}`);
  });
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\nServer: Microsoft-IIS/10.0\r\nContent-Length: 0\r\n\r\n');
  });
  return listen(server);
}

describe('an app whose clients connect to a service', () => {
  it.each([
    ['takes websocket alone', ['websocket'] as const],
    ['takes both transports', ['polling', 'websocket'] as const],
  ])('is looked at there: the service %s', async (_what, transports) => {
    const server = createServer();
    const service = new SocketServer(server, { path, transports: [...transports] });
    service.on('connection', (socket) => socket.emit('stanza'));
    onTestFinished(() => service.close());
    const endpoint = await listen(server);
    const report = await probeApp(await appOf(endpoint));
    expect(looks(report)).toEqual([
      ['page', true],
      ['client-script', true],
      ['handshake', true],
      ['websocket', true],
    ]);
    expect(step(report, 'handshake')?.url).toContain(`${endpoint}${path}/?EIO=4`);
    expect(step(report, 'websocket')).toMatchObject({ seen: 'open, first event "stanza"' });
    expect(report).toMatchObject({ ok: true, transport: 'websocket' });
  });

  it('may refuse polling with its own text and still be correct', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('no polling here'));
    const service = new SocketServer({ path, transports: ['websocket'] });
    server.on('upgrade', (request, socket, head) => service.engine.handleUpgrade(request, socket, head));
    service.attach(createServer());
    service.on('connection', (socket) => socket.emit('stanza'));
    onTestFinished(() => service.close());
    const report = await probeApp(await appOf(await listen(server)));
    expect(step(report, 'handshake')).toMatchObject({ ok: true, status: 404 });
    expect(step(report, 'handshake')?.seen).toContain('websocket only');
    expect(report.ok).toBe(true);
  });

  it('that refuses them is reported, with the place of its key', async () => {
    const server = createServer((_request, response) => response.writeHead(401).end());
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'));
    const endpoint = await listen(server);
    const report = await probeApp(await appOf(endpoint));
    for (const id of ['handshake', 'websocket']) {
      expect(step(report, id)).toMatchObject({ ok: false, status: 401, symptom: 'service' });
      expect(step(report, id)?.why).toContain(`the service at ${endpoint} refuses`);
      expect(step(report, id)?.next).toContain('WEB_PUBSUB_CONNECTION_STRING');
    }
  });

  it('that is something else is reported', async () => {
    const endpoint = await listen(createServer((_request, response) => response.end('<h1>Welcome</h1>')));
    const report = await probeApp(await appOf(endpoint));
    expect(step(report, 'handshake')?.why).toBe(`the service at ${endpoint} answers, but not as socket.io does`);
  });

  it('with polling is not asked for its sessions: it distributes them itself', async () => {
    const server = createServer();
    const service = new SocketServer(server, { path });
    onTestFinished(() => service.close());
    const report = await probeApp(await appOf(await listen(server)), { polls: 2 });
    expect(report.steps.map(({ id }) => id)).toEqual(['page', 'client-script', 'handshake', 'websocket']);
  });

  it('that does not answer is reported once', async () => {
    const gone = createServer();
    const endpoint = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const report = await probeApp(await appOf(endpoint));
    expect(looks(report).slice(2)).toEqual([['handshake', false]]);
    expect(step(report, 'handshake')?.why).toContain(`the service at ${endpoint} does not answer`);
    expect(step(report, 'handshake')?.next).toContain('WEB_PUBSUB_CONNECTION_STRING');
  });

  it("and still has the example's connection string is reported, and no request is sent", async () => {
    const report = await probeApp(await appOf('https://NAME.webpubsub.azure.com'));
    expect(looks(report).slice(2)).toEqual([['handshake', false]]);
    expect(step(report, 'handshake')).toMatchObject({ status: undefined, seen: 'not asked', symptom: 'service' });
    expect(step(report, 'handshake')?.why).toContain('example');
  });

  it('which only its code knows is not accused of anything', async () => {
    const report = await probeApp(await appOf(''));
    expect(looks(report).slice(2)).toEqual([['handshake', true]]);
    expect(step(report, 'handshake')).toMatchObject({ status: 403, seen: expect.stringMatching(/service.*not tried/) });
    expect(report).toMatchObject({ ok: true, transport: undefined });
  });
});
