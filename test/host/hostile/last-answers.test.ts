import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { applicationHostText } from '../../../src/config/index.js';
import { Listener } from '../../../src/host/listener/http-sys.js';
import type { PendingUpgrade } from '../../../src/host/request/context.js';
import { folderWith, put, request, serve, webConfig } from '../harness.js';
import { hostileSite } from './hostile-site.js';
import { converse, RawClient } from './raw-client.js';
import { get, lastGet, post, upgrade } from './requests.js';

describe('a URL outside of all applications', () => {
  it('gets 404 of HTTP.SYS, and is no fault of the host', async () => {
    const directory = folderWith({ 'a.txt': 'abc' });
    const applications = [{ path: '/app', physicalPath: directory }];
    const bindings = [{ protocol: 'http', information: '*:80:' }];
    const sites = [{ name: 'one', id: 1, bindings, applications }];
    put(directory, 'applicationHost.config', applicationHostText({ pools: [], sites, unlocked: true }));
    const applicationHostFile = path.join(directory, 'applicationHost.config');
    const { port, events } = await serve({ directory, vdirPath: '/app', applicationHostFile });
    expect((await request(port, '/app/a.txt')).body).toBe('abc');
    for (const url of ['/', '/a.txt', '/application']) {
      const { answers, rest } = await converse(port, get(url));
      expect([answers.map(({ status }) => status), rest]).toEqual([[404], '']);
      expect(answers[0]?.head).toContain('Server: Microsoft-HTTPAPI/2.0');
    }
    expect(events).toEqual([]);
  });
});

describe('a connection', () => {
  it('that the client wants to close is closed, whatever Connection header web.config adds', async () => {
    const section =
      '<httpProtocol><customHeaders><add name="Connection" value="keep-alive" /></customHeaders></httpProtocol>';
    const directory = folderWith({ 'a.txt': 'abc', 'web.config': webConfig(section) });
    const { port } = await serve({ directory, vdirPath: '/' });
    const { answers, rest } = await converse(port, get('/a.txt') + lastGet());
    expect([answers.map(({ status }) => status), rest]).toEqual([[200, 200], '']);
  });

  it('that the client wants to close is closed after a body it was asked for, too', async () => {
    const { port, stillServes } = await hostileSite();
    const client = await RawClient.open(port);
    const framing = 'Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close';
    await client.send(post('/server.js?do=echo', framing, ''));
    await client.until((text) => text.endsWith('\r\n\r\n'));
    await client.send('hello');
    const { answers, rest } = await client.all();
    expect([answers.map(({ status }) => status), rest]).toEqual([[100, 200], '']);
    expect(answers[1]?.head).toMatch(/\r\nConnection: close\r\n/i);
    await stillServes();
  });

  it('may offer an upgrade with each of many requests without a listener more for each', async () => {
    const { port, stillServes } = await hostileSite();
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    const offer = get(
      '/server.js?do=echo',
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n',
    );
    const { answers } = await converse(port, offer.repeat(15) + lastGet());
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
    expect(warnings).toEqual([]);
    await stillServes();
  });

  it('gives an upgrade all bytes that came before its handler took the socket', async () => {
    let take: (pending: PendingUpgrade) => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    const asked = new Promise<PendingUpgrade>((resolve, reject) => {
      take = resolve;
      fail = reject;
    });
    const listener = await Listener.open(
      { protocol: 'http', address: '127.0.0.1', port: 0 },
      {
        request: () => fail(new Error('no upgrade')),
        upgrade: (_incoming, _response, pending) => take(pending),
        connectionTimeout: () => 120_000,
        fault: (error) => fail(error),
      },
    );
    onTestFinished(() => listener.close(0));
    const client = net.connect(listener.point.port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    client.write(`${upgrade('/')}early `);
    const pending = await asked;
    client.write('late');
    await once(pending.socket, 'data');
    expect(String(pending.early())).toBe('early late');
  });
});
