/** One look at the live app. */
export interface ProbeStep {
  readonly id: 'page' | 'client-script' | 'handshake' | 'polls' | 'websocket';
  /** For people: the page, socket.io's client script, the handshake, the polls of one session, the WebSocket. */
  readonly title: string;
  readonly method: 'GET' | 'POST' | 'UPGRADE';
  readonly url: string;
  readonly ok: boolean;
  /** HTTP status; 101 for an upgrade; undefined when no answer came. */
  readonly status: number | undefined;
  /** When it began, ms since the probe's start. */
  readonly startedAt: number;
  /** How long it took. */
  readonly ms: number;
  /** What was seen, one line: `text/html, 8.1 kB`, `first event "stanza"`. */
  readonly seen: string;
  /** On failure: why, one line, and what to do next. */
  readonly why?: string;
  readonly next?: string;
  /** Symptom family: ws-module-owner, ws-200, path-virtual-dir, client-script, ... */
  readonly symptom?: string;
}

/** The app as a browser sees it. */
export interface ProbeReport {
  readonly url: string;
  readonly ok: boolean;
  readonly steps: readonly ProbeStep[];
  /** The transport that worked. */
  readonly transport: 'websocket' | 'polling' | undefined;
  /** Until the first event of the app came (or the last step ended). */
  readonly ms: number;
}

export interface ProbeOptions {
  /** socket.io's path; default: found from the page, else `<app>/socket.io`. */
  readonly socketPath?: string;
  /** The app takes plain WebSockets at this URL below its own, in place of socket.io: the page and that are looked at. */
  readonly plainRoute?: string;
  /** Further pages to try, relative to the app, when the app's own URL has none: its entry point. */
  readonly pages?: readonly string[];
  /** How often to ask for one session over polling, where the app allows it; default 0: not at all. */
  readonly polls?: number;
  /** For each answer, ms; default 10000. */
  readonly timeout?: number;
  /**
   * For the first answer, ms; default `timeout` where that is given, else 30000: iisnode starts node with the first request
   * and gives up after 25 s with a page that says why.
   */
  readonly firstTimeout?: number;
  /** Called when a step has ended. */
  readonly onStep?: (step: ProbeStep) => void;
  /** How long to wait for the first event after the WebSocket is open, ms; default 1000. */
  readonly eventTimeout?: number;
  readonly signal?: AbortSignal;
}
