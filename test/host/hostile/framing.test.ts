import { describe, expect, it } from 'vitest';
import { get, hostileSite, lastGet, post } from './hostile-site.js';
import { converse, RawClient } from './raw-client.js';

interface Case {
  readonly what: string;
  readonly sent: string;
  readonly status: number;
  readonly source: string;
}

const echo = '/server.js?do=echo';
const chunked = 'Transfer-Encoding: chunked';
const hello = '5\r\nhello\r\n0\r\n\r\n';
const evil = get('/a.txt');
const length = (value: string): string => post(echo, `Content-Length: ${value}`, `hello${evil}`);

/** Every one is the last of its connection: HTTP.SYS ends it with the error, and nothing behind it is run. */
const refused: readonly Case[] = [
  ...[
    'gzip, chunked',
    'identity, chunked',
    'x,chunked',
    'chunked, chunked',
    'chunked;q=1',
    'identity',
    'gzip',
    '',
    'chunked,',
  ].map((coding) => ({
    what: `Transfer-Encoding: ${coding}`,
    sent: post(echo, `Transfer-Encoding: ${coding}`, hello + evil),
    status: 501,
    source: 'KB820729, N/I; HTTP.SYS: "The request transfer encoding type is not supported."',
  })),
  {
    what: 'two Transfer-Encoding headers',
    sent: post(echo, `${chunked}\r\n${chunked}`, hello + evil),
    status: 501,
    source: 'joined they are no `chunked`',
  },
  {
    what: 'a coding behind a control character',
    sent: post(echo, 'Transfer-Encoding: \x0bchunked', hello),
    status: 400,
    source: 'RFC 9110, 5.5',
  },
  {
    what: 'a blank before the colon of Transfer-Encoding',
    sent: post(echo, 'Transfer-Encoding : chunked', hello + evil),
    status: 400,
    source: 'RFC 9112, 5.1',
  },
  {
    what: 'chunks in HTTP/1.0',
    sent: post(echo, chunked, hello + evil).replace('HTTP/1.1', 'HTTP/1.0'),
    status: 400,
    source: 'RFC 9112, 6.1',
  },
  {
    what: 'Content-Length and Transfer-Encoding',
    sent: post(echo, `Content-Length: 5\r\n${chunked}`, hello + evil),
    status: 400,
    source: 'RFC 9112, 6.1',
  },
  {
    what: 'Transfer-Encoding and Content-Length',
    sent: post(echo, `${chunked}\r\nContent-Length: 5`, hello + evil),
    status: 400,
    source: 'RFC 9112, 6.1',
  },
  {
    what: 'two lengths that differ',
    sent: post(echo, 'Content-Length: 5\r\nContent-Length: 0', `hello${evil}`),
    status: 400,
    source: 'RFC 9112, 6.3',
  },
  {
    what: 'two lengths that agree',
    sent: post(echo, 'Content-Length: 5\r\nContent-Length: 5', `hello${evil}`),
    status: 400,
    source: 'RFC 9112, 6.3',
  },
  ...['+5', '-5', '5 5', '5, 5', '0x5', '5.0', '5e0', '', 'five', '99999999999999999999'].map((value) => ({
    what: `Content-Length: ${value}`,
    sent: length(value),
    status: 400,
    source: 'RFC 9112, 6.3',
  })),
  {
    what: 'a length behind a folded line',
    sent: post(echo, 'Content-Length:\r\n 5', `hello${evil}`),
    status: 400,
    source: 'RFC 9112, 5.2',
  },
  {
    what: 'POST without a length',
    sent: post(echo, 'X: y', evil),
    status: 411,
    source: 'HTTP.SYS: "The request must be chunked or have a content length."',
  },
  {
    what: 'PUT without a length',
    sent: post(echo, 'X: y', evil).replace('POST', 'PUT'),
    status: 411,
    source: 'as POST',
  },
];

const chunks = (body: string): string => post(echo, chunked, body);
const broken: readonly Case[] = [
  ['a size that is no number', 'hello\r\n'],
  ['a negative size', '-5\r\nhello\r\n0\r\n\r\n'],
  ['a size with a prefix', '0x5\r\nhello\r\n0\r\n\r\n'],
  ['a size beyond all files', 'ffffffffffffffffff\r\nhello'],
  ['no size', '\r\nhello\r\n0\r\n\r\n'],
  ['a blank before the size', ' 5\r\nhello\r\n0\r\n\r\n'],
  ['a size line without CR', '5\nhello\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nhello\r\n0\r\n\r\n'],
  ['a chunk that ends without CR', '5\r\nhello\n0\r\n\r\n'],
  ['a NUL in an extension', '5;a=\0\r\nhello\r\n0\r\n\r\n'],
  ['an extension of 5,000 bytes', `5;${'a'.repeat(5000)}\r\nhello\r\n0\r\n\r\n`],
  ['an extension without an end', `5;${'a'.repeat(5000)}`],
  ['a trailer that is no header', '5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n'],
  ['a folded trailer', '5\r\nhello\r\n0\r\nA: 1\r\n 2\r\n\r\n'],
  ['trailers of 20 KB', `5\r\nhello\r\n0\r\n${`A: ${'1'.repeat(1000)}\r\n`.repeat(20)}\r\n`],
].map(([what = '', body = '']) => ({ what, sent: chunks(body), status: 400, source: 'RFC 9112, 7.1' }));

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

  it('of a GET, and one nobody reads, end where they say', async () => {
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

  it('100-continue of a request that is refused gets the refusal alone, and the connection ends', async () => {
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
