import { type Explanation, explainAnswer, explainNoAnswer, explainOtherPath, readErrorPage } from './explain.js';
import { explainUpgrade } from './explain-upgrade.js';
import { fetchPage, type ProbeAnswer } from './http.js';
import { ownScripts, type PlainSocket, plainSocketOf, scriptOf, socketPathIn } from './page.js';
import { explainLostSession, pollSession, protocolOf } from './polls.js';
import { exampleService, explainService, leavesToService, type Service, serviceOf } from './service.js';
import type { ProbeOptions, ProbeReport, ProbeStep } from './types.js';
import { loadWebSocket, openSocket, type UpgradeOptions, type UpgradeOutcome } from './web-socket.js';

const titles: Readonly<Record<ProbeStep['id'], string>> = {
  page: 'the page',
  'client-script': "socket.io's client script",
  handshake: 'the handshake',
  polls: 'the polls of one session',
  websocket: 'the WebSocket',
};

/** What one step found, before its times are added. */
interface Finding {
  readonly url: string;
  readonly status: number | undefined;
  readonly ok: boolean;
  readonly seen: string;
  readonly problem?: Explanation;
  /** A look behind this one would find nobody, or the same again. */
  readonly isLast?: boolean;
}

/**
 * Looks at a live app as a browser would: page, client script, Engine.IO handshake, WebSocket with its first event.
 * Polling need not be allowed: an app that is websocket-only answers the polling handshake with code 0, which is fine. Of an
 * app without socket.io, whose page opens plain WebSockets, that WebSocket is looked at; where the page sends its clients to a
 * service, handshake and WebSocket are asked for there.
 * It never throws for what the app does; every step says what was seen.
 * @param url the app: http(s)://host:port/dante/ (the slash may be missing).
 */
export async function probeApp(url: string, options: ProbeOptions = {}): Promise<ProbeReport> {
  const probe = new Probe(new URL(url.endsWith('/') ? url : `${url}/`), options);
  await probe.run();
  return probe.report();
}

class Probe {
  readonly #asked: URL;
  /** Where the app is, once redirects to https or another host name are behind us. */
  #app: URL;
  /** Whom clients connect to in place of the app. */
  #service: Service | undefined;
  readonly #options: ProbeOptions;
  readonly #steps: ProbeStep[] = [];
  readonly #began = performance.now();
  readonly #timeout: number;
  /** Of the next answer; iisnode may be starting node. */
  #patience: number;
  /** The answer that opened a session over polling. */
  #session: ProbeAnswer | undefined;
  #protocol: 3 | 4 = 4;
  #webSocket = false;

  constructor(app: URL, options: ProbeOptions) {
    this.#asked = app;
    this.#app = app;
    this.#options = options;
    this.#timeout = options.timeout ?? 10_000;
    this.#patience = options.firstTimeout ?? options.timeout ?? 30_000;
  }

  async run(): Promise<void> {
    void loadWebSocket();
    const page = await this.#page();
    // Without an answer to the page, or without node, there is nobody to ask further: each would say the same.
    if (page === undefined || nodeIsDown(page)) return;
    // What the browser shows then is at that address, and so is what it asks for.
    if (page.url.pathname === this.#app.pathname) this.#app = new URL(page.url.pathname, page.url);
    const { plainRoute, socketPath } = this.#options;
    const tag = scriptOf(page, this.#app, socketPath);
    // Without a tag and without a word from deploy, the page's code says whether and where.
    const isOpen = plainRoute === undefined && socketPath === undefined && tag.guessed;
    const texts = isOpen ? await this.#textsOf(page) : [];
    const plain = plainRoute === undefined ? plainSocketOf(texts, page.url) : { url: new URL(plainRoute, this.#app) };
    if (plain !== undefined) {
      await this.#step('websocket', 'UPGRADE', () => this.#plainUpgrade(plain));
      return;
    }
    const script = scriptOf(page, this.#app, socketPath ?? socketPathIn(texts));
    await this.#step('client-script', 'GET', () => this.#clientScript(script.url, script.guessed));
    this.#service = serviceOf(page);
    const path = this.#service?.path ?? socketPath ?? script.path;
    const { ok, isLast } = await this.#step('handshake', 'GET', () => this.#handshake(path));
    if (isLast) return;
    const { polls = 0 } = this.#options;
    const session = this.#session;
    if (polls > 0 && session && this.#service === undefined)
      await this.#step('polls', 'POST', () => this.#polls(session, polls));
    // A server that does not know the path may leave an upgrade without any answer: no long wait where that is likely.
    await this.#step('websocket', 'UPGRADE', async () =>
      this.#toldOfService(
        await this.#upgrade(this.#upgradeUrl(path), !ok && this.#service === undefined, this.#protocol),
      ),
    );
  }

  report(): ProbeReport {
    const last = this.#steps.at(-1);
    return {
      url: this.#asked.href,
      ok: this.#steps.every(({ ok }) => ok),
      steps: this.#steps,
      transport: this.#webSocket ? 'websocket' : this.#session ? 'polling' : undefined,
      ms: last === undefined ? 0 : last.startedAt + last.ms,
    };
  }

  async #step(id: ProbeStep['id'], method: ProbeStep['method'], look: () => Promise<Finding>): Promise<Finding> {
    const startedAt = performance.now() - this.#began;
    const found = await look();
    const { problem, isLast: _, ...finding } = found;
    const ms = performance.now() - this.#began - startedAt;
    const step = { id, title: titles[id], method, ...finding, startedAt, ms, ...problem };
    this.#steps.push(step);
    this.#options.onStep?.(step);
    return found;
  }

  async #fetch(url: URL, read: (answer: ProbeAnswer) => Finding): Promise<Finding> {
    try {
      const answer = await fetchPage(url, { timeout: this.#patience, signal: this.#options.signal });
      this.#patience = this.#timeout;
      return read(answer);
    } catch (error) {
      const problem = explainNoAnswer(error);
      return { url: url.href, status: undefined, ok: false, seen: 'no answer', problem };
    }
  }

  async #page(): Promise<ProbeAnswer | undefined> {
    let page: ProbeAnswer | undefined;
    await this.#step('page', 'GET', async () => {
      let finding: Finding | undefined;
      for (const name of ['', ...(this.#options.pages ?? [])]) {
        const found = await this.#fetch(new URL(name, this.#app), (answer) => {
          page = answer;
          return pageFinding(answer);
        });
        if (found.ok || page === undefined || found.status === undefined || nodeIsDown(page)) return found;
        finding ??= found;
      }
      return finding ?? Promise.reject(new Error('no page was asked for'));
    });
    return page;
  }

  #clientScript(url: URL, guessed: boolean): Promise<Finding> {
    return this.#fetch(url, (answer) => {
      const base = { url: answer.url.href, status: answer.status };
      const named =
        /javascript|ecmascript/i.test(answer.headers['content-type'] ?? '') || /socket\.io/i.test(answer.body);
      const isScript = answer.status === 200 && named && !answer.body.trimStart().startsWith('<');
      if (isScript && readErrorPage(answer.status, answer.body) === undefined) {
        const version = /Socket\.IO v([\w.-]+)/i.exec(answer.body.slice(0, 500))?.[1];
        return {
          ...base,
          ok: true,
          seen: `${version === undefined ? '' : `socket.io ${version}, `}${size(answer.bytes)}`,
        };
      }
      // An app that bundles the client need not serve it (serveClient: false); nothing in the page asks for it.
      // Engine.IO takes the question for a handshake then, and answers 400.
      const refused = answer.status === 400 && /"code"\s*:\s*\d/.test(answer.body);
      if (guessed && (answer.status === 404 || refused)) {
        return { ...base, ok: true, seen: 'not served, and no script tag asks for it' };
      }
      return { ...base, ok: false, seen: describe(answer), problem: explainAnswer(answer, 'script') };
    });
  }

  async #handshake(path: string): Promise<Finding> {
    const service = this.#service;
    if (service === undefined) return this.#handshakeAt(path);
    const { href } = this.#upgradeUrl(path);
    if (service.isExample) {
      return { url: href, status: undefined, ok: false, seen: 'not asked', problem: exampleService, isLast: true };
    }
    const finding = await this.#handshakeAt(path);
    return { ...this.#toldOfService(finding), isLast: finding.status === undefined };
  }

  /** What fails at a service is no fault of IIS. */
  #toldOfService(finding: Finding): Finding {
    const { problem, status } = finding;
    if (this.#service === undefined || problem === undefined) return finding;
    return { ...finding, problem: explainService(this.#service, status, problem.why) };
  }

  async #handshakeAt(path: string): Promise<Finding> {
    const finding = await this.#askForSession(path);
    // IIS may put a page of its own in place of the words that say why polling is refused (httpErrors, existingResponse).
    // What a service says to who polls is its own affair.
    const mayBeOff = finding.status === 400 || (this.#service !== undefined && finding.status !== undefined);
    if (finding.ok || !mayBeOff || finding.problem?.symptom === 'transports') return finding;
    const { kind } = await this.#open(this.#upgradeUrl(path), this.#timeout, 4);
    if (kind !== 'open') return finding;
    const { problem, ...rest } = finding;
    return { ...rest, ok: true, seen: `polling is refused (${rest.status}), and the WebSocket opens: websocket only` };
  }

  #upgradeUrl(path: string): URL {
    return new URL(`${path}/?EIO=4&transport=websocket`, this.#service?.endpoint ?? this.#app);
  }

  #askForSession(path: string): Promise<Finding> {
    const url = this.#upgradeUrl(path);
    url.search = `?EIO=4&transport=polling&t=${Date.now().toString(36)}`;
    return this.#fetch(url, (answer) => {
      const base = { url: answer.url.href, status: answer.status };
      const protocol = answer.status === 200 ? protocolOf(answer.body) : undefined;
      if (protocol !== undefined) {
        this.#session = answer;
        this.#protocol = protocol;
        const upgrades = answer.body.includes('"websocket"') ? 'offers the upgrade to websocket' : 'polling only';
        return { ...base, ok: true, seen: `Engine.IO ${protocol} session, ${upgrades}` };
      }
      if (answer.status === 400 && /"code"\s*:\s*0\b/.test(answer.body)) {
        return { ...base, ok: true, seen: 'polling is off: websocket only' };
      }
      if (leavesToService(answer)) {
        const seen =
          'clients are left to a service (Web PubSub), whose address only the code of the page knows: not tried';
        return { ...base, ok: true, seen, isLast: true };
      }
      return { ...base, ok: false, seen: describe(answer), problem: explainAnswer(answer, 'handshake') };
    });
  }

  async #polls(session: ProbeAnswer, count: number): Promise<Finding> {
    const base = { url: session.url.href, status: undefined };
    try {
      const outcome = await pollSession(session, { count, timeout: this.#timeout, signal: this.#options.signal });
      if (outcome === undefined) return { ...base, ok: true, seen: 'no session to ask for' };
      const { known, unknown, other, cookies } = outcome;
      if (unknown > 0) {
        const seen = `${unknown} of ${count} answered 400 "Session ID unknown"`;
        return { ...base, ok: false, seen, problem: explainLostSession(cookies) };
      }
      if (other === undefined) return { ...base, status: 200, ok: true, seen: `${known} of ${count} answered` };
      const problem = explainAnswer(other, 'handshake');
      return { ...base, status: other.status, ok: false, seen: describe(other), problem };
    } catch (error) {
      return { ...base, ok: false, seen: 'no answer', problem: explainNoAnswer(error) };
    }
  }

  /** The page and its own scripts. */
  async #textsOf(page: ProbeAnswer): Promise<readonly string[]> {
    const { signal } = this.#options;
    const asked = ownScripts(page).map((url) => fetchPage(url, { timeout: this.#timeout, signal }));
    const answers = await Promise.allSettled(asked);
    return [page.body, ...answers.flatMap((one) => (one.status === 'fulfilled' ? one.value.body : []))];
  }

  async #plainUpgrade({ url }: PlainSocket): Promise<Finding> {
    if (url !== undefined) return this.#upgrade(url, false, 'plain');
    const seen = 'plain WebSockets, without socket.io; only the code of the page knows their address: not tried';
    return { url: this.#app.href, status: undefined, ok: true, seen };
  }

  #open(url: URL, timeout: number, protocol: UpgradeOptions['protocol']): Promise<UpgradeOutcome> {
    const { protocol: scheme } = this.#service?.endpoint ?? this.#app;
    url.protocol = scheme === 'https:' ? 'wss:' : 'ws:';
    const { eventTimeout = 1_000, signal } = this.#options;
    return openSocket(url, { protocol, timeout, eventTimeout, signal, origin: this.#app.origin });
  }

  async #upgrade(url: URL, otherPath: boolean, protocol: UpgradeOptions['protocol']): Promise<Finding> {
    const isPlain = protocol === 'plain';
    const outcome = await this.#open(url, otherPath ? Math.min(this.#timeout, 3_000) : this.#timeout, protocol);
    const base = { url: url.href };
    if (outcome.kind === 'open') {
      this.#webSocket = true;
      if (outcome.refused !== undefined) {
        return { ...base, status: 101, ok: true, seen: `open; the app wants more to connect: ${outcome.refused}` };
      }
      const first = isPlain ? `message: ${outcome.event}` : `event "${outcome.event}"`;
      const seen =
        outcome.event === undefined ? `open; no ${isPlain ? 'message' : 'event'} yet` : `open, first ${first}`;
      return { ...base, status: 101, ok: true, seen };
    }
    if (outcome.kind === 'failed') {
      const problem = otherPath
        ? explainOtherPath('the upgrade was left without an answer')
        : explainNoAnswer(outcome.error);
      return { ...base, status: undefined, ok: false, seen: 'no answer', problem };
    }
    const problem = explainUpgrade(outcome, isPlain);
    return { ...base, status: outcome.status, ok: false, seen: `HTTP ${outcome.status} instead of 101`, problem };
  }
}

/** IIS refuses its configuration (500.19), or iisnode cannot get hold of node (500.1000 and following). */
function nodeIsDown(answer: ProbeAnswer): boolean {
  const page = readErrorPage(answer.status, answer.body);
  const sub = page?.subStatus ?? 0;
  return page?.status === 500 && (sub === 19 || sub >= 1000);
}

function pageFinding(answer: ProbeAnswer): Finding {
  const base = { url: answer.url.href, status: answer.status };
  if (answer.status < 400 && readErrorPage(answer.status, answer.body) === undefined) {
    return { ...base, ok: true, seen: describe(answer) };
  }
  return { ...base, ok: false, seen: describe(answer), problem: explainAnswer(answer, 'page') };
}

function describe(answer: ProbeAnswer): string {
  const type = (answer.headers['content-type'] ?? 'no content type').split(';')[0] ?? '';
  return `${answer.status >= 400 ? `HTTP ${answer.status}, ` : ''}${type}, ${size(answer.bytes)}`;
}

const size = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`);
