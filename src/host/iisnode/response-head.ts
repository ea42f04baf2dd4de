import { BridgeError, type FailureName, win32 } from './failures.js';
import { LineTooLong, PipeClosed, type PipeConnection } from './pipe-connection.js';

/** How the end of the response's body is found; the first that applies (iisnode 0.2.27, ProcessResponseHeaders). */
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
}

/** iisnode skips the version by its length, allows `404.3`, and needs the blank before the reason. */
const statusLine = /^HTTP\/.{3} (\d{1,9})(?:\.(\d{1,9}))? (.*)$/s;
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const badValue = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Reads status line and headers (iisnode 0.2.27, chttpprotocol.cpp). Interim responses are taken for final ones, as
 * iisnode does. Throws BridgeError 500.1011, 500.1012, 500.1013, 500.1014; `limit` bounds each line, not the head.
 */
export async function readResponseHead(
  connection: PipeConnection,
  method: string,
  limit: number,
): Promise<ResponseHead> {
  if (connection.ended && connection.buffered === 0) throw new BridgeError('readRefused', win32.brokenPipe);
  const first = nextLine(connection, limit, 'statusLine');
  const match = statusLine.exec(typeof first === 'string' ? first : await first);
  const status = Number(match?.[1]);
  const reason = match?.[3] ?? '';
  if (match === null || status < 100 || status > 999 || badValue.test(reason)) {
    throw new BridgeError('statusLine', win32.badFormat, {
      detail: 'node answered with something that is not an HTTP status line',
    });
  }
  const headers: string[] = [];
  const seen: SeenHeaders = { connection: undefined, length: undefined, chunked: false };
  for (;;) {
    const next = nextLine(connection, limit, 'responseHeaders');
    const line = typeof next === 'string' ? next : await next;
    if (line === '') break;
    addHeader(line, status === 101, headers, seen);
  }
  const closes = seen.connection?.endsWith('close') ?? false;
  const framing = framingOf(status, method, closes, seen);
  return { status, subStatus: Number(match[2] ?? 0), reason, headers, framing, closes };
}

interface SeenHeaders {
  connection: string | undefined;
  length: number | undefined;
  chunked: boolean;
}

function addHeader(line: string, upgrade: boolean, headers: string[], seen: SeenHeaders): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const value = line.slice(colon + 1).replace(/^ +/, '');
  if (colon < 1 || !fieldName.test(name) || badValue.test(value)) {
    throw new BridgeError('responseHeaders', win32.badFormat, {
      detail: 'node sent a response header that is malformed',
    });
  }
  switch (name.length) {
    case 10:
      if (name.toLowerCase() === 'connection') {
        seen.connection = value;
        if (!upgrade) return;
      }
      break;
    case 14:
      if (name.toLowerCase() === 'content-length') seen.length = Number(/\d+/.exec(value)?.[0] ?? 0);
      break;
    case 17:
      if (name.toLowerCase() === 'transfer-encoding') seen.chunked = /chunked/i.test(value);
      break;
  }
  headers.push(name, value);
}

function framingOf(status: number, method: string, closes: boolean, seen: SeenHeaders): ResponseFraming {
  if (status === 101) return { kind: 'upgrade' };
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return { kind: 'none' };
  if (closes) return { kind: 'close', chunked: seen.chunked, length: seen.length };
  if (seen.length !== undefined) return { kind: 'length', length: seen.length };
  return { kind: 'chunked' };
}

/** A line, at once when it is there. */
function nextLine(connection: PipeConnection, limit: number, kind: FailureName): string | Promise<string> {
  try {
    return (
      connection.tryLine(limit) ??
      connection.line(limit).catch((cause: unknown) => {
        throw readFailure(cause, kind);
      })
    );
  } catch (cause) {
    throw readFailure(cause, kind);
  }
}

/** The BridgeError for a read that failed while `kind` was being read. */
export function readFailure(cause: unknown, kind: FailureName): unknown {
  if (cause instanceof LineTooLong) return new BridgeError('responseTooLarge', win32.notEnoughQuota, { cause });
  if (cause instanceof PipeClosed) return new BridgeError(kind, win32.brokenPipe, { cause });
  return cause;
}
