import { describe, expect, it } from 'vitest';
import { broken, chunked, echo, evil, hello, refused } from './cases.js';
import { hostileSite } from './hostile-site.js';
import { converse, RawClient } from './raw-client.js';
import { get, lastGet, post } from './requests.js';

describe.each([
  ['the head of a body', refused],
  ['chunks', broken],
])('%s that could be read in two ways', (_, cases) => {
  it('are refused before an app has the request, and nothing behind them is run', async () => {
    const { port, stillServes } = await hostileSite();
    for (const { what, sent, status } of cases) {
      const { answers, rest } = await converse(port, sent);
      expect({ what, statuses: answers.map((answer) => answer.status), rest }).toEqual({
        what,
        statuses: [status],
        rest: '',
      });
      // A connection to node with a part of a request in it would give its next user a strange answer.
      const { answers: after } = await converse(port, post(echo, 'Content-Length: 2\r\nConnection: close', 'ok'));
      expect({ what, body: JSON.parse(after[0]?.body ?? '').body }).toEqual({ what, body: 'ok' });
      await stillServes();
    }
  });
});

const whole: readonly (readonly [string, string, string])[] = [
  ['chunks with extensions', `${chunked}`, '5;a=b;c="d e"\r\nhello\r\n0;last\r\n\r\n'],
  ['chunks with trailers', `${chunked}`, '5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n'],
  ['a size with zeros and capitals', `${chunked}`, '0005\r\nhello\r\n000\r\n\r\n'],
  ['a coding in capitals', 'Transfer-Encoding: CHUNKED', hello],
  ['a length with zeros', 'Content-Length: 0005', 'hello'],
  ['a length with blanks around it', 'Content-Length: \t 5 \t', 'hello'],
];

describe('a body', () => {
  it.each(whole)(
    'of %s reaches the app, at once or byte by byte, and the next request follows',
    async (_, framing, body) => {
      const { port, stillServes } = await hostileSite();
      const sent = post(echo, framing, body) + lastGet();
      for (const pieces of [[sent], [...sent]]) {
        const { answers, rest } = await converse(port, ...pieces);
        expect(rest).toBe('');
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(JSON.parse(answers[0]?.body ?? '').body).toBe('hello');
      }
      await stillServes();
    },
  );

  it('of a GET, and one that is not read, end at their declared length', async () => {
    const { port, stillServes } = await hostileSite();
    const body = `Content-Length: ${evil.length}\r\n`;
    for (const url of [echo, '/a.txt', '/gone', '/server.js?do=early']) {
      const { answers } = await converse(port, get(url, body) + evil + lastGet());
      expect(answers.map(({ status }) => status)).toEqual([url === '/gone' ? 404 : 200, 200]);
    }
    await stillServes();
  });

  it('that is long and not wanted is read to its end, and the connection goes on', async () => {
    const { port, stillServes } = await hostileSite();
    const long = 'x'.repeat(1_000_000);
    const { answers } = await converse(port, post('/a.txt', `Content-Length: ${long.length}`, long), lastGet());
    expect(answers.map(({ status }) => status)).toEqual([405, 200]);
    await stillServes();
  });

  it('of more bytes than the app takes at a time reaches it whole', async () => {
    const { port, stillServes } = await hostileSite();
    const long = 'x'.repeat(3_000_000);
    const sized = post(echo, `Content-Length: ${long.length}`, long);
    const inChunks = post(echo, chunked, `2dc6c0\r\n${long}\r\n0\r\n\r\n`);
    const { answers } = await converse(port, sized, inChunks, lastGet());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const { body } of answers.slice(0, 2)) expect(JSON.parse(body).length).toBe(long.length);
    await stillServes();
  });
});

describe('Expect', () => {
  const expecting = 'Content-Length: 5\r\nExpect: 100-continue';

  it('100-continue is answered when the app reads the body', async () => {
    const { port, stillServes } = await hostileSite();
    const client = await RawClient.open(port);
    await client.send(post(echo, expecting, ''));
    expect((await client.answers(1)).map(({ status }) => status)).toEqual([100]);
    await client.send(`hello${lastGet()}`);
    const { answers } = await client.all();
    expect(answers.map(({ status }) => status)).toEqual([100, 200, 200]);
    expect(JSON.parse(answers[1]?.body ?? '').body).toBe('hello');
    await client.destroy();
    await stillServes();
  });

  it('100-continue of a request that is refused gets only the refusal, and the connection ends', async () => {
    const { port, stillServes } = await hostileSite();
    const { answers, rest } = await converse(port, post('/a.txt', expecting, ''));
    expect([answers.map(({ status }) => status), rest]).toEqual([[405], '']);
    expect(answers[0]?.head).toContain('Connection: close\r\n');
    await stillServes();
  });

  it('100-continue behind another request waits for its turn', async () => {
    const { port, stillServes } = await hostileSite();
    const client = await RawClient.open(port);
    await client.send(get('/big.txt') + post(echo, expecting, ''));
    expect((await client.answers(2)).map(({ status }) => status)).toEqual([200, 100]);
    await client.send('hello');
    expect((await client.answers(3)).map(({ status }) => status)).toEqual([200, 100, 200]);
    await client.destroy();
    await stillServes();
  });

  it('100-continue of HTTP/1.0, and with the body at once, needs no answer of its own', async () => {
    const { port, stillServes } = await hostileSite();
    const old = post(echo, expecting, '').replace('HTTP/1.1', 'HTTP/1.0');
    for (const pieces of [[old, 'hello'], [post(echo, `${expecting}\r\nConnection: close`, 'hello')]]) {
      const { answers } = await converse(port, ...pieces);
      expect(answers.map(({ status }) => status)).toEqual([200]);
    }
    await stillServes();
  });

  it('something else reaches the app, whose node refuses it (iisnode.md 5.2: other expectations are forwarded)', async () => {
    const { port, stillServes } = await hostileSite();
    const other = 'Content-Length: 5\r\nExpect: coffee\r\nConnection: close';
    const { answers } = await converse(port, post(echo, other, 'hello'));
    expect(answers.map(({ status }) => status)).toEqual([417]);
    await stillServes();
  });
});
