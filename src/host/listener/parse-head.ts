import type { IncomingHttpHeaders } from 'node:http';
import { type HttpSysAnswer, httpSys } from './http-sys-answers.js';

/** How the end of a request's body is found. */
export type BodyFraming = { readonly kind: 'chunked' } | { readonly kind: 'length'; readonly length: number };

/** The head of one request, unchanged and complete. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** Host and port of a target in absolute form; it overrides the Host header (RFC 9112, 3.2.2). */
  readonly authority: string | undefined;
  readonly minorVersion: 0 | 1;
  /** Flat name, value list as received. */
  readonly rawHeaders: string[];
  readonly headers: IncomingHttpHeaders;
  readonly framing: BodyFraming | undefined;
  readonly keepAlive: boolean;
  /** `Connection: upgrade` with an Upgrade header, in a request that can be a handshake. */
  readonly upgrade: boolean;
  readonly expectsContinue: boolean;
  /** Length of the head in bytes. */
  readonly length: number;
}

/** HTTP.SYS MaxRequestBytes (KB820129): request line and headers. */
const maxRequestBytes = 16_384;
/**
 * node passes an app the first 1,000 headers of a request and silently drops the rest. More are refused here, with room for
 * those that iisnode adds. (A limit of HTTP.SYS for their number is unconfirmed; MaxRequestBytes limits it.)
 */
const mostHeaders = 960;
/** Longest verb that is accepted, in characters; (unconfirmed) for HTTP.SYS. */
const longestVerb = 255;

const headEnd = Buffer.from('\r\n\r\n');
const token = /^[\w!#$%&'*+.^`|~-]+$/;
/** Control characters except a tab, which values may contain (RFC 9110, 5.5). */
const control = /[^\t\x20-\x7e\x80-\xff]/;
/** The same for several lines: CR and LF must be together. */
const brokenLine = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n|$)|(?<!\r)\n/;
const hostAndPort = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%\x80-\xff-]*)(?::(\d{0,5}))?$/i;

/**
 * Reads the head at the start of `bytes`. Returns undefined while the head is incomplete and has no error, and HTTP.SYS's
 * answer for what it refuses. Strict where two readers of the same bytes could see two requests: a header name with a space, a
 * folded header, a line end without CR, two lengths. A verb is any token, case-sensitive.
 */
export function parseHead(bytes: Buffer): RequestHead | HttpSysAnswer | undefined {
  let start = 0;
  // Old clients send a line end after a body, before the next request (RFC 9112, 2.2).
  while (bytes[start] === 13 && bytes[start + 1] === 10) start += 2;
  const end = bytes.indexOf(headEnd, start);
  if (end < 0 || end + headEnd.length > maxRequestBytes) return refusePart(bytes, start);
  const text = bytes.toString('latin1', start, end);
  const lineEnd = text.indexOf('\r\n');
  const line = parseRequestLine(lineEnd < 0 ? text : text.slice(0, lineEnd));
  if ('status' in line) return line;
  const fields = lineEnd < 0 ? noFields() : parseFields(text, lineEnd + 2);
  if ('status' in fields) return fields;
  return headOf(line, fields, end + headEnd.length);
}

/** An error in an incomplete head: for example a client that speaks TLS waits for an answer. */
function refusePart(bytes: Buffer, start: number): HttpSysAnswer | undefined {
  const text = bytes.toString('latin1', start, maxRequestBytes);
  const [line = ''] = text.split('\r\n', 1);
  const verb = line.slice(0, longestVerb + 1).split(' ', 1)[0] ?? '';
  if (verb.length > longestVerb || (verb !== '' && verb !== '\r' && !token.test(verb))) return httpSys.verb;
  if (brokenLine.test(text)) return httpSys.badlyFormed;
  if (bytes.length <= maxRequestBytes) return undefined;
  return line.length === text.length ? httpSys.urlTooLong : httpSys.tooLong;
}

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly minorVersion: 0 | 1;
}

function parseRequestLine(line: string): RequestLine | HttpSysAnswer {
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  const method = first < 0 ? line : line.slice(0, first);
  if (method.length > longestVerb || !token.test(method)) return httpSys.verb;
  const target = line.slice(first + 1, last);
  if (first === last || target === '' || /[ \t]/.test(target) || control.test(line)) {
    return httpSys.badlyFormed;
  }
  // HTTP.SYS reads from left to right: the verb, the URL, the version ((unconfirmed) for `PRI * HTTP/2.0`).
  if (target === '*' && method !== 'OPTIONS') return httpSys.url;
  const version = line.slice(last + 1);
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') {
    return /^HTTP\/\d+\.\d+$/.test(version) ? httpSys.version : httpSys.badlyFormed;
  }
  const authority = target.startsWith('/') ? undefined : /^https?:\/\/([^/?#\\]*)/i.exec(target)?.[1];
  if (authority !== undefined && (authority === '' || !isHost(authority))) return httpSys.hostname;
  return { method, target, authority, minorVersion: version === 'HTTP/1.1' ? 1 : 0 };
}

interface Fields {
  readonly rawHeaders: string[];
  readonly headers: IncomingHttpHeaders;
}

/** An object without inherited names: a header may be named `constructor`. (`Object.create(null)` is slow to fill.) */
class HeaderTable {
  [name: string]: undefined;
}
Object.setPrototypeOf(HeaderTable.prototype, null);
Reflect.deleteProperty(HeaderTable.prototype, 'constructor');

const noFields = (): Fields => ({ rawHeaders: [], headers: new HeaderTable() });

function parseFields(text: string, from: number): Fields | HttpSysAnswer {
  const { rawHeaders, headers } = noFields();
  for (let position = from; position < text.length; ) {
    const found = text.indexOf('\r\n', position);
    const lineEnd = found < 0 ? text.length : found;
    const colon = text.indexOf(':', position);
    if (colon < 0 || colon > lineEnd) return httpSys.header;
    const name = text.slice(position, colon);
    if (!token.test(name)) return httpSys.header;
    const value = trimmed(text, colon + 1, lineEnd);
    if (control.test(value)) return httpSys.badlyFormed;
    const refused = addField(headers, name.toLowerCase(), value);
    if (refused !== undefined) return refused;
    rawHeaders.push(name, value);
    position = lineEnd + 2;
  }
  return rawHeaders.length > 2 * mostHeaders ? httpSys.tooLong : { rawHeaders, headers };
}

/** The text between two positions without spaces and tabs around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** Repeated headers are one for HTTP.SYS, joined with a comma (cookies with a semicolon); not those that say where a request ends or goes. */
function addField(headers: IncomingHttpHeaders, name: string, value: string): HttpSysAnswer | undefined {
  const before = headers[name];
  if (before === undefined) {
    if (name === 'set-cookie') headers[name] = [value];
    else headers[name] = value;
    return undefined;
  }
  if (name === 'host') return httpSys.hostname;
  if (name === 'content-length') return httpSys.badlyFormed;
  if (name === 'transfer-encoding') return httpSys.transferEncoding;
  if (Array.isArray(before)) before.push(value);
  else headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  return undefined;
}

function headOf(line: RequestLine, { rawHeaders, headers }: Fields, length: number): RequestHead | HttpSysAnswer {
  const { host } = headers;
  if (host === undefined ? line.minorVersion === 1 : !isHost(host)) return httpSys.hostname;
  const framing = framingOf(headers, line);
  if (framing !== undefined && 'status' in framing) return framing;
  const connection = headers.connection?.toLowerCase();
  let keepAlive = line.minorVersion === 1;
  let upgrade = false;
  if (connection !== undefined) {
    const tokens = connection.split(',').map((each) => each.trim());
    keepAlive = keepAlive ? !tokens.includes('close') : tokens.includes('keep-alive');
    // A handshake is a GET without a body (RFC 6455, 4.1), and HTTP/1.0 has no upgrades (RFC 9110, 7.8).
    upgrade =
      tokens.includes('upgrade') &&
      headers.upgrade !== undefined &&
      line.method === 'GET' &&
      line.minorVersion === 1 &&
      framing === undefined;
  }
  return {
    method: line.method,
    target: line.target,
    authority: line.authority,
    minorVersion: line.minorVersion,
    rawHeaders: headers.upgrade === undefined || upgrade ? rawHeaders : withoutUpgrade(rawHeaders, connection),
    headers,
    framing,
    keepAlive,
    upgrade,
    expectsContinue: headers.expect?.toLowerCase() === '100-continue' && line.minorVersion === 1,
    length,
  };
}

/**
 * The headers without an invalid upgrade offer, so that no app accepts it: iisnode forwards `Connection: upgrade`, and node would
 * then read no body.
 */
function withoutUpgrade(rawHeaders: readonly string[], connection: string | undefined): string[] {
  if (connection?.includes('upgrade') !== true) return [...rawHeaders];
  return rawHeaders.filter(
    (_, index) => !/^(?:upgrade|http2-settings|connection)$/i.test(rawHeaders[index - (index % 2)] ?? ''),
  );
}

/** Only `chunked` alone is a transfer coding HTTP.SYS knows: 501 for all others (KB820729, reason N/I). */
function framingOf(headers: IncomingHttpHeaders, line: RequestLine): BodyFraming | HttpSysAnswer | undefined {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') return httpSys.transferEncoding;
    // Two ways to find the end are a request smuggled into another (RFC 9112, 6.1); HTTP/1.0 has no chunks.
    return length !== undefined || line.minorVersion === 0 ? httpSys.badlyFormed : { kind: 'chunked' };
  }
  if (length === undefined) {
    return line.method === 'POST' || line.method === 'PUT' ? httpSys.lengthRequired : undefined;
  }
  if (!/^\d{1,15}$/.test(length)) return httpSys.badlyFormed;
  return { kind: 'length', length: Number(length) };
}

/** A host name, an address or nothing, with or without a port; without spaces, path or user. */
function isHost(text: string): boolean {
  const match = hostAndPort.exec(text);
  return match !== null && Number(match[1] ?? 0) <= 65_535;
}
