import { describe, expect, it } from 'vitest';
import { get, hostileSite, lastGet } from './hostile-site.js';
import { converse } from './raw-client.js';

interface Case {
  readonly what: string;
  readonly sent: string | Buffer;
  readonly status: number;
  /** In the page of the answer. */
  readonly says?: string;
  readonly source: string;
}

const hostname = 'Bad Request - Invalid Hostname';
const invalidUrl = 'Bad Request - Invalid URL';
const invalidHeader = 'Bad Request - Invalid Header';
const invalidVerb = 'Bad Request - Invalid Verb';
const badlyFormed = 'The request is badly formed.';
const withHost = (host: string): string => `GET /a.txt HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;
const withLine = (line: string): string => `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`;
const tlsHello = Buffer.from('16030100a5010000a10303', 'hex');

const hosts: readonly Case[] = [
  {
    what: 'two Host headers',
    sent: withHost('Host: x\r\nHost: x\r\n'),
    status: 400,
    says: hostname,
    source: 'RFC 9112, 3.2',
  },
  {
    what: 'two Host headers of different case',
    sent: withHost('Host: x\r\nHOST: y\r\n'),
    status: 400,
    says: hostname,
    source: 'RFC 9112, 3.2',
  },
  {
    what: 'a Host with a blank',
    sent: withHost('Host: a b\r\n'),
    status: 400,
    says: hostname,
    source: 'RFC 9112, 3.2',
  },
  {
    what: 'a Host with a path and a user',
    sent: withHost('Host: a/b@c\r\n'),
    status: 400,
    says: hostname,
    source: 'RFC 9112, 3.2',
  },
  { what: 'a Host with a user', sent: withHost('Host: a@c\r\n'), status: 400, says: hostname, source: 'RFC 9112, 3.2' },
  {
    what: 'a Host with markup',
    sent: withHost('Host: <b>"\r\n'),
    status: 400,
    says: hostname,
    source: 'RFC 9112, 3.2',
  },
  {
    what: 'a Host with a port that is no number',
    sent: withHost('Host: x:y\r\n'),
    status: 400,
    says: hostname,
    source: 'RFC 9112, 3.2',
  },
  {
    what: 'a Host with a port beyond 65535',
    sent: withHost('Host: x:99999\r\n'),
    status: 400,
    says: hostname,
    source: 'RFC 9112, 3.2',
  },
  { what: 'HTTP/1.1 without Host', sent: withHost(''), status: 400, says: hostname, source: 'RFC 9112, 3.2' },
  { what: 'HTTP/1.0 without Host', sent: 'GET /a.txt HTTP/1.0\r\n\r\n', status: 200, source: 'RFC 9112, 3.2' },
  {
    what: 'an address with a port as Host',
    sent: withHost('Host: [::1]:80\r\n'),
    status: 200,
    source: 'RFC 3986, 3.2.2',
  },
  {
    what: 'a Host with an underscore',
    sent: withHost('Host: my_host:8080\r\n'),
    status: 200,
    source: 'RFC 3986, 3.2.2: unreserved',
  },
];

const lines: readonly Case[] = [
  { what: 'an absolute URL', sent: withLine('GET http://x/a.txt HTTP/1.1'), status: 200, source: 'RFC 9112, 3.2.2' },
  {
    what: 'an absolute URL without a host',
    sent: withLine('GET http:///a.txt HTTP/1.1'),
    status: 400,
    says: hostname,
    source: 'RFC 9110, 4.2.1',
  },
  {
    what: 'an absolute URL with a user',
    sent: withLine('GET http://u@x/a.txt HTTP/1.1'),
    status: 400,
    says: hostname,
    source: 'RFC 9110, 4.2.4',
  },
  {
    what: 'an absolute URL of another scheme',
    sent: withLine('GET ftp://x/a.txt HTTP/1.1'),
    status: 400,
    says: invalidUrl,
    source: 'KB820729, URL',
  },
  {
    what: 'a relative URL',
    sent: withLine('GET a.txt HTTP/1.1'),
    status: 400,
    says: invalidUrl,
    source: 'KB820729, URL',
  },
  { what: 'OPTIONS *', sent: withLine('OPTIONS * HTTP/1.1'), status: 200, source: 'RFC 9110, 9.3.7' },
  { what: 'GET *', sent: withLine('GET * HTTP/1.1'), status: 400, says: invalidUrl, source: 'RFC 9112, 3.2.4' },
  {
    what: 'CONNECT to a host',
    sent: withLine('CONNECT x:443 HTTP/1.1'),
    status: 400,
    says: invalidUrl,
    source: 'KB820729, URL',
  },
  {
    what: 'CONNECT to a path',
    sent: withLine('CONNECT /a.txt HTTP/1.1'),
    status: 405,
    source: 'StaticFile takes GET and HEAD only (iis.md 4.3)',
  },
  {
    what: 'the preface of HTTP/2',
    sent: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    status: 400,
    source: 'no HTTP/2 without TLS in HTTP.SYS',
  },
  { what: 'HTTP/2.0', sent: withLine('GET /a.txt HTTP/2.0'), status: 505, source: 'KB820729, Version_N/S' },
  { what: 'HTTP/1.2', sent: withLine('GET /a.txt HTTP/1.2'), status: 505, source: 'KB820729, Version_N/S' },
  { what: 'no version', sent: withLine('GET /a.txt'), status: 400, says: badlyFormed, source: 'RFC 9112, 3' },
  {
    what: 'a version in lower case',
    sent: withLine('GET /a.txt http/1.1'),
    status: 400,
    says: badlyFormed,
    source: 'RFC 9112, 2.3',
  },
  {
    what: 'another protocol',
    sent: withLine('OPTIONS / RTSP/1.0'),
    status: 400,
    says: badlyFormed,
    source: 'RFC 9112, 2.3',
  },
  {
    what: 'two blanks in the request line',
    sent: withLine('GET  /a.txt HTTP/1.1'),
    status: 400,
    says: badlyFormed,
    source: 'RFC 9112, 3',
  },
  {
    what: 'a blank in the URL',
    sent: withLine('GET /a b.txt HTTP/1.1'),
    status: 400,
    says: badlyFormed,
    source: 'RFC 9112, 3.2',
  },
  {
    what: 'tabs in the request line',
    sent: withLine('GET\t/a.txt\tHTTP/1.1'),
    status: 400,
    says: invalidVerb,
    source: 'RFC 9112, 3',
  },
  {
    what: 'a NUL in the URL',
    sent: withLine('GET /a\0.txt HTTP/1.1'),
    status: 400,
    says: badlyFormed,
    source: 'RFC 9112, 3.2',
  },
  {
    what: 'a verb that is no token',
    sent: withLine('G(ET /a.txt HTTP/1.1'),
    status: 400,
    says: invalidVerb,
    source: 'RFC 9110, 9.1',
  },
  {
    what: 'a verb without an end',
    sent: 'A'.repeat(300),
    status: 400,
    says: invalidVerb,
    source: '(unconfirmed) how long a verb may be',
  },
  { what: 'TLS', sent: tlsHello, status: 400, says: invalidVerb, source: 'published scans of HTTP.SYS' },
  { what: 'a line end before the request', sent: `\r\n\r\n${lastGet()}`, status: 200, source: 'RFC 9112, 2.2' },
  {
    what: 'a URL of 20,000 characters',
    sent: withLine(`GET /${'a'.repeat(20_000)} HTTP/1.1`),
    status: 414,
    source: 'KB820729, URL_Length',
  },
  {
    what: 'a segment of 261 characters',
    sent: withLine(`GET /${'a'.repeat(261)} HTTP/1.1`),
    status: 400,
    says: invalidUrl,
    source: 'KB820129, UrlSegmentMaxLength',
  },
];

const named = (field: string): string => get('/a.txt', `${field}\r\nConnection: close\r\n`);
const fields: readonly Case[] = [
  {
    what: 'a blank before the colon',
    sent: named('X-A : 1'),
    status: 400,
    says: invalidHeader,
    source: 'RFC 9112, 5.1',
  },
  { what: 'a name with a blank', sent: named('X A: 1'), status: 400, says: invalidHeader, source: 'RFC 9112, 5.1' },
  { what: 'a name with a bracket', sent: named('X(A): 1'), status: 400, says: invalidHeader, source: 'RFC 9110, 5.1' },
  { what: 'a name beyond ASCII', sent: named('X-\xfc: 1'), status: 400, says: invalidHeader, source: 'RFC 9110, 5.1' },
  { what: 'no name', sent: named(': 1'), status: 400, says: invalidHeader, source: 'RFC 9112, 5' },
  { what: 'no colon', sent: named('X-A'), status: 400, says: invalidHeader, source: 'RFC 9112, 5' },
  { what: 'a folded header', sent: named('X-A: 1\r\n 2'), status: 400, says: invalidHeader, source: 'RFC 9112, 5.2' },
  {
    what: 'a first header that begins with a blank',
    sent: 'GET /a.txt HTTP/1.1\r\n Host: x\r\n\r\n',
    status: 400,
    says: invalidHeader,
    source: 'RFC 9112, 2.2',
  },
  { what: 'a bare LF between headers', sent: named('X-A: 1\nX-B: 2'), status: 400, source: 'RFC 9112, 2.2' },
  {
    what: 'bare LF everywhere',
    sent: 'GET /a.txt HTTP/1.1\nHost: x\n\n',
    status: 400,
    source: 'RFC 9112, 2.2 allows both; (unconfirmed) for HTTP.SYS',
  },
  { what: 'a bare CR in a value', sent: named('X-A: 1\rX-B: 2'), status: 400, source: 'RFC 9110, 5.5' },
  { what: 'a NUL in a value', sent: named('X-A: 1\x002'), status: 400, source: 'RFC 9110, 5.5' },
  { what: 'a bell in a value', sent: named('X-A: \x07'), status: 400, source: 'RFC 9110, 5.5' },
  {
    what: 'a tab and bytes beyond ASCII in a value',
    sent: named('X-A: 1\t\xfc'),
    status: 200,
    source: 'RFC 9110, 5.5',
  },
  {
    what: 'a header of 17 KB',
    sent: named(`X-A: ${'1'.repeat(17_000)}`),
    status: 400,
    says: 'Request Too Long',
    source: 'KB820129, MaxFieldLength',
  },
  {
    what: 'headers of 17 KB without an end',
    sent: `GET / HTTP/1.1\r\n${'X: 1\r\n'.repeat(3000)}`,
    status: 400,
    says: 'Request Too Long',
    source: 'KB820129, MaxRequestBytes',
  },
  {
    what: '2,005 headers',
    sent: get('/a.txt', 'a:b\r\n'.repeat(2005)),
    status: 400,
    says: 'Request Too Long',
    source: 'node would drop what is beyond its limit',
  },
  { what: 'a header called __proto__', sent: named('__proto__: 1'), status: 200, source: 'RFC 9110, 5.1' },
  {
    what: 'a header called constructor, twice',
    sent: named('constructor: 1\r\nConstructor: 2'),
    status: 200,
    source: 'RFC 9110, 5.1',
  },
];

describe.each([
  ['of a host', hosts],
  ['in the request line', lines],
  ['in the headers', fields],
])('a head with something odd %s', (_, cases) => {
  it('gets the answer of HTTP.SYS, the connection ends, and everybody else is served', async () => {
    const { port, stillServes } = await hostileSite();
    for (const { what, sent, status, says = '' } of cases) {
      const { answers, rest } = await converse(port, sent);
      expect({ what, statuses: answers.map((answer) => answer.status), rest }).toEqual({
        what,
        statuses: [status],
        rest: '',
      });
      expect(`${what}: ${answers[0]?.body}`).toContain(says);
      if (says !== '') expect(answers[0]?.head).toContain('Server: Microsoft-HTTPAPI/2.0\r\n');
      await stillServes();
    }
  });
});

describe('a head', () => {
  it('of 900 headers reaches the app whole', async () => {
    const { port, stillServes } = await hostileSite();
    const many = Array.from({ length: 900 }, (_, index) => `h${index}:${index}\r\n`).join('');
    const { answers } = await converse(port, get('/server.js', `${many}Connection: close\r\n`));
    const { rawHeaders } = JSON.parse(answers[0]?.body ?? '');
    for (let index = 0; index < 900; index++) expect(rawHeaders).toContain(`h${index}`);
    await stillServes();
  });

  it('that comes byte by byte, in the second request too, is read as if it came at once', async () => {
    const { port, stillServes } = await hostileSite();
    const bytes = `${get('/a.txt')}FOO /verb HTTP/1.1\r\nHost: x\r\n\r\n${lastGet()}`;
    const { answers, rest } = await converse(port, ...bytes);
    expect(answers.map(({ status }) => status)).toEqual([200, 302, 200]);
    expect(rest).toBe('');
    await stillServes();
  });
});
