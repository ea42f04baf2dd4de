import { describe, expect, it } from 'vitest';
import { bigText, hostileSite, released } from './hostile-site.js';
import { converse, RawClient } from './raw-client.js';
import { get, lastGet, post, upgrade } from './requests.js';

const garbage = '\x01\x02garbage\r\n\r\n';

describe('requests sent one behind the other', () => {
  it('are answered in order, 50 of them, by files and by the app, and a client that ended its side gets them all', async () => {
    const { port, stillServes } = await hostileSite();
    const urls = Array.from({ length: 50 }, (_, index) =>
      index % 3 === 0 ? '/a.txt' : `/server.js?do=echo&n=${index}`,
    );
    const client = await RawClient.open(port);
    await client.send(urls.map((url) => get(url)).join(''));
    client.socket.end();
    const { answers, rest } = await client.all();
    expect(rest).toBe('');
    expect(answers).toHaveLength(50);
    for (const [index, { body }] of answers.entries()) {
      expect(body === 'abc' ? '/a.txt' : JSON.parse(body).url).toBe(urls[index]);
    }
    await client.closed;
    await stillServes();
  });

  it.each([
    ['a long file', '/big.txt', bigText],
    ['an app', '/server.js?do=early', 'early'],
    ['a short file', '/a.txt', 'abc'],
  ])('and followed by nonsense: the answer of %s is whole, then 400, then the end', async (_, url, body) => {
    const { port, stillServes } = await hostileSite();
    for (const pieces of [[get(url) + garbage], [get(url), garbage]]) {
      const { answers, rest } = await converse(port, ...pieces);
      expect(answers.map(({ status }) => status)).toEqual([200, 400]);
      expect(answers[0]?.body === body).toBe(true);
      expect(rest).toBe('');
    }
    await stillServes();
  });

  it('behind `Connection: close` are not looked at', async () => {
    const { port, stillServes } = await hostileSite();
    for (const more of ['x', garbage, get('/a.txt'), upgrade('/server.js')]) {
      const { answers, rest } = await converse(port, lastGet('/big.txt') + more);
      expect(answers.map(({ status, body }) => [status, body === bigText])).toEqual([[200, true]]);
      expect(rest).toBe('');
    }
    await stillServes();
  });

  it('of HTTP/1.0 share a connection where each asks for it', async () => {
    const { port, stillServes } = await hostileSite();
    const old = (url: string, more = ''): string => `GET ${url} HTTP/1.0\r\n${more}\r\n`;
    const keep = 'Connection: Keep-Alive\r\n';
    const { answers } = await converse(port, old('/a.txt', keep) + old('/gone', keep) + old('/a.txt') + old('/a.txt'));
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200]);
    expect(answers[0]?.head).toContain('Connection: keep-alive\r\n');
    await stillServes();
  });

  it('wait for one that is slow, whatever they are', async () => {
    const { port, stillServes } = await hostileSite();
    const others = {
      post: post('/server.js?do=echo', 'Content-Length: 5\r\nConnection: Upgrade\r\nUpgrade: websocket', 'hello'),
      verb: 'FOO /a.txt HTTP/1.1\r\nHost: x\r\n\r\n',
      connect: 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n',
      options: 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
      nonsense: garbage,
    };
    const statuses = { post: 200, verb: 405, connect: 400, options: 200, nonsense: 400 };
    for (const [name, bytes] of Object.entries(others)) {
      const client = await RawClient.open(port);
      await client.send(get(`/server.js?do=wait&id=${name}`) + bytes);
      await released(port, name);
      const answers = await client.answers(2);
      expect([name, answers[0]?.body, answers[1]?.status]).toEqual([name, `waited ${name}`, statuses[name as 'post']]);
      await client.destroy();
      await stillServes();
    }
  });

  it('may end with an upgrade, which waits for its turn', async () => {
    const { port, stillServes } = await hostileSite();
    for (const first of ['/a.txt', '/big.txt', '/server.js?do=echo', '/gone']) {
      const client = await RawClient.open(port);
      await client.send(`${get(first)}${upgrade('/server.js')}early `);
      await client.until((text) => text.endsWith('early '));
      await client.send('late');
      const text = await client.until((each) => each.endsWith('late'));
      expect(text).toMatch(/\r\n\r\nHTTP\/1\.1 101 |.HTTP\/1\.1 101 /s);
      expect(text.indexOf('HTTP/1.1 101 ')).toBeGreaterThan(text.indexOf('\r\n\r\n'));
      expect(text).toMatch(/\r\n\r\nearly late$/);
      await client.destroy();
      await stillServes();
    }
  });

  it('may end with an upgrade behind a slow one: the answer, then 101', async () => {
    const { port, stillServes } = await hostileSite();
    const client = await RawClient.open(port);
    await client.send(get('/server.js?do=wait&id=1') + upgrade('/server.js'));
    await released(port, '1');
    const text = await client.until((each) => each.includes('HTTP/1.1 101 '));
    expect(text).toMatch(/waited 1(?:\r\n0\r\n\r\n)?HTTP\/1\.1 101 /);
    await client.destroy();
    await stillServes();
  });

  it('more than 64 KB of them are read while their answers are, no sooner', async () => {
    const { port, stillServes } = await hostileSite();
    const client = await RawClient.open(port);
    const padding = `X: ${'y'.repeat(1000)}\r\n`;
    await client.send(get('/server.js?do=wait&id=2'));
    const sent = client.send(get('/a.txt', padding).repeat(400) + lastGet());
    await released(port, '2');
    await sent;
    const { answers } = await client.all();
    expect(answers).toHaveLength(402);
    await client.destroy();
    await stillServes();
  });
});
