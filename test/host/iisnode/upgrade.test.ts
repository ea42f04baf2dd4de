import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Site, type SiteOptions, site, until } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

/** A raw client: what it has received so far, and the end of it. */
class Client {
  text = '';
  ended = false;
  readonly socket: net.Socket;
  constructor(port: number, connection = 'Upgrade', target = '/', early = '') {
    this.socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('error', () => undefined);
    this.socket.on('data', (piece) => {
      this.text += String(piece);
    });
    this.socket.on('end', () => {
      this.ended = true;
    });
    this.socket.write(
      `GET ${target} HTTP/1.1\r\nHost: dante\r\nConnection: ${connection}\r\nUpgrade: echo\r\n\r\n${early}`,
    );
  }
  has(text: string): Promise<void> {
    return until(() => this.text.includes(text));
  }
}

describe('an upgrade', () => {
  it('passes the 101 with its headers, Connection too, and what IIS adds, then raw bytes both ways', async () => {
    const dante = await open({ fixture: 'upgrades.js' });
    const client = new Client(dante.port, 'upgrade');
    await client.has('hello');
    expect(client.text).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\nServer: Microsoft-IIS/10.0\r\n\r\nhello',
    );
    client.socket.write('\x00\x01 raw');
    await client.has('\x00\x01 raw');
    client.socket.destroy();
  });

  it('carries bytes that came behind the head of the request', async () => {
    const dante = await open({ fixture: 'upgrades.js' });
    const client = new Client(dante.port, 'Upgrade', '/', 'impatient');
    await client.has('helloimpatient');
    client.socket.destroy();
  });

  it('carries large amounts whole', async () => {
    const dante = await open({ fixture: 'upgrades.js' });
    const client = new Client(dante.port);
    await client.has('hello');
    const before = client.text.length;
    client.socket.write('x'.repeat(2_000_000));
    await until(() => client.text.length === before + 2_000_000);
    client.socket.destroy();
  });

  it('fails for `keep-alive, Upgrade`: node sees an ordinary request', async () => {
    const dante = await open({ fixture: 'upgrades.js' });
    const client = new Client(dante.port, 'keep-alive, Upgrade');
    await until(() => client.ended);
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(client.text).toMatch(/plain/);
  });

  it('may be refused by node with an ordinary response', async () => {
    const dante = await open({ fixture: 'upgrades.js' });
    const client = new Client(dante.port, 'Upgrade', '/?refuse');
    await until(() => client.ended);
    expect(client.text).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(client.text).toMatch(/\r\n\r\nno$/);
  });

  it('fails as a request does when node is not there', async () => {
    const dante = await open({ fixture: 'crashes-at-start.js', settings: { devErrorsEnabled: false } });
    const client = new Client(dante.port);
    await client.has('HTTP/1.1 500 Internal Server Error');
    expect(dante.failures[0]?.subStatus).toBe(1002);
    client.socket.destroy();
  });

  it('shows the developer page when node is not there, with developer errors', async () => {
    const dante = await open({ fixture: 'crashes-at-start.js' });
    const client = new Client(dante.port);
    await until(() => client.ended);
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(client.text).toContain('HTTP subStatus: 1002');
  });
});

describe('the end of an upgraded connection', () => {
  it('by node is not passed to the client; it ends when the client ends too', async () => {
    const dante = await open({ fixture: 'upgrades.js', settings: { maxConcurrentRequestsPerProcess: 1 } });
    const client = new Client(dante.port);
    await client.has('hello');
    client.socket.write('bye');
    await client.has('bye');
    expect((await dante.get()).status, 'it still is an active request').toBe(503);
    expect(client.ended).toBe(false);
    client.socket.end();
    await until(() => client.ended);
    expect((await dante.get()).status).toBe(200);
  });

  it('by node is noticed when the next bytes of the client cannot be written', async () => {
    const dante = await open({ fixture: 'dies-upgraded.js' });
    const client = new Client(dante.port);
    await client.has('hello');
    await dante.event('PROCESS_EXITED');
    expect(client.ended).toBe(false);
    await until(() => {
      client.socket.write('anyone there?');
      return client.ended;
    });
  });

  it('by the client is not passed to node', async () => {
    const dante = await open({ fixture: 'upgrades.js', settings: { maxConcurrentRequestsPerProcess: 1 } });
    const client = new Client(dante.port);
    await client.has('hello');
    client.socket.end();
    await until(() => dante.ended() === 1);
    expect((await dante.get()).status, 'it still is an active request').toBe(503);
    dante.settings = { maxConcurrentRequestsPerProcess: 2 };
    expect((await dante.get()).text, 'answered by node behind what it was told').toBe('plain');
    const logs = path.join(dante.folder, 'iisnode');
    expect(readdirSync(logs).map((file) => readFileSync(path.join(logs, file), 'utf8'))).toEqual([]);
    client.socket.destroy();
  });

  it('comes at once when the worker ends', async () => {
    const dante = await open({ fixture: 'upgrades.js' });
    const client = new Client(dante.port);
    await client.has('hello');
    await dante.module.recycle();
    await until(() => client.ended || client.socket.destroyed);
  });
});
