import { describe, expect, it } from 'vitest';
import { part, partOfChunks, stages } from './cases.js';
import { type HostileSite, hostileSite, released } from './hostile-site.js';
import { RawClient } from './raw-client.js';
import { get, lastGet, post, upgrade } from './requests.js';

/** TCP connections of this process, both ends. */
const tcp = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** Waits until the host has taken what was sent: it has, when a connection made later was answered. */
const arrived = (site: HostileSite) => site.stillServes();

describe('a client that goes away', () => {
  it.each(Object.entries(stages))('with a reset %s leaves nothing behind', async (_, sent) => {
    const site = await hostileSite();
    const before = tcp();
    for (let round = 0; round < 5; round++) {
      const client = await RawClient.open(site.port);
      if (sent !== '') await client.send(sent);
      if (round > 0) await arrived(site); // the first time the reset comes at once
      await client.reset();
    }
    await site.stillServes();
    await expect.poll(tcp).toBe(before);
  });

  it('in the middle of its answers, 50 of them, leaves nothing behind', async () => {
    const site = await hostileSite();
    const before = tcp();
    const client = await RawClient.open(site.port);
    await client.send(get('/big.txt').repeat(50));
    await client.until((text) => text.length > 100_000);
    await client.reset();
    await site.stillServes();
    await expect.poll(tcp).toBe(before);
  });
});

describe('a client that ends its side', () => {
  const statuses: Readonly<Record<string, readonly number[]>> = {
    'before a byte': [],
    'in the request line': [],
    'in the headers': [],
    'in a body with a length': [400],
    'in a chunk': [400],
    'in a body nobody reads': [405],
    'in a body the app does not wait for': [400],
    'while a file is sent': [200],
    'with an answer unread': [200],
  };
  it.each(Object.entries(statuses))('%s gets its answer, and the connection ends', async (stage, expected) => {
    const site = await hostileSite();
    const before = tcp();
    const client = await RawClient.open(site.port);
    if (stages[stage] !== '') await client.send(stages[stage] ?? '');
    client.socket.end();
    const { answers, rest } = await client.all();
    expect([answers.map(({ status }) => status), rest]).toEqual([expected, '']);
    await client.closed;
    await site.stillServes();
    await expect.poll(tcp).toBe(before);
  });

  it('behind requests that wait gets all answers', async () => {
    const site = await hostileSite();
    const client = await RawClient.open(site.port);
    await client.send(get('/server.js?do=wait&id=1') + get('/a.txt') + get('/big.txt'));
    client.socket.end();
    await released(site.port, '1');
    const { answers, rest } = await client.all();
    expect([answers.map(({ status }) => status), rest]).toEqual([[200, 200, 200], '']);
    await client.closed;
    await site.stillServes();
  });
});

/** site limits/@connectionTimeout and webLimits/@connectionTimeout: KB820729, Timer_ConnectionIdle, _HeaderWait, _EntityBody. */
describe('connectionTimeout', () => {
  const short = { server: '00:00:01', site: '00:00:01' };

  it.each([
    ['says nothing', ['']],
    ['stops in its request line', ['GET /a']],
    ['stops behind its answer', [get('/a.txt')]],
    ['stops in a body with a length', [part]],
    ['stops in a chunk', [partOfChunks]],
    ['stops in a body nobody reads', [post('/a.txt', 'Content-Length: 1000', 'ab')]],
    ['stops in its second request', [get('/a.txt'), 'GET /a.t']],
  ])('ends the connection of a client that %s', async (_, pieces) => {
    const site = await hostileSite(short);
    const client = await RawClient.open(site.port);
    for (const piece of pieces) if (piece !== '') await client.send(piece);
    await client.all();
    await client.destroy();
    await site.stillServes();
  });

  it('ends a head, and an unread body, that arrive slowly without an end', async () => {
    const site = await hostileSite(short);
    for (const start of ['GET /a.txt HTTP/1.1\r\nX: ', post('/a.txt', 'Content-Length: 100000', '')]) {
      const client = await RawClient.open(site.port);
      await client.send(start);
      const timer = setInterval(() => client.socket.write('x'), 100);
      await client.all();
      clearInterval(timer);
      await client.destroy();
      await site.stillServes();
    }
  });

  it('detects a client that sent more than is read ahead and then reset the connection', async () => {
    const site = await hostileSite(short);
    const before = tcp();
    const client = await RawClient.open(site.port);
    await client.send(get('/server.js?do=hang') + get('/a.txt', `X: ${'y'.repeat(10_000)}\r\n`).repeat(30));
    await arrived(site);
    await client.reset();
    await expect.poll(tcp).toBe(before);
    await site.stillServes();
  });

  it('ends an answer that is not read', async () => {
    const site = await hostileSite(short);
    const before = tcp();
    const client = await RawClient.open(site.port);
    client.socket.pause();
    await client.send(get('/big.txt').repeat(20));
    await expect.poll(tcp).toBe(before + 1); // the client's own end does not read, so it cannot know
    await client.destroy();
    await site.stillServes();
  });

  it('counts the bytes of a body that comes slowly, and does not end a request that is with the app, nor a WebSocket', async () => {
    const site = await hostileSite(short);
    const socket = await RawClient.open(site.port);
    await socket.send(upgrade('/server.js'));
    const waiting = await RawClient.open(site.port);
    await waiting.send(get('/server.js?do=wait&id=1') + lastGet());
    const slow = await RawClient.open(site.port);
    await slow.send(post('/server.js?do=echo', 'Content-Length: 20\r\nConnection: close', ''));
    const drip = setInterval(() => slow.socket.write('x'), 100);
    const { answers } = await slow.all(); // twice the timeout
    clearInterval(drip);
    expect(JSON.parse(answers[0]?.body ?? '').body).toBe('x'.repeat(20));
    const idle = await RawClient.open(site.port);
    await idle.all(); // once more
    await released(site.port, '1');
    expect((await waiting.all()).answers.map(({ status }) => status)).toEqual([200, 200]);
    await socket.send('still here');
    expect(await socket.until((text) => text.endsWith('still here'))).toContain('101 Switching');
    for (const client of [socket, waiting, slow, idle]) await client.destroy();
    await site.stillServes();
  });

  it("of the site takes the place of the server's with the first request", async () => {
    const site = await hostileSite({ server: '00:00:01', site: '00:02:00' });
    const patient = await RawClient.open(site.port);
    await patient.send(get('/a.txt'));
    await patient.answers(1);
    for (let round = 0; round < 2; round++) {
      const idle = await RawClient.open(site.port);
      await idle.all();
      await idle.destroy();
    }
    await patient.send(lastGet());
    expect((await patient.all()).answers.map(({ status }) => status)).toEqual([200, 200]);
    await patient.destroy();
    await site.stillServes();
  });
});
