import { get, lastGet, post, upgrade } from './requests.js';

/** Bytes that HTTP.SYS refuses, or must not trip over; the connection ends with the answer. */
export interface Case {
  readonly what: string;
  readonly sent: string | Buffer;
  readonly status: number;
  /** In the page of the answer. */
  readonly says?: string;
  /** Where it is written that the answer is this one. */
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

export const hosts: readonly Case[] = [
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
    what: 'a Host with no port behind its colon',
    sent: withHost('Host: x:\r\n'),
    status: 200,
    source: 'RFC 3986, 3.2.3',
  },
  { what: 'an empty Host', sent: withHost('Host:\r\n'), status: 200, source: 'RFC 9112, 3.2' },
  {
    what: 'a Host with an underscore',
    sent: withHost('Host: my_host:8080\r\n'),
    status: 200,
    source: 'RFC 3986, 3.2.2: unreserved',
  },
];

export const lines: readonly Case[] = [
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
export const fields: readonly Case[] = [
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

export const echo = '/server.js?do=echo';
export const chunked = 'Transfer-Encoding: chunked';
export const hello = '5\r\nhello\r\n0\r\n\r\n';
export const evil = get('/a.txt');
const length = (value: string): string => post(echo, `Content-Length: ${value}`, `hello${evil}`);

/** Every one is the last of its connection: HTTP.SYS ends it with the error, and nothing behind it is run. */
export const refused: readonly Case[] = [
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
export const broken: readonly Case[] = [
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

export const part = post('/server.js?do=echo', 'Content-Length: 1000', 'ab');
export const partOfChunks = post('/server.js?do=echo', 'Transfer-Encoding: chunked', '5\r\nab');

/** Every place at which a client may leave. */
export const stages: Readonly<Record<string, string>> = {
  'before a byte': '',
  'in the request line': 'GET /a.t',
  'in the headers': 'GET /a.txt HTTP/1.1\r\nHost: x\r\nX-',
  'in a body with a length': part,
  'in a chunk': partOfChunks,
  'in a body nobody reads': post('/a.txt', 'Content-Length: 1000', 'ab'),
  'in a body the app does not wait for': post('/server.js?do=early', 'Content-Length: 1000', 'ab'),
  'before its body was asked for': post('/server.js?do=echo', 'Content-Length: 5\r\nExpect: 100-continue', ''),
  'while a file is sent': get('/big.txt'),
  'while the app thinks': get('/server.js?do=hang'),
  'while the app thinks, with more requests behind': get('/server.js?do=hang') + get('/a.txt').repeat(20),
  'while the app thinks of an upgrade': upgrade('/server.js?do=hang'),
  'while the app thinks of an upgrade, with bytes behind': `${upgrade('/server.js?do=hang')}early`,
  'after an upgrade': upgrade('/server.js'),
  'with an answer unread': get('/a.txt'),
};
