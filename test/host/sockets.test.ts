import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { serveSite, startHost } from '../../src/host/index.js';
import { exchange, folderWith, request, serve } from './harness.js';

const site = () => serve({ directory: folderWith({ 'a.txt': 'abc' }), vdirPath: '/' });

describe('the listener', () => {
  it('says which port is taken and how to choose another', async () => {
    const { port } = await site();
    const options = {
      loadConfig: serveSite({ directory: folderWith(), vdirPath: '/' }),
      listen: { host: '127.0.0.1', port },
    };
    await expect(startHost(options)).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      what: expect.stringContaining(String(port)),
    });
  });

  it('gives its port back on close, which may be called twice and cuts connections', async () => {
    const { host, port } = await site();
    const idle = net.connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const closed = new Promise((resolve) => idle.once('close', resolve));
    idle.on('error', () => undefined);
    await Promise.all([host.close(), host.close()]);
    await closed;
    const again = await startHost({
      loadConfig: serveSite({ directory: folderWith(), vdirPath: '/' }),
      listen: { host: '127.0.0.1', port },
    });
    await again.close();
  });

  it('answers a malformed request as HTTP.SYS does', async () => {
    const { port } = await site();
    expect(await exchange(port, 'nonsense\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*Microsoft-HTTPAPI\/2\.0/,
    );
    expect(await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(17000)}\r\n\r\n`)).toContain(
      'Request Too Long',
    );
    expect(await exchange(port, 'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  it('keeps connections alive between requests', async () => {
    const { port } = await site();
    const text = await exchange(
      port,
      'GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  it('answers an upgrade that no handler wants like an ordinary request', async () => {
    const { port } = await site();
    const head = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await exchange(port, `GET /a.txt HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*abc$/);
    expect(await exchange(port, `GET /gone HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await exchange(port, `GET /%zz HTTP/1.1\r\n${head}`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('answers a client that ended its side of the connection, however long the file is', async () => {
    const { port } = await serve({ directory: folderWith({ 'a.txt': 'x'.repeat(1_000_000) }), vdirPath: '/' });
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let length = 0;
    socket.on('data', (piece) => (length += piece.length));
    socket.end('GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('end', resolve));
    expect(length).toBeGreaterThan(1_000_000);
  });

  it('gives an upgrade with a body back to the parser', async () => {
    const { port } = await site();
    const text = await exchange(
      port,
      'POST /a.txt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nContent-Length: 3\r\n\r\nabc' +
        'GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 405 [\s\S]*HTTP\/1\.1 200 OK/);
  });

  it('survives clients that disconnect during a request and during a handshake', async () => {
    const { port } = await site();
    const starts = [
      'GET /a.txt HTT',
      'POST /a.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab',
      'GET /a.txt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ];
    for (const start of starts) {
      await new Promise<void>((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => socket.write(start, () => socket.resetAndDestroy()));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    }
    expect((await request(port, '/a.txt')).status).toBe(200);
  });
});
