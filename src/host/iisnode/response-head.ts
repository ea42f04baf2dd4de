import { BridgeError, type FailureName, win32 } from './failures.js';
import { LineTooLong, MalformedLine, PipeClosed, type PipeConnection } from './pipe-connection.js';

/** How the end of the response's body is found; the first one that applies (iisnode 0.2.27, ProcessResponseHeaders). */
export type ResponseFraming =
  | { readonly kind: 'upgrade' }
  | { readonly kind: 'none' }
  | { readonly kind: 'close'; readonly chunked: boolean; readonly length: number | undefined }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' };

export interface ResponseHead {
  readonly status: number;
  readonly subStatus: number;
  readonly reason: string;
  /** [name, value, name, value...] as node sent them; without Connection except for 101. */
  readonly headers: string[];
  readonly framing: ResponseFraming;
  /** Node said `Connection: close`: the connection is not used again. */
  readonly closes: boolean;
  /** The status of an informational answer that came before and was dropped; undefined without one. */
  readonly interim: number | undefined;
}

/** iisnode skips the version by its length, allows `404.3`, and needs the space before the reason. */
const statusLine = /^HTTP\/.{3} (\d{1,9})(?:\.(\d{1,9}))? (.*)$/s;
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const badValue = /[^\t\x20-\x7e\x80-\xff]/;
/** A number that JavaScript represents exactly; iisnode itself hangs above 4 GiB. */
const lengthValue = /^\d{1,15}$/;
/** As many header lines as Node.js reads of a head by default (http.Server maxHeadersCount). */
const mostLines = 2000;
const smallestHeadLimit = 1024 * 1024;
const largestHeadLimit = 16 * 1024 * 1024;

/**
 * Reads status line and headers (iisnode 0.2.27, chttpprotocol.cpp). Throws BridgeError 500.1011 to 500.1014. `limit` bounds each
 * line, as in iisnode; an endless head is refused with the same 500.1012.
 *
 * Informational answers (RFC 9110, 15.2) are dropped, except 101. iisnode treats them as the answer: its client waits forever
 * and the real answer goes to the next visitor.
 */
export async function readResponseHead(
  connection: PipeConnection,
  method: string,
  limit: number,
): Promise<ResponseHead> {
  if (connection.ended && connection.buffered === 0) throw new BridgeError('readRefused', win32.brokenPipe);
  if (connection.buffered === 0) await firstBytes(connection);
  const arrived = headArrived(connection, method, limit);
  if (arrived !== undefined && isFinal(arrived)) return arrived;
  const lines = new HeadLines(connection, limit);
  let interim = arrived?.status;
  for (;;) {
    const head = await readOne(lines, method, interim);
    if (isFinal(head)) return head;
    interim = head.status;
  }
}

const isFinal = ({ status }: ResponseHead): boolean => status >= 200 || status === 101;

async function firstBytes(connection: PipeConnection): Promise<void> {
  try {
    await connection.more();
  } catch (cause) {
    throw readFailure(cause, 'statusLine');
  }
}

/** A short head that has arrived completely, which is usual. It has no more than `mostLines`. */
function headArrived(connection: PipeConnection, method: string, limit: number): ResponseHead | undefined {
  const text = connection.tryHead(Math.min(limit, mostLines * 'a:\r\n'.length));
  if (text === undefined) return undefined;
  let end = text.indexOf('\r\n');
  const begun = begin(text.slice(0, end));
  for (let start = end + 2; start < text.length; start = end + 2) {
    end = text.indexOf('\r\n', start);
    addHeader(text.slice(start, end), begun);
  }
  return headOf(begun, method, undefined);
}

async function readOne(lines: HeadLines, method: string, interim: number | undefined): Promise<ResponseHead> {
  const first = lines.next('statusLine');
  const begun = begin(typeof first === 'string' ? first : await first);
  for (;;) {
    const next = lines.next('responseHeaders');
    const line = typeof next === 'string' ? next : await next;
    if (line === '') return headOf(begun, method, interim);
    addHeader(line, begun);
  }
}

/** A head of which not all lines were read. */
interface Begun {
  readonly status: number;
  readonly subStatus: number;
  readonly reason: string;
  readonly headers: string[];
  readonly seen: SeenHeaders;
}

function begin(line: string): Begun {
  const match = statusLine.exec(line);
  const status = Number(match?.[1]);
  const reason = match?.[3] ?? '';
  if (match === null || status < 100 || status > 999 || badValue.test(reason)) throw malformed('statusLine');
  const seen: SeenHeaders = { connection: undefined, length: undefined, encoding: undefined, trailer: false };
  return { status, subStatus: Number(match[2] ?? 0), reason, headers: [], seen };
}

function headOf(
  { status, subStatus, reason, headers, seen }: Begun,
  method: string,
  interim: number | undefined,
): ResponseHead {
  const closes = seen.connection?.endsWith('close') ?? false;
  const chunked = isChunked(seen);
  const framing = framingOf(status, method, closes, chunked, seen.length);
  if (seen.encoding === 'identity') removeHeader(headers, 'transfer-encoding');
  // Node refuses to announce trailers for a body that cannot have them; iisnode does not support trailers.
  const placeForTrailers = framing.kind !== 'none' && (chunked || framing.kind === 'chunked');
  if (seen.trailer && !placeForTrailers) removeHeader(headers, 'trailer');
  return { status, subStatus, reason, headers, framing, closes, interim };
}

/** The lines of one head, or of several consecutive heads: together they have one limit. */
class HeadLines {
  readonly #connection: PipeConnection;
  readonly #longest: number;
  #linesLeft = mostLines;
  #bytesLeft: number;

  constructor(connection: PipeConnection, limit: number) {
    this.#connection = connection;
    this.#bytesLeft = Math.min(largestHeadLimit, Math.max(smallestHeadLimit, 16 * limit));
    this.#longest = Math.min(limit, largestHeadLimit);
  }

  /** A line, without a promise when it has already arrived. Throws BridgeError. */
  next(kind: 'statusLine' | 'responseHeaders'): string | Promise<string> {
    try {
      const line = this.#connection.tryLine(this.#longest);
      return line === undefined ? this.#wait(kind) : this.#count(line);
    } catch (cause) {
      throw readFailure(cause, kind);
    }
  }

  async #wait(kind: 'statusLine' | 'responseHeaders'): Promise<string> {
    try {
      return this.#count(await this.#connection.line(this.#longest, kind === 'statusLine' ? 'HTTP/' : ''));
    } catch (cause) {
      throw readFailure(cause, kind);
    }
  }

  #count(line: string): string {
    this.#linesLeft -= 1;
    this.#bytesLeft -= line.length + 2;
    if (this.#linesLeft >= 0 && this.#bytesLeft >= 0) return line;
    throw new BridgeError('responseTooLarge', win32.notEnoughQuota, {
      detail: `the head of the response has more than ${mostLines} lines, or does not end`,
    });
  }
}

interface SeenHeaders {
  connection: string | undefined;
  length: number | undefined;
  /** Transfer-Encoding in lower case. */
  encoding: string | undefined;
  trailer: boolean;
}

function addHeader(line: string, { status, headers, seen }: Begun): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const value = line.slice(colon + 1).replace(/^ +/, '');
  if (colon < 1 || !fieldName.test(name) || badValue.test(value)) throw malformed('responseHeaders');
  switch (name.length) {
    case 7:
      seen.trailer ||= name.toLowerCase() === 'trailer';
      break;
    case 10:
      if (name.toLowerCase() === 'connection') {
        seen.connection = value;
        if (status !== 101) return;
      }
      break;
    case 14:
      if (name.toLowerCase() === 'content-length' && repeatsLength(value, seen)) return;
      break;
    case 17:
      if (name.toLowerCase() === 'transfer-encoding') {
        if (seen.encoding !== undefined) throw malformed('responseHeaders');
        seen.encoding = value.trim().toLowerCase();
      }
      break;
  }
  headers.push(name, value);
}

/** Reads a Content-Length; true for one that only repeats a known value (RFC 9110, 8.6). */
function repeatsLength(value: string, seen: SeenHeaders): boolean {
  const digits = value.trim();
  const length = lengthValue.test(digits) ? Number(digits) : undefined;
  if (length === undefined || (seen.length !== undefined && seen.length !== length)) {
    throw malformed('responseHeaders', 'node sent a Content-Length that is not a number, or two that differ');
  }
  const repeated = seen.length !== undefined;
  seen.length = length;
  return repeated;
}

/**
 * Is the body chunked, according to node's headers? A framing that two readers may understand differently is refused (RFC 9112, 6.3):
 * iisnode forwards it unchanged, and the client would wait forever or read a part of the body as another answer.
 */
function isChunked({ encoding, length }: SeenHeaders): boolean {
  if (encoding === undefined || encoding === 'identity') return false;
  const codings = encoding.split(',').map((coding) => coding.trim());
  if (length !== undefined || codings.indexOf('chunked') !== codings.length - 1) {
    throw malformed(
      'responseHeaders',
      `node sent a response whose framing is ambiguous (Transfer-Encoding: ${encoding})`,
    );
  }
  return true;
}

function framingOf(
  status: number,
  method: string,
  closes: boolean,
  chunked: boolean,
  length: number | undefined,
): ResponseFraming {
  if (status === 101) return { kind: 'upgrade' };
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return { kind: 'none' };
  if (closes) return { kind: 'close', chunked, length };
  if (length !== undefined) return { kind: 'length', length };
  return { kind: 'chunked' };
}

/** Removes every `name`, given in lower case, from the flat list. */
function removeHeader(headers: string[], name: string): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (headers[index]?.toLowerCase() === name) headers.splice(index, 2);
  }
}

const malformedDetail = {
  statusLine: 'node answered with something that is not an HTTP status line',
  responseHeaders: 'node sent a response header that is malformed',
} as const;

function malformed(kind: keyof typeof malformedDetail, detail: string = malformedDetail[kind]): BridgeError {
  return new BridgeError(kind, win32.badFormat, { detail });
}

/** The BridgeError for a read that failed while `kind` was being read. */
export function readFailure(cause: unknown, kind: FailureName): unknown {
  if (cause instanceof LineTooLong) return new BridgeError('responseTooLarge', win32.notEnoughQuota, { cause });
  if (cause instanceof PipeClosed) return new BridgeError(kind, win32.brokenPipe, { cause });
  if (!(cause instanceof MalformedLine)) return cause;
  if (kind === 'statusLine' || kind === 'responseHeaders') return malformed(kind);
  return new BridgeError(kind, win32.badFormat, { cause });
}
