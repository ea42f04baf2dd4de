import { describe, expect, it } from 'vitest';
import { hostileSite } from './hostile-site.js';
import { converse, RawClient } from './raw-client.js';
import { get, lastGet, post, upgrade } from './requests.js';

const offer = 'Connection: Upgrade\r\nUpgrade: websocket';

describe('an upgrade', () => {
  it('to any protocol is what the app makes of it (iisnode.md 5.8), and sees the bytes behind its head first', async () => {
    const { port, stillServes } = await hostileSite();
    for (const token of ['websocket', 'WebSocket', 'echo', 'a/1, b']) {
      const client = await RawClient.open(port);
      await client.send(`${upgrade('/server.js', token)}early `);
      await client.until((text) => text.endsWith('early '));
      await client.send('late');
      const text = await client.until((each) => each.endsWith('late'));
      expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*\r\n\r\nearly late$/);
      expect(text.toLowerCase()).toContain(`\r\nupgrade: ${token.toLowerCase()}\r\n`);
      await client.destroy();
      await stillServes();
    }
  });

  it('in HTTP/1.0 does not count: an ordinary answer, no 101 (RFC 9110, 7.8)', async () => {
    const { port, stillServes } = await hostileSite();
    const old = upgrade('/server.js?do=echo').replace('HTTP/1.1', 'HTTP/1.0');
    const { answers, rest } = await converse(port, old);
    expect([answers.map(({ status }) => status), rest]).toEqual([[200], '']);
    expect(JSON.parse(answers[0]?.body ?? '').rawHeaders).not.toContain('Upgrade');
    await stillServes();
  });

  it.each([
    ['a POST with a length', post('/server.js?do=echo', `Content-Length: 5\r\n${offer}`, 'hello'), 'hello'],
    [
      'a POST with chunks',
      post('/server.js?do=echo', `Transfer-Encoding: chunked\r\n${offer}`, '5\r\nhello\r\n0\r\n\r\n'),
      'hello',
    ],
    ['a GET with a body', `${get('/server.js?do=echo', `Content-Length: 5\r\n${offer}\r\n`)}hello`, 'hello'],
    [
      'a POST that offers HTTP/2',
      post(
        '/server.js?do=echo',
        'Content-Length: 5\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA',
        'hello',
      ),
      'hello',
    ],
    ['an OPTIONS', `OPTIONS /server.js?do=echo HTTP/1.1\r\nHost: x\r\n${offer}\r\n\r\n`, ''],
    ['one without Connection', get('/server.js?do=echo', 'Upgrade: websocket\r\n'), ''],
    ['one without Upgrade', get('/server.js?do=echo', 'Connection: Upgrade\r\n'), ''],
  ])('in %s is an ordinary request, whose body the app reads, and the next one follows', async (_, sent, body) => {
    const { port, stillServes } = await hostileSite();
    const { answers, rest } = await converse(port, sent + lastGet());
    expect([answers.map(({ status }) => status), rest]).toEqual([[200, 200], '']);
    expect(JSON.parse(answers[0]?.body ?? '').body).toBe(body);
    await stillServes();
  });

  it('to HTTP/2 without a handler leaves the connection as it is', async () => {
    const { port, stillServes } = await hostileSite();
    const h2c = get('/a.txt', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n');
    const { answers } = await converse(port, h2c + h2c + lastGet());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await stillServes();
  });

  it('that the app refuses gets its answer, and what came behind it is not run', async () => {
    const { port, stillServes } = await hostileSite();
    const { answers, rest } = await converse(port, upgrade('/server.js?do=refuse') + get('/a.txt'));
    expect([answers.map(({ status }) => status), rest]).toEqual([[403], '']);
    await stillServes();
  });

  it('behind another upgrade is bytes of the first one', async () => {
    const { port, stillServes } = await hostileSite();
    const client = await RawClient.open(port);
    const second = upgrade('/server.js');
    await client.send(upgrade('/server.js') + second);
    const text = await client.until((each) => each.endsWith(second));
    expect(text.match(/101 Switching/g)).toHaveLength(1);
    await client.destroy();
    await stillServes();
  });

  it('whose answer is long reaches a slow reader whole', async () => {
    const { port, stillServes } = await hostileSite();
    const { answers, rest } = await converse(port, upgrade('/big.txt'));
    expect([answers.map(({ status, body }) => [status, body.length]), rest]).toEqual([[[200, 2_000_000]], '']);
    await stillServes();
  });

  it('with bytes that come while the app thinks, and with an end of the client, loses nothing', async () => {
    const { port, stillServes } = await hostileSite();
    const client = await RawClient.open(port);
    const bytes = 'x'.repeat(300_000);
    await client.send(upgrade('/server.js'));
    const sent = client.send(bytes);
    client.socket.end();
    await client.until((text) => text.endsWith(bytes));
    await sent;
    expect(client.text).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nx{300000}$/);
    await client.destroy();
    await stillServes();
  });
});
