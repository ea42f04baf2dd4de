import { plural, size } from '../amounts.js';
import type { HostEvent, RequestSeen } from '../host/index.js';
import type { OutputSeen } from '../inspect/index.js';
import type { Terminal } from '../terminal/index.js';
import { seconds } from './duration.js';

/** Where `serve` writes what it sees. */
export interface ServeLog {
  request(seen: RequestSeen): void;
  output(seen: OutputSeen): void;
  event(event: HostEvent): void;
  /** Writes what was held back. */
  end(): void;
}

/** The forms of `--log`. */
export type LogForm = 'text' | 'json' | 'none';

/** How long repeats are counted before their number is written, in ms. */
const foldFor = 5_000;
/** `12 ms`, from 1 s on `1.9 s`. */
const duration = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : seconds(ms));
/** Longer URLs are cut in their middle: the session's name is long, and the end says the transport. */
const longestUrl = 72;

/** The log of `serve`. Text goes to stderr, JSON to stdout, one document a line; host events are always written. */
export function serveLog(form: LogForm, terminal: Terminal): ServeLog {
  const event = (seen: HostEvent): void => printHostEvent(terminal, seen);
  if (form === 'json') return jsonLog(terminal);
  if (form === 'none') return { request: () => undefined, output: () => undefined, event, end: () => undefined };
  const repeats = new Repeats(terminal);
  return {
    request: (seen) => repeats.add(seen),
    output({ process, stream, text }) {
      repeats.flush();
      terminal.say(`${terminal.err.dim(`#${process}`)} ${stream === 'stderr' ? terminal.err.error('!') : ' '} ${text}`);
    },
    event(seen) {
      repeats.flush();
      event(seen);
    },
    end: () => repeats.flush(),
  };
}

function jsonLog(terminal: Terminal): ServeLog {
  const write = (kind: string, seen: object): void =>
    terminal.machineText(`${JSON.stringify({ version: 1, time: new Date().toISOString(), kind, ...seen })}\n`);
  return {
    // Headers may hold a password or a session.
    request: ({ kind, headers: _headers, ...seen }) => write(kind, { ...seen, took: Math.round(seen.took) }),
    output: (seen) => write('output', seen),
    event: (seen) => write('event', seen),
    end: () => undefined,
  };
}

/** Requests in a row that differ only in their query, as polls do, are one line and their number. */
class Repeats {
  #key = '';
  #count = 0;
  #slowest = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly terminal: Terminal) {}

  add(seen: RequestSeen): void {
    const key = JSON.stringify([
      seen.kind,
      seen.method,
      seen.url.split('?', 1),
      statusOf(seen),
      seen.handler,
      seen.process,
    ]);
    if (seen.kind === 'answered' && key === this.#key) {
      this.#count += 1;
      this.#slowest = Math.max(this.#slowest, seen.took);
      this.#timer ??= setTimeout(() => this.#report(), foldFor).unref();
      return;
    }
    this.flush();
    this.#key = key;
    this.terminal.say(requestLine(seen, this.terminal));
  }

  /** Writes how often the last line was repeated; the next request begins a new line. */
  flush(): void {
    this.#report();
    this.#key = '';
  }

  #report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#count > 0) {
      const more = `${plural(this.#count, 'request')} more like this, the slowest ${duration(this.#slowest)}`;
      this.terminal.say(this.terminal.err.dim(`    + ${more}`));
    }
    this.#count = 0;
    this.#slowest = 0;
  }
}

/** `GET 200 /dante/socket.io/socket.io.js  3 ms  rule socketio, handler iisnode, process 1234` */
export function requestLine(seen: RequestSeen, { err }: Pick<Terminal, 'err'>): string {
  const { status, method, rules, handler, process } = seen;
  const paint = status === 0 || status >= 500 ? err.error : status >= 400 ? err.warning : err.good;
  const by = [
    rules.length > 0 && `${rules.length === 1 ? 'rule' : 'rules'} ${rules.join(', ')}`,
    handler !== undefined && `handler ${handler}`,
    process !== undefined && `process ${process}`,
  ].filter((part) => part !== false);
  return `${method} ${paint(statusOf(seen))} ${shortened(seen.url)}  ${whenOf(seen)}${by.length === 0 ? '' : err.dim(`  ${by.join(', ')}`)}`;
}

function whenOf({ kind, took, traffic }: RequestSeen): string {
  if (kind === 'opened') return `socket opened after ${duration(took)}`;
  if (kind === 'answered' || traffic === undefined) return duration(took);
  const flow = ({ bytes, frames }: { readonly bytes: number; readonly frames: number }): string =>
    `${plural(frames, 'frame')} (${size(bytes)})`;
  return `socket closed after ${duration(took)}, received ${flow(traffic.received)}, sent ${flow(traffic.sent)}`;
}

/** `404.8`; a connection that was closed without an answer has none. */
const statusOf = ({ status, subStatus }: RequestSeen): string =>
  status === 0 ? 'closed' : subStatus === 0 ? String(status) : `${status}.${subStatus}`;

function shortened(url: string): string {
  if (url.length <= longestUrl) return url;
  const half = Math.floor((longestUrl - 1) / 2);
  return `${url.slice(0, half)}…${url.slice(-half)}`;
}

/** One line for each event of the host; further lines of its message are indented below. */
function printHostEvent(terminal: Terminal, event: HostEvent): void {
  const { err } = terminal;
  const paint = { info: err.dim, warning: err.warning, error: err.error }[event.level];
  const place = event.file === undefined ? '' : `  ${err.dim(event.line ? `${event.file}:${event.line}` : event.file)}`;
  const [message, ...more] = event.message.split(/\r?\n/);
  terminal.say(`${paint(event.level)} ${err.strong(event.code)}  ${message}${place}`);
  for (const line of more) terminal.say(`    ${line}`);
}
