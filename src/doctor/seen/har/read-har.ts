import path from 'node:path';
import { UserError } from '../../../errors.js';
import { fileLimits, readFileSync } from '../../../files/index.js';
import { textOfBytes } from '../../text-of-bytes.js';
import { quoteOf } from '../redact.js';
import { tooMuchJson } from './json-guard.js';

/** One request and its answer, as the network tab of a browser recorded it. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  /** 0: no answer. */
  readonly status: number;
  /** 'net::ERR_CONNECTION_REFUSED'; '' where the browser says nothing. */
  readonly error: string;
  /** 'document', 'script', 'websocket'; '' where the browser does not say it. */
  readonly type: string;
  /** 'text/html', without parameters. */
  readonly mime: string;
  /** The beginning of the answer; '' where it was not recorded. */
  readonly body: string;
  /** Of the answer, in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Origin of the page that asked, where the browser says it. */
  readonly origin: string | undefined;
  /** 'HTTP/1.1', 'h2'. */
  readonly version: string;
  /** ms since 1970; NaN where it is unknown. */
  readonly started: number;
  /** ms; 0 where unknown. */
  readonly time: number;
  readonly wait: number;
  readonly receive: number;
}

export interface Recording {
  readonly name: string;
  readonly exchanges: readonly Exchange[];
  /** Entries that were not read: too many, or not of the format. */
  readonly ignored: number;
}

/** The most entries that are read, and the most characters of a body, of a URL and of a header. */
const most = { entries: 20_000, body: 65_536, url: 8_192, header: 4_096, headers: 200 };

type Values = Readonly<Record<string, unknown>>;

const values = (value: unknown): Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown, longest: number): string => (typeof value === 'string' ? value.slice(0, longest) : '');
const number = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;

/**
 * Reads a HAR file (HTTP Archive 1.2).
 *
 * @throws UserError HAR_INVALID, HAR_TOO_COMPLEX; FileError.
 */
export function readHar(given: string, cwd: string): Recording {
  const file = path.resolve(cwd, given);
  const bytes = readFileSync(file, fileLimits.har);
  const tooMuch = tooMuchJson(bytes);
  if (tooMuch !== undefined) throw tooComplex(given, tooMuch);
  const { log } = values(parsed(bytes, given));
  const { entries } = values(log);
  if (!Array.isArray(entries)) throw invalid(given, 'It has no list log.entries.');
  const exchanges = list(entries)
    .slice(0, most.entries)
    .flatMap((entry) => exchangeOf(values(entry)) ?? []);
  return { name: path.basename(file), exchanges, ignored: entries.length - exchanges.length };
}

function parsed(bytes: Uint8Array, given: string): unknown {
  try {
    return JSON.parse(textOfBytes(bytes));
  } catch (cause) {
    throw invalid(given, 'It is not JSON.', cause);
  }
}

function exchangeOf(entry: Values): Exchange | undefined {
  const [request, response] = [values(entry.request), values(entry.response)];
  const url = text(request.url, most.url);
  if (!URL.canParse(url)) return undefined;
  const content = values(response.content);
  const timings = values(entry.timings);
  const headers = headersOf(response.headers);
  return {
    method: text(request.method, 20) || 'GET',
    url: new URL(url),
    status: statusOf(response.status),
    error: text(response._error, 200),
    type: text(entry._resourceType, 40).toLowerCase(),
    mime: (text(content.mimeType, 200).split(';')[0] ?? '').trim().toLowerCase(),
    body: bodyOf(content),
    header: (name) => headers.get(name),
    origin: headersOf(request.headers).get('origin'),
    version: text(response.httpVersion, 20),
    started: Date.parse(text(entry.startedDateTime, 60)),
    time: number(entry.time),
    wait: number(timings.wait),
    receive: number(timings.receive),
  };
}

const statusOf = (status: unknown): number =>
  typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : 0;

/** Only those that no secret is in. */
const kept = new Set([
  ...['connection', 'content-encoding', 'server', 'origin', 'access-control-allow-origin', 'x-powered-by'],
  ...['sec-websocket-accept', 'sec-websocket-extensions'],
]);

function headersOf(headers: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const header of list(headers).slice(0, most.headers)) {
    const { name, value } = values(header);
    const lower = text(name, 100).toLowerCase();
    if (!kept.has(lower)) continue;
    const before = found.get(lower);
    found.set(lower, `${before === undefined ? '' : `${before}, `}${text(value, most.header)}`);
  }
  return found;
}

function bodyOf(content: Values): string {
  if (content.encoding !== 'base64') return text(content.text, most.body);
  return Buffer.from(text(content.text, 2 * most.body), 'base64')
    .toString('utf8')
    .slice(0, most.body);
}

function invalid(given: string, why: string, cause?: unknown): UserError {
  return new UserError('HAR_INVALID', {
    what: `${quoteOf(given)} is not a recording of a browser`,
    why,
    next: 'save it in the network tab of the browser (F12): right click, "Save all as HAR"',
    cause,
  });
}

function tooComplex(given: string, why: string): UserError {
  return new UserError('HAR_TOO_COMPLEX', {
    what: `${quoteOf(given)} is not read: it would take too much memory`,
    why,
    next: 'record less: clear the network tab, reload the page, and save it again',
  });
}
