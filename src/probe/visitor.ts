import http from 'node:http';
import https from 'node:https';
import { size } from '../amounts.js';
import type { Lookup } from './address.js';
import { CookieJar } from './cookies.js';
import { requireCertificate } from './own-certificate.js';
import { Traffic } from './traffic.js';

/** A redirect that is not followed. */
export interface Stop {
  readonly to: URL;
  /**
   * `other-host`; `no-https`: the host serves http alone, as the embedded IIS does; `https-on-port-of-http`: that port just
   * answered http, and one port does not serve both.
   */
  readonly because: 'other-host' | 'no-https' | 'https-on-port-of-http';
}

/** One answer, body as text up to the limit. */
export interface ProbeAnswer {
  /** After redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Received of the body. */
  readonly bytes: number;
  /** Set when the answer had not ended, and was read no further: after what, `5 s` or `1.0 MB`. */
  readonly cutAfter?: string;
  /** Of such an answer: nothing more had come for the longer part of that time. */
  readonly isQuiet?: true;
  /** Where the redirects led that were followed, in order. */
  readonly redirects: readonly URL[];
  /** Set when the answer is a redirect that was not followed. */
  readonly stop?: Stop;
}

/** What one request asks for. */
export interface Asked {
  /** ms for each exchange; a redirect begins another one. */
  readonly timeout: number;
  readonly accept?: string;
  /** GET unless said otherwise. */
  readonly method?: 'GET' | 'POST' | 'OPTIONS';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body after which the rest is not read; default 1000000. */
  readonly enough?: number;
  /** False: a redirect is the answer. */
  readonly follows?: boolean;
  /** Gives the request up. */
  readonly cancel?: AbortSignal;
}

/** What a redirect leads to does not answer. */
export class RedirectFailed extends Error {
  readonly to: URL;

  constructor(to: URL, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.to = to;
  }
}

/** Redirects that do not end. */
export class RedirectsGoOn extends Error {
  /** The URL that was asked for, then where each redirect led to. */
  readonly chain: readonly URL[];

  constructor(chain: readonly URL[]) {
    super(`more than ${mostRedirects} redirects, the last one to ${chain.at(-1)?.href}`);
    this.chain = chain;
  }
}

const mostRedirects = 5;
/** ms for the body of an answer: what goes on for longer is a stream, and has answered. */
const bodyTime = 5_000;
const bodyLimit = 1_000_000;
/** A name of the machine itself. */
export const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/i.test(host);
const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');

interface VisitorOptions {
  readonly signal: AbortSignal | undefined;
  readonly servesHttps: boolean;
  readonly lookup?: Lookup | undefined;
  readonly traffic?: Traffic | undefined;
  readonly certificateOf?: (url: URL) => string | undefined;
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly jar?: CookieJar;
}

/**
 * Asks as a browser does: it follows redirects (five at most, on the same host) and keeps cookies. It does not check
 * certificates, because a test machine has its own, unless the one that it must see is known.
 */
export class Visitor {
  readonly jar: CookieJar;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal | undefined;
  readonly #servesHttps: boolean;
  /** undefined: node's own. */
  readonly lookup: Lookup | undefined;
  /** What was asked. */
  readonly traffic: Traffic;
  /** SHA-1 thumbprint of the one certificate that is accepted at a URL; undefined: any. */
  readonly certificateOf: (url: URL) => string | undefined;

  /** @param servesHttps False: the host serves http alone. */
  constructor({
    signal,
    servesHttps,
    lookup,
    traffic = new Traffic(),
    certificateOf = () => undefined,
    headers = {},
    jar = new CookieJar(),
  }: VisitorOptions) {
    this.jar = jar;
    this.#headers = headers;
    this.#signal = signal;
    this.#servesHttps = servesHttps;
    this.lookup = lookup;
    this.traffic = traffic;
    this.certificateOf = certificateOf;
  }

  /** The same visitor, as a script of its page that sends these headers. */
  sending(headers: Readonly<Record<string, string>>): Visitor {
    const { jar, lookup, traffic, certificateOf } = this;
    const [signal, servesHttps] = [this.#signal, this.#servesHttps];
    return new Visitor({ signal, servesHttps, lookup, traffic, certificateOf, jar, headers });
  }

  /** @throws what the socket throws; an Error after `timeout` or too many redirects; RedirectFailed. */
  async fetch(start: URL, asked: Asked): Promise<ProbeAnswer> {
    const redirects: URL[] = [];
    for (let url = start; ; ) {
      const answer = await this.#once(url, asked).catch((error: unknown) => {
        throw redirects.length === 0 ? error : new RedirectFailed(url, error);
      });
      const next = redirectOf(answer, url);
      if (next === undefined) return { ...answer, redirects };
      const because = this.#obstacle(url, next);
      if (because !== undefined) return { ...answer, redirects, stop: { to: next, because } };
      if (asked.follows === false) return { ...answer, redirects };
      if (redirects.length === mostRedirects) {
        throw new RedirectsGoOn([start, ...redirects, next]);
      }
      redirects.push(next);
      url = next;
    }
  }

  #obstacle(from: URL, to: URL): Stop['because'] | undefined {
    if (to.hostname !== from.hostname || !/^https?:$/.test(to.protocol)) return 'other-host';
    if (from.protocol !== 'http:' || to.protocol !== 'https:') return undefined;
    if (!this.#servesHttps) return 'no-https';
    if (portOf(to) !== portOf(from)) return undefined;
    // The embedded IIS, and a server on a developer's machine: the same rule is right on port 80.
    return isLoopback(from.hostname) ? 'no-https' : 'https-on-port-of-http';
  }

  #once(url: URL, asked: Asked): Promise<Omit<ProbeAnswer, 'redirects'>> {
    const { request } = url.protocol === 'https:' ? https : http;
    const { timeout, enough = bodyLimit, cancel } = asked;
    const cookie = this.jar.headerFor(url);
    return new Promise((resolve, reject) => {
      const begun = this.traffic.begin(asked.method ?? 'GET', url);
      let bytes = 0;
      let lastAt = 0;
      const fail = (error: Error): void => {
        begun.end(bytes, error);
        reject(error);
      };
      const sent = request(url, {
        agent: false,
        method: asked.method ?? 'GET',
        headers: {
          'user-agent': 'iisnode-sock',
          accept: asked.accept ?? '*/*',
          connection: 'close',
          ...(cookie !== undefined && { cookie }),
          ...this.#headers,
          ...asked.headers,
        },
        rejectUnauthorized: false,
        ...(this.lookup && { lookup: this.lookup }),
        ...(this.#signal && { signal: this.#signal }),
      });
      requireCertificate(sent, this.certificateOf(url));
      const giveUp = (): void => void sent.destroy(new Error('given up'));
      let timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout} ms`)), timeout);
      cancel?.addEventListener('abort', giveUp, { once: true });
      sent.on('close', () => {
        clearTimeout(timer);
        cancel?.removeEventListener('abort', giveUp);
        // Whatever a server did to end it so: nothing waits for an answer any more.
        fail(new Error('the connection was closed before an answer came'));
      });
      sent.on('upgrade', (_response, socket) => {
        socket.destroy();
        fail(new Error('the answer is an upgrade (101), which was not asked for'));
      });
      sent.on('error', fail);
      sent.on('response', (response) => {
        this.jar.keep(url, response.headers);
        begun.head(response.statusCode ?? 0, response.headers);
        const chunks: Buffer[] = [];
        const most = Math.min(timeout, bodyTime);
        lastAt = performance.now();
        const finish = (cutAfter?: string): void => {
          begun.end(bytes);
          const body = Buffer.concat(chunks).toString('utf8');
          const { statusCode: status = 0, headers } = response;
          const isQuiet = cutAfter !== undefined && performance.now() - lastAt > most / 2;
          const cut = { ...(cutAfter !== undefined && { cutAfter }), ...(isQuiet && { isQuiet }) };
          resolve({ url, status, headers, body, bytes, ...cut });
        };
        const stop = (after: string): void => {
          finish(after);
          sent.destroy();
        };
        clearTimeout(timer);
        timer = setTimeout(stop, most, `${most / 1_000} s`);
        response.on('data', (chunk: Buffer) => {
          lastAt = performance.now();
          if (bytes < enough) chunks.push(chunk);
          bytes += chunk.length;
          if (bytes >= enough) stop(size(enough));
        });
        response.on('error', fail);
        response.on('end', () => finish());
      });
      sent.end(asked.body);
    });
  }
}

function redirectOf({ status, headers }: Pick<ProbeAnswer, 'status' | 'headers'>, url: URL): URL | undefined {
  const { location } = headers;
  const isRedirect = status >= 300 && status < 400 && status !== 304 && location !== undefined;
  return isRedirect && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
}
