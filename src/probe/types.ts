import type { AnswerSigns } from './signs.js';
import type { SocketFacts } from './socket-facts.js';
import type { Traffic } from './traffic.js';

/** One look at the live app. */
export interface ProbeStep {
  readonly id: 'page' | 'client-script' | 'handshake' | 'polls' | 'websocket' | 'expect';
  /** Human-readable: the page, socket.io's client script, the handshake, the polls of one session, the WebSocket, the URL with an expected status. */
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
  /** The namespace that is connected, where it is not /. */
  readonly namespace?: string;
  /** Of a WebSocket that opened: the lines of the header Connection in the answer 101. */
  readonly connection?: readonly string[];
  /** The words with which the app refused the namespace, or the code with which it closed a plain WebSocket. */
  readonly refused?: string;
  /** Of a handshake: the client of the page that asks for it there; absent where the path is a guess. */
  readonly askedBy?: string;
  /** Where something is right and yet not what one may think: one sentence. */
  readonly note?: string;
  /** The origin of another host, to which the request was redirected. */
  readonly elsewhere?: string;
  /** Of the page: how many scripts, style sheets and images of its own host it loads, and which of them do not come. */
  readonly files?: number;
  readonly missing?: readonly MissingFile[];
  /** Of a page in HTML that stopped and was not ended: after what time it was read no further. */
  readonly unfinished?: { readonly after: string };
  /** Of a page: what its Content-Security-Policy keeps its clients of socket.io from. */
  readonly policy?: PolicyRefusal;
  /** On failure: why, one line, and what to do next. */
  readonly why?: string;
  readonly next?: string;
  /** Symptom family: ws-module-owner, ws-200, path-virtual-dir, client-script, ... */
  readonly symptom?: string;
  /** Of a failing answer: who gave it. */
  readonly signs?: AnswerSigns;
}

/** What a browser does not do with a page, because of the page's Content-Security-Policy. */
export interface PolicyRefusal {
  readonly what: 'inline script' | 'script' | 'connection';
  /** `line 4`, the URL of the script, the transports. */
  readonly subject: string;
  readonly by: 'header' | 'meta';
  /** `connect-src https:` */
  readonly directive: string;
  /** False: the client works without it, by polling. */
  readonly isWhole: boolean;
}

/** A file that a page loads and that does not come. */
export interface MissingFile {
  readonly url: string;
  /** As written in the page. */
  readonly address: string;
  readonly kind: 'script' | 'style' | 'image';
  /** The URL of the page, or of the script, that names it, and the line there. */
  readonly page: string;
  readonly line: number;
  /** Whether the page works without it: images are not needed. */
  readonly isNeeded: boolean;
  /** `HTTP 404`, `an HTML page in its place`. */
  readonly seen: string;
  readonly status?: number;
}

/** A request that has to be answered with a status. */
export interface Expectation {
  /** Below the app's own path, with a slash in front: /health. */
  readonly path: string;
  readonly status: number;
}

/** The app as a browser sees it. */
export interface ProbeReport {
  readonly url: string;
  readonly ok: boolean;
  readonly steps: readonly ProbeStep[];
  /** With `closer`: what the sockets showed besides the steps; undefined where there are none of socket.io. */
  readonly sockets?: SocketFacts;
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
  /** Look closer at the sockets of socket.io than whether they work, and as a page of `origin` sees them. */
  readonly closer?: { readonly origin?: string };
  /** For each answer, ms; default 10000. */
  readonly timeout?: number;
  /**
   * For the first answer, ms; default `timeout` where that is given, else 30000: iisnode starts node with the first request
   * and gives up after 25 s with a page that says why. A page that does not come within `timeout` is not waited for once
   * another request shows that node is there.
   */
  readonly firstTimeout?: number;
  /** Called when a step has ended. */
  readonly onStep?: (step: ProbeStep) => void;
  /** How long to wait for the first event after the WebSocket is open, ms; default 1000. */
  readonly eventTimeout?: number;
  /** Requests that are sent as well; a redirect is not followed there. */
  readonly expect?: readonly Expectation[];
  /** False: the host serves http alone, as the embedded IIS does; a redirect to https is then the end, and right. */
  readonly servesHttps?: boolean;
  /** The IP address to connect to for the host name of the URL, in place of what DNS says. */
  readonly address?: string;
  /** SHA-1 thumbprint of the certificate that the host must present; default: any certificate is accepted. */
  readonly certificate?: string;
  /** What the app's sources say; asked only where the page does not say it. */
  readonly sources?: () => AppSources;
  readonly signal?: AbortSignal;
  /** Takes every request that is sent. */
  readonly traffic?: Traffic;
}

/** What an app's sources say; known where deploy looks. */
export interface AppSources {
  /** The app answers its own URL with a page. */
  readonly hasPage: boolean;
  /** True where they are read to the end and have no sockets of any kind. */
  readonly hasNoSockets: boolean;
  /** The loader starts the app. */
  readonly hasLoader?: boolean;
  /** socket.io, where they make a server and say its path. */
  readonly socketIo?: {
    /** Where it may be: paths on the host. */
    readonly paths: readonly string[];
    /** `server.js:12` */
    readonly at: string;
  };
}
