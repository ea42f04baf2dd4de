import { clientAddress, oneLine } from '../backend/forward-http.js';
import { BridgeError, win32 } from './failures.js';
import type { IisnodeRequest } from './types.js';

/** Headers HTTP.SYS knows, in the order and spelling in which iisnode sends them (http.h, HTTP_HEADER_ID). */
const knownHeaders = (
  'Cache-Control,Connection,Date,Keep-Alive,Pragma,Trailer,Transfer-Encoding,Upgrade,Via,Warning,Allow,Content-Length,' +
  'Content-Type,Content-Encoding,Content-Language,Content-Location,Content-MD5,Content-Range,Expires,Last-Modified,' +
  'Accept,Accept-Charset,Accept-Encoding,Accept-Language,Authorization,Cookie,Expect,From,Host,If-Match,' +
  'If-Modified-Since,If-None-Match,If-Range,If-Unmodified-Since,Max-Forwards,Proxy-Authorization,Referer,Range,Te,' +
  'Translate,User-Agent'
).split(',');
const indexOfKnown = new Map(knownHeaders.map((name, index) => [name.toLowerCase(), index]));
const connection = indexOfKnown.get('connection') ?? 0;
const transferEncoding = indexOfKnown.get('transfer-encoding') ?? 0;
const contentLength = indexOfKnown.get('content-length') ?? 0;
const upgrade = indexOfKnown.get('upgrade') ?? 0;
const expect = indexOfKnown.get('expect') ?? 0;
const cookie = indexOfKnown.get('cookie') ?? 0;

/** How the request's body is framed for node; `unknown`: node expects a framing that cannot be sent. */
export type RequestFraming = 'none' | 'length' | 'chunked' | 'unknown';

export interface RequestHead {
  readonly bytes: Buffer;
  readonly framing: RequestFraming;
  /** Length of the body in bytes; 0 unless the framing is `length`. */
  readonly length: number;
  /** Node passes the pipe to the app's `upgrade` listener, with any answer: the pipe no longer carries HTTP. */
  readonly upgrades: boolean;
}

/**
 * The request as node gets it (iisnode 0.2.27, chttpprotocol.cpp SerializeRequestHeaders, cprotocolbridge.cpp
 * SendHttpRequestHeaders). Throws BridgeError 500.1005 when it exceeds maxRequestBufferSize, 400 for control
 * characters in the target, which HTTP.SYS would not have let through.
 */
export function serializeRequestHead(request: IisnodeRequest, remoteAddress: string | undefined): RequestHead {
  const { known, others, target } = sortHeaders(request);
  if (hasControlCharacter(target)) throw new BridgeError('badTarget', win32.invalidParameter);
  const te = known[transferEncoding] ?? '';
  const chunked = /^chunked(;|$)/i.test(te) || (te !== '' && 'chunked'.startsWith(te.toLowerCase()));
  // Every other value, `keep-alive, Upgrade` too, becomes keep-alive (https://github.com/Azure/iisnode/issues/112).
  const upgrades = known[connection]?.toLowerCase() === 'upgrade' && (known[upgrade] ?? '') !== '';
  if (known[connection]?.toLowerCase() !== 'upgrade') known[connection] = 'keep-alive';
  if (known[expect] !== undefined && '100-continue'.startsWith(known[expect].toLowerCase())) known[expect] = undefined;
  const { method = 'GET', httpVersion } = request.incoming;
  let text = `${method} ${target} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < knownHeaders.length; index++) {
    const value = known[index];
    if (value !== undefined && value !== '') text += `${knownHeaders[index]}: ${oneLine(value)}\r\n`;
  }
  const values = request.settings.values;
  if (values.enableXFF) addForwarded(request, others, remoteAddress);
  for (const [name, value] of others) text += `${name}: ${oneLine(value)}\r\n`;
  text += `${promotedVariables(request)}\r\n`;
  const bytes = Buffer.from(ansi(text), 'latin1');
  if (bytes.length > values.maxRequestBufferSize) throw new BridgeError('headTooLarge', win32.notEnoughQuota);
  const declared = Number.parseInt(known[contentLength] ?? '', 10);
  if (chunked) return { bytes, framing: 'chunked', length: 0, upgrades };
  if (declared > 0) return { bytes, framing: 'length', length: declared, upgrades };
  return { bytes, framing: te === '' ? 'none' : 'unknown', length: 0, upgrades };
}

interface SortedHeaders {
  readonly known: (string | undefined)[];
  readonly others: [string, string][];
  readonly target: string;
}

/** Repeated known headers are one for HTTP.SYS, joined with a comma (cookies with a semicolon). */
function sortHeaders(request: IisnodeRequest): SortedHeaders {
  const known: (string | undefined)[] = [];
  const others: [string, string][] = [];
  let target: string | undefined;
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    const index = indexOfKnown.get(lower);
    if (index === undefined) {
      others.push([name, value]);
      // iisnode trusts the header, no matter who set it.
      if (target === undefined && lower === 'x-original-url') target = value;
      continue;
    }
    const before = known[index];
    known[index] = before === undefined ? value : `${before}${index === cookie ? '; ' : ', '}${value}`;
  }
  return { known, others, target: target ?? request.url };
}

/** X-Forwarded-For and X-Forwarded-Proto; one switch for both (enableXFF). */
function addForwarded(request: IisnodeRequest, others: [string, string][], remoteAddress: string | undefined): void {
  const address = clientAddress(remoteAddress ?? '');
  const forwardedFor = others.find(([name]) => name.toLowerCase() === 'x-forwarded-for');
  if (forwardedFor === undefined) others.push(['X-Forwarded-For', address]);
  else if (!forwardedFor[1].endsWith(address)) forwardedFor[1] += `, ${address}`;
  if (others.some(([name]) => name.toLowerCase() === 'x-forwarded-proto')) return;
  const https = request.serverVariable('HTTPS')?.toLowerCase() === 'on';
  others.push(['X-Forwarded-Proto', https ? 'https' : 'http']);
}

/** promoteServerVars: not trimmed, in reverse order, without those IIS cannot resolve. */
function promotedVariables(request: IisnodeRequest): string {
  const list = request.settings.values.promoteServerVars;
  if (list === '') return '';
  let text = '';
  for (const name of list.split(',').reverse()) {
    const value = request.serverVariable(name);
    if (value !== undefined) text += `X-iisnode-${name}: ${oneLine(value)}\r\n`;
  }
  return text;
}

/** Characters outside the code page are replaced, here by `?`. */
function ansi(text: string): string {
  return /[\u0100-\uffff]/.test(text) ? text.replace(/[\u0100-\uffff]/g, '?') : text;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
