import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../support/free-port.js';
import { request, serve, startServer, Viewer } from './server.js';

describe('the server by itself', () => {
  it('serves the page at /, /index-socketio.html and /server-socketio.js, and no other files', async () => {
    const port = await freePort();
    const { ready } = await serve({ PORT: `${port}` });
    expect(ready).toBe(`http://localhost:${port}/`);
    for (const url of ['/', '/index-socketio.html', '/server-socketio.js', '/?from=mail']) {
      const { status, headers, body } = await request({ port }, url);
      expect([url, status, headers['content-type']]).toEqual([url, 200, 'text/html; charset=utf-8']);
      expect(body).toContain('data-transports="websocket"');
    }
    for (const url of ['/lib/stream.js', '/package.json', '/inferno.js', '/server-socketio.js/x', '/../package.json']) {
      expect([url, (await request({ port }, url)).status]).toEqual([url, 404]);
    }
  });

  it("serves socket.io's client script", async () => {
    const port = await freePort();
    await serve({ PORT: `${port}` });
    const { status, headers, body } = await request({ port }, '/socket.io/socket.io.js');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/javascript/);
    expect(body).toContain('Socket.IO v4');
  });

  it('answers HEAD without a body and other methods with 405', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}` });
    const head = await request({ port }, '/', { method: 'HEAD' });
    expect([head.status, head.body, Number(head.headers['content-length']) > 1000]).toEqual([200, '', true]);
    const post = await request({ port }, '/', { method: 'POST' });
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('refuses polling unless it is configured', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}` });
    const { status, body } = await request({ port }, '/socket.io/?EIO=4&transport=polling');
    expect([status, JSON.parse(body)]).toEqual([400, { code: 0, message: 'Transport unknown' }]);
  });

  it('lets clients poll with transports=websocket,polling, and passes this to the page', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}`, transports: 'websocket, polling', STANZA_INTERVAL: '10' });
    expect((await request({ port }, '/')).body).toContain('data-transports="websocket,polling"');
    const viewer = new Viewer(`http://127.0.0.1:${port}`, { transports: ['polling'] });
    onTestFinished(() => void viewer.socket.disconnect());
    await viewer.until(() => viewer.ended);
    expect(viewer.stanzas).toHaveLength(46);
    expect([...viewer.transports]).toEqual(['polling']);
  });

  it.each(['websockets', 'WebSocket', 'websocket;polling'])(
    'does not start with transports=%s, and prints the reason',
    async (list) => {
      const started = startServer({ PORT: '0', transports: list });
      await expect(started).rejects.toThrow(
        `transports is websocket, polling, or both with a comma between; "${list}" is neither`,
      );
    },
  );

  it('names the port in use and ends', async () => {
    const port = await freePort();
    await serve({ PORT: `${port}` });
    await expect(startServer({ PORT: `${port}` })).rejects.toThrow(`Port ${port} is taken`);
  });

  it.skipIf(process.platform === 'win32')('ends with 0 on SIGTERM, with viewers connected', async () => {
    const port = await freePort();
    const server = await serve({ PORT: `${port}` });
    const viewer = new Viewer(`http://127.0.0.1:${port}`);
    onTestFinished(() => void viewer.socket.disconnect());
    await viewer.until(() => viewer.stanzas.length === 1);
    expect(await server.kill('SIGTERM')).toBe(0);
  });
});

describe('the server as iisnode starts it', () => {
  const pipe = (): string => {
    if (process.platform === 'win32') return `\\\\.\\pipe\\${crypto.randomUUID()}`;
    const folder = mkdtempSync(path.join(tmpdir(), 'dante-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return path.join(folder, 'pipe.sock');
  };

  it('listens on the pipe in PORT, at the vdir path of appSettings', async () => {
    const socketPath = pipe();
    const { ready } = await serve({ PORT: socketPath, virtualDirPath: '/dante', IISNODE_VERSION: '0.2.27' });
    expect(ready).toBe(socketPath);
    for (const url of ['/dante/', '/dante/server-socketio.js', '/dante/index-socketio.html']) {
      expect([url, (await request({ socketPath }, url)).status]).toEqual([url, 200]);
    }
    expect((await request({ socketPath }, '/')).status).toBe(404);
    expect((await request({ socketPath }, '/socket.io/socket.io.js')).status).toBe(404);
    expect((await request({ socketPath }, '/dante/socket.io/socket.io.js')).status).toBe(200);
  });

  it('adds the slash that relative URLs need', async () => {
    const socketPath = pipe();
    await serve({ PORT: socketPath, virtualDirPath: '/dante' });
    const { status, headers } = await request({ socketPath }, '/dante');
    expect([status, headers.location]).toEqual([301, '/dante/']);
  });

  it('accepts the vdir path in any case, like IIS, and percent-encoded', async () => {
    const socketPath = pipe();
    await serve({ PORT: socketPath, virtualDirPath: '/My App' });
    for (const url of ['/my%20app/', '/MY%20APP/Server-SocketIO.js', '/My%20App/socket.io/socket.io.js']) {
      expect([url, (await request({ socketPath }, url)).status]).toEqual([url, 200]);
    }
    for (const url of ['/my%20apple/', '/my%ZZapp/']) {
      expect([url, (await request({ socketPath }, url)).status]).toEqual([url, 404]);
    }
  });

  it('streams over a websocket through the pipe below the vdir path', async () => {
    const socketPath = pipe();
    await serve({ PORT: socketPath, virtualDirPath: '/dante/', STANZA_INTERVAL: '10' });
    const agent = new http.Agent();
    // All connections of this agent go to the pipe, like those of iisnode.
    Object.assign(agent, { createConnection: () => connect(socketPath) });
    const viewer = new Viewer('http://localhost', { path: '/dante/socket.io', agent: agent as never });
    onTestFinished(() => void viewer.socket.disconnect());
    await viewer.until(() => viewer.ended);
    expect(viewer.stanzas).toHaveLength(46);
  });

  it('keeps an idle connection open for longer than iisnode keeps it in its pool (30 s)', async () => {
    const socketPath = pipe();
    await serve({ PORT: socketPath });
    const { headers } = await request({ socketPath }, '/', { headers: { connection: 'keep-alive' } });
    const seconds = Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1]);
    expect(seconds).toBeGreaterThan(30);
  });
});
