import { plural, size } from '../amounts.js';
import type { HostEvent, RequestSeen } from '../host/index.js';
import type { OutputSeen } from '../inspect/index.js';
import type { Terminal } from '../terminal/index.js';
import { iisnodeSock } from '../typed-command.js';
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
export function serveLog(
  form: LogForm,
  terminal: Terminal,
  hintFor: HintFor = (next) => next,
  meaningOf = knownMeaning,
): ServeLog {
  const event = (seen: HostEvent): void => printHostEvent(terminal, seen);
  if (form === 'json') return jsonLog(terminal);
  if (form === 'none') return { request: () => undefined, output: () => undefined, event, end: () => undefined };
  const repeats = new Repeats(terminal, new Remedies(terminal, meaningOf, hintFor));
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

/** A log whose requests and output can be switched off and on; it begins switched on. */
export function switchedLog(log: ServeLog): ServeLog & { toggle(): boolean } {
  let isOn = true;
  return {
    request: (seen) => void (isOn && log.request(seen)),
    output: (seen) => void (isOn && log.output(seen)),
    event: log.event,
    end: log.end,
    /** Returns whether it is on now. */
    toggle() {
      log.end();
      isOn = !isOn;
      return isOn;
    },
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

/** How many kinds of polls are counted next to each other: two clients of two processes, each with GET and POST. */
const mostKinds = 8;

/** A request that was shown, and its repeats since. */
interface Kind {
  readonly seen: RequestSeen;
  count: number;
  slowest: number;
}

/**
 * Requests in a row that differ only in their query are one line and their number. Polls of several clients alternate: each kind
 * of them is counted until another request comes.
 */
class Repeats {
  /** By what they share, the oldest first. */
  readonly #kinds = new Map<string, Kind>();
  #last: Kind | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly terminal: Terminal,
    readonly remedies: Remedies,
  ) {}

  add(seen: RequestSeen): void {
    const { kind, method, url, handler, process } = seen;
    const key = JSON.stringify([kind, method, url.split('?', 1), statusOf(seen), handler, process]);
    const known = kind === 'answered' ? this.#kinds.get(key) : undefined;
    if (known !== undefined) {
      known.count += 1;
      known.slowest = Math.max(known.slowest, seen.took);
      this.#timer ??= setTimeout(() => this.#report(), foldFor).unref();
      return;
    }
    if (isPoll(seen) && this.#last !== undefined && isPoll(this.#last.seen) && this.#kinds.size < mostKinds) {
      this.#report();
    } else {
      this.flush();
    }
    this.#last = { seen, count: 0, slowest: 0 };
    this.#kinds.set(key, this.#last);
    this.terminal.say(requestLine(seen, this.terminal));
    this.remedies.print(seen);
  }

  /** Writes how often the last lines were repeated; the next request begins a new line. */
  flush(): void {
    this.#report();
    this.#kinds.clear();
    this.#last = undefined;
  }

  #report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const kind of this.#kinds.values()) {
      const { count, slowest, seen } = kind;
      if (count === 0) continue;
      const like = kind === this.#last ? 'this' : nameOf(seen);
      const more = `${plural(count, 'request')} more like ${like}, the slowest ${duration(slowest)}`;
      this.terminal.say(this.terminal.err.dim(`    + ${more}`));
      kind.count = 0;
      kind.slowest = 0;
    }
  }
}

/** Engine.io's long-polling. */
const isPoll = ({ url }: RequestSeen): boolean => /[?&]transport=polling(?:&|$)/.test(url);

/** `GET 200 /dante/socket.io/ of process 77` */
const nameOf = (seen: RequestSeen): string =>
  `${seen.method} ${statusOf(seen)} ${shortened(seen.url.split('?')[0] ?? '')}${seen.process === undefined ? '' : ` of process ${seen.process}`}`;

/** What IIS's own answers mean and what to do, each the first time; an app's own answers are not explained. */
class Remedies {
  readonly #printed = new Set<string>();

  constructor(
    readonly terminal: Terminal,
    readonly meaningOf: MeaningOf,
    readonly hintFor: HintFor,
  ) {}

  print(seen: RequestSeen): void {
    const { status, subStatus, process } = seen;
    const isOwn = process !== undefined && subStatus === 0;
    const code = statusOf(seen);
    if (status < 400 || isOwn || this.#printed.has(code)) return;
    this.#printed.add(code);
    void this.meaningOf(status, subStatus).then((meaning) => {
      if (meaning === undefined) return;
      const { why, next = `${iisnodeSock} doctor --seen ${code} has more` } = meaning;
      this.terminal.say(this.terminal.err.dim(`    ${code}: ${why}; next: ${this.hintFor(next, seen)}`));
    });
  }
}

/** A hint about a request with the commands for this app: they can be pasted. */
export type HintFor = (next: string, seen: RequestSeen) => string;

/** What a status means. */
type MeaningOf = (
  status: number,
  subStatus: number,
) => Promise<{ readonly why: string; readonly next?: string } | undefined>;

/** Loaded with the first error. */
const knownMeaning: MeaningOf = async (status, subStatus) => {
  const { meaningOf } = await import('../probe/index.js');
  return meaningOf(status, subStatus);
};

/** `GET 200 /dante/socket.io/socket.io.js  3 ms  rule socketio, handler iisnode, process 1234` */
export function requestLine(seen: RequestSeen, { err }: Pick<Terminal, 'err'>): string {
  const { status, cut = false, method, rules, handler, process } = seen;
  const paint = cut || status === 0 || status >= 500 ? err.error : status >= 400 ? err.warning : err.good;
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

/** `404.8`, `200 cut` of a truncated answer; a connection that was closed without an answer has none. */
function statusOf({ status, subStatus, cut = false }: RequestSeen): string {
  if (status === 0) return 'closed';
  return `${status}${subStatus === 0 ? '' : `.${subStatus}`}${cut ? ' cut' : ''}`;
}

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
