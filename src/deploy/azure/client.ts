import { UserError } from '../../errors.js';
import { printable } from '../../printable.js';
import type { Secret } from './access.js';
import { type Answered, ask, NoAnswer, type Sent } from './http.js';
import type { Patience } from './patience.js';
import { tokenCommand, variables } from './variables.js';

/** ms without a byte of an answer. Kudu answers within seconds; a front end gives up after 230 s. */
const idle = 240_000;
const idleOfQuestion = 60_000;
/** How often a question is asked, and the first pause in ms, which doubles. */
const tries = 8;
/** A host that never answered does not exist, or is not reached from here. */
const triesWithoutAnswer = 3;
const firstPause = 500;
const longestPause = 15_000;

/** ms after which is said what is waited for. */
const moment = 2_000;

/** A server that restarts, or has too much to do, answers so: the same question is right a moment later. */
const isPassing = (status: number): boolean => [429, 500, 502, 503, 504].includes(status);

/** Asks one server with one of several credentials; keeps the cookie of the load balancer, so that one instance answers all. */
export class AzureClient {
  readonly #origin: URL;
  readonly #credentials: readonly Secret[];
  readonly #patience: Patience;
  #at = 0;
  #cookie: string | undefined;
  #hasAnswered = false;
  /** Requests that were sent. */
  count = 0;

  constructor(origin: URL, credentials: readonly Secret[], patience: Patience) {
    this.#origin = origin;
    this.#credentials = credentials;
    this.#patience = patience;
  }

  get host(): string {
    return this.#origin.host;
  }

  /** The URL of a path, as it is shown. */
  urlOf(target: string): string {
    return new URL(target, this.#origin).href;
  }

  /**
   * Path and query of a URL that the server named. Behind its front end a server may name http, or another port (deploying.md 2.2): its
   * credential goes to its own origin alone.
   */
  pathOf(location: string): string {
    const { pathname, search } = URL.canParse(location, this.#origin.href)
      ? new URL(location, this.#origin)
      : this.#origin;
    return `${pathname}${search}`;
  }

  /**
   * Asks again where there is no answer or a server restarts: reading changes nothing.
   * @throws NoAnswer after some tries; the signal's reason; TimeLimit.
   */
  async get(target: string, part: Pick<Sent, 'headers' | 'keepsEnd'> = {}): Promise<Answered> {
    const began = performance.now();
    let state = 'it has not answered yet';
    const timer = setTimeout(() => this.#patience.onWait(`waiting for ${this.host}: ${state}`), moment);
    try {
      for (let attempt = 1, pause = firstPause; ; attempt += 1, pause = Math.min(pause * 2, longestPause)) {
        const isLate = (): boolean => performance.now() - began + pause > this.#patience.question;
        const answer = await this.send('GET', target, part).catch((error: unknown) => {
          const isLast = attempt >= (this.#hasAnswered ? tries : triesWithoutAnswer);
          if (!(error instanceof NoAnswer) || isLast || isLate()) throw error;
          return undefined;
        });
        if (answer !== undefined && (!isPassing(answer.status) || attempt === tries || isLate())) return answer;
        state = answer === undefined ? 'the connection was lost' : `it answers ${answer.status}`;
        await this.#patience.wait(Math.max(pause, retryAfter(answer) ?? 0));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Sends once; a credential that is refused (401) is replaced by the next one.
   * @throws NoAnswer; the signal's reason.
   */
  async send(
    method: Sent['method'],
    target: string,
    part: Pick<Sent, 'headers' | 'body' | 'keepsEnd'> = {},
  ): Promise<Answered> {
    for (;;) {
      const credential = this.#credentials[this.#at];
      if (credential === undefined) throw new Error('there is no credential');
      this.count += 1;
      const headers = { ...part.headers, ...(this.#cookie !== undefined && { cookie: this.#cookie }) };
      const url = new URL(target, this.#origin);
      const { signal } = this.#patience;
      const answer = await ask({
        method,
        url,
        credential,
        ...part,
        headers,
        idle: method === 'GET' ? idleOfQuestion : idle,
        signal,
      });
      this.#hasAnswered = true;
      this.#keep(answer);
      if (answer.status !== 401 || this.#at === this.#credentials.length - 1) return answer;
      this.#at += 1;
    }
  }

  #keep({ headers }: Answered): void {
    const cookies = (headers['set-cookie'] ?? []).flatMap(
      (one) => /^ARRAffinity(?:SameSite)?=[^;\s]*/.exec(one)?.[0] ?? [],
    );
    if (cookies.length > 0) this.#cookie = cookies.join('; ');
  }
}

/** ms that the server asks to wait; undefined: it does not say. */
export function retryAfter(answer: Pick<Answered, 'headers'> | undefined): number | undefined {
  const seconds = Number(answer?.headers['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** JSON of an answer; undefined: it is none. */
export function jsonOf(answer: Pick<Answered, 'body'>): unknown {
  try {
    return JSON.parse(answer.body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** What an answer says, one line: `503: Site Disabled`. Markup is left out. */
export function saidBy({ status, body }: Pick<Answered, 'status' | 'body'>): string {
  const value = jsonOf({ body }) as
    | { Message?: unknown; ExceptionMessage?: unknown; error?: { message?: unknown } }
    | undefined;
  const named = [value?.error?.message, value?.ExceptionMessage, value?.Message].find((one) => typeof one === 'string');
  const text = typeof named === 'string' ? named : body.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
  const line = printable(text.replace(/\s+/g, ' ').trim()).slice(0, 300);
  return line === '' ? `${status}` : `${status}: ${line}`;
}

/** What is wrong with who asks, at a site of App Service that `names` names for az; undefined: nothing is. */
export function refusedAccess(
  host: string,
  { status, body }: Pick<Answered, 'status' | 'body'>,
  tried: readonly Secret[],
  names?: string,
): UserError | undefined {
  if (status === 401) {
    const isBearer = tried.some(({ kind }) => kind === 'the bearer token');
    return new UserError('AZURE_UNAUTHORIZED', {
      what: `${host} refuses ${tried.map(String).join(' and ')} (401)`,
      why: isBearer
        ? 'The token has expired, or its account has no role with the right to deploy to this app.'
        : 'They are wrong, or basic authentication is switched off for this app, as it may be for new ones: then only a bearer token is accepted.',
      next: isBearer
        ? `${tokenCommand}     (prints a new one; its account needs the role Website Contributor)`
        : `${tokenCommand}     (prints a token for ${variables.token}; or download the publish profile again)`,
      exit: 'refused',
    });
  }
  if (status !== 403) return undefined;
  return new UserError('AZURE_FORBIDDEN', {
    what: `${host} refuses access (${saidBy({ status, body })})`,
    why: 'The app is stopped, or its access restrictions do not let this machine reach its scm site. Other credentials change nothing.',
    next:
      names === undefined
        ? 'start the app, or allow this address: portal, Networking, Access restrictions, Advanced tool site'
        : `az webapp start ${names}     (or allow this address: portal, Networking, Access restrictions, Advanced tool site)`,
    exit: 'refused',
  });
}
