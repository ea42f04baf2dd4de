import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { exchange, folderWith, serve } from './harness.js';
import { app, config, handshake, off } from './iisnode-app.js';

describe('an upgrade', () => {
  it('is taken by the WebSocketModule while it is on: 400 without Sec-WebSocket-Accept, polling works, one event', async () => {
    const { port, get, event, events } = await app();
    for (let index = 0; index < 2; index++) {
      const answer = await exchange(port, handshake('/dante/socket.io/?EIO=4&transport=websocket'));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toMatch(/sec-websocket-accept/i);
    }
    expect(await event('WEBSOCKET_MODULE_ENABLED')).toMatchObject({ level: 'warning' });
    expect(events.filter(({ code }) => code === 'WEBSOCKET_MODULE_ENABLED')).toHaveLength(1);
    expect((await get('/dante/socket.io/?EIO=4&transport=polling')).status).toBe(200);
  });

  it('goes to node when webSocket is not enabled, bytes both ways', async () => {
    const { port } = await app(off);
    const socket = net.connect(port, '127.0.0.1', () => socket.write(`${handshake('/dante/socket.io/')}early `));
    socket.setEncoding('latin1');
    let text = '';
    const until = (wanted: string) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (text.includes(wanted)) resolve();
          else socket.once('data', look);
        };
        look();
      });
    socket.on('data', (piece: string) => {
      text += piece;
    });
    await until('early ');
    socket.write('late');
    await until('late');
    expect(text).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nearly late$/);
    socket.destroy();
  });

  it('gets Server and the custom headers in its 101, and in any other answer of node', async () => {
    const custom = '<httpProtocol><customHeaders><add name="X-A" value="1" /></customHeaders></httpProtocol>';
    const { port } = await app(off + custom);
    const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake('/dante/socket.io/')));
    const [head] = await once(socket, 'data');
    socket.destroy();
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
    expect(String(head)).toMatch(/\r\nServer: Microsoft-IIS\/10\.0\r\nX-A: 1\r\n\r\n$/);
    const refused = await exchange(port, handshake('/dante/socket.io/?refuse'));
    expect(refused).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Server: Microsoft-IIS\/10\.0\r\nX-A: 1\r\n/);
  });

  it('of a missing script is answered 404', async () => {
    const { port } = await serve({ directory: folderWith({ 'web.config': config(off) }), vdirPath: '/dante' });
    expect(await exchange(port, handshake('/dante/server.js'))).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('may be one of 500 at once: each gets its 101 and its bytes, and all of them end with the host', async () => {
    const { port, get, host } = await app(off);
    const sockets = Array.from({ length: 500 }, () =>
      net.connect(port, '127.0.0.1', function (this: net.Socket) {
        this.write(`${handshake('/dante/socket.io/')}first event`);
      }),
    );
    await Promise.all(
      sockets.map(async (socket) => {
        let text = '';
        for await (const piece of socket.iterator({ destroyOnReturn: false })) {
          text += String(piece);
          if (text.endsWith('first event')) break;
        }
        expect(text).toMatch(/^HTTP\/1\.1 101 /);
      }),
    );
    expect((await get('/dante/server.js')).status).toBe(200);
    const closed = sockets.map((socket) => once(socket.on('error', () => undefined).resume(), 'close'));
    await host.close();
    await Promise.all(closed);
  });
});
