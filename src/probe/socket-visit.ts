import { withoutEnd } from '../trimmed.js';
import { type ClientScript, lookAtClientScript, pageClientOf } from './client-script.js';
import type { Finding } from './finding.js';
import { LateAnswers } from './late-answers.js';
import type { LoadedPage } from './page-files.js';
import type { PageLook } from './page-look.js';
import { type PlainSocket, plainSocketOf } from './plain-socket.js';
import { type Service, serviceOf } from './service.js';
import type { SocketFacts } from './socket-facts.js';
import { inspectSockets } from './socket-inspection.js';
import { type Handshake, SocketLook } from './socket-look.js';
import {
  type ClientElsewhere,
  namedPaths,
  patchedPath,
  type SocketTarget,
  targetsOf,
  usesSocketIo,
} from './socket-targets.js';
import type { StepLog } from './step-log.js';
import type { ProbeOptions } from './types.js';
import type { Visitor } from './visitor.js';

interface SocketVisitOptions {
  readonly app: URL;
  readonly look: PageLook;
  readonly loaded: LoadedPage | undefined;
  readonly visitor: Visitor;
  readonly log: StepLog;
  readonly timeout: number;
  readonly options: ProbeOptions;
}

/** What came of the sockets. */
export interface SocketOutcome {
  /** They answer, or the app refuses them for a reason of its own. */
  readonly answers: boolean;
  readonly hasSession: boolean;
  readonly hasWebSocket: boolean;
  /** The page or the sources say that there is socket.io. */
  readonly isAsked: boolean;
  /** Of a closer look, where there is socket.io. */
  readonly facts?: SocketFacts;
}

/** Looks at the sockets as the page's clients ask for them; where no page says it, as the app's sources or its place suggest. */
export async function visitSockets(visit: SocketVisitOptions): Promise<SocketOutcome> {
  return new SocketVisit(visit).run();
}

class SocketVisit {
  readonly #visit: SocketVisitOptions;
  readonly #service: Service | undefined;
  readonly #late: LateAnswers;
  #hasSession = false;
  #hasWebSocket = false;
  #isAsked = false;
  #facts: SocketFacts | undefined;

  constructor(visit: SocketVisitOptions) {
    this.#visit = visit;
    this.#late = new LateAnswers(visit.options.firstTimeout !== undefined, visit.options.signal);
    this.#service = visit.look.answer && serviceOf(visit.look.answer);
  }

  async run(): Promise<SocketOutcome> {
    const answers = await this.#run();
    return {
      answers,
      hasSession: this.#hasSession,
      hasWebSocket: this.#hasWebSocket,
      isAsked: this.#isAsked,
      ...(this.#facts && { facts: this.#facts }),
    };
  }

  async #run(): Promise<boolean> {
    const { loaded, app, options } = this.#visit;
    const plain = this.#plainSocket();
    if (plain !== undefined) return this.#plain(plain);
    const { socketPath } = options;
    const service = this.#service;
    const isAsked = socketPath !== undefined || service !== undefined || (loaded !== undefined && usesSocketIo(loaded));
    const named = namedPaths(loaded, app, socketPath);
    const withUsual = (paths: readonly string[]): readonly string[] =>
      socketPath === undefined ? [...new Set([...paths, `${app.pathname}socket.io`])] : paths;
    // In a bundle the path is one of many texts; the server's own code has it as it was written.
    const server = isAsked && (named.length > 0 || service) ? undefined : options.sources?.().socketIo;
    const guesses = service ? [service.path] : (server?.paths ?? withUsual(named));
    const isPathUnknown =
      named.length === 0 && socketPath === undefined && service === undefined && server === undefined;
    const guessed: SocketTarget = {
      paths: guesses,
      // An app whose sources were read, and do not say it, has it at a path that only its settings know.
      isGuess: isPathUnknown && options.sources?.().hasNoSockets === false,
      namespace: '/',
      transports: undefined,
      askedBy: undefined,
      madeAt: server?.at,
    };
    this.#isAsked = isAsked || server !== undefined;
    if (!this.#isAsked) return this.#unasked(guessed);
    const script = this.#isShown() ? await this.#clientScript(guesses) : { text: '' };
    const found =
      loaded && !service ? targetsOf(loaded, guesses, patchedPath(script.text)) : { here: [], elsewhere: [] };
    for (const each of found.elsewhere) await this.#elsewhere(each);
    if (found.here.length === 0 && found.elsewhere.length > 0) return true;
    const isSure = service !== undefined || server !== undefined || socketPath !== undefined;
    const here = isSure ? found.here.map((each) => ({ ...each, isGuess: false })) : found.here;
    return this.#connect(here.length > 0 ? here : [guessed], script.text);
  }

  /** The page is there, and no redirect ends the look. */
  #isShown(): boolean {
    const { kind, answer } = this.#visit.look;
    return kind === 'shown' && answer?.stop === undefined;
  }

  #plainSocket(): PlainSocket | undefined {
    const { loaded, look, app, options } = this.#visit;
    const { plainRoute, socketPath } = options;
    if (plainRoute !== undefined) return { url: new URL(plainRoute, app) };
    if (loaded === undefined || socketPath !== undefined || loaded.clientScripts.length > 0) return undefined;
    const texts = loaded.texts.map(({ text }) => text);
    return plainSocketOf({ texts, plainSockets: loaded.plainSockets }, look.answer?.url ?? app);
  }

  async #plain({ url, local, isPart, sockJs }: PlainSocket): Promise<boolean> {
    const { app, log } = this.#visit;
    if (local !== undefined) {
      log.add('websocket', 'UPGRADE', connectsToVisitor(local, 'the page'), log.now());
      return false;
    }
    const seen = 'plain WebSockets, without socket.io; only the code of the page knows their address: not tried';
    const untried: Finding = { url: app.href, status: undefined, ok: true, seen };
    const { ok, status } = await log.step('websocket', 'UPGRADE', async () => {
      if (url === undefined) return untried;
      const found = await this.#sockets('').plainUpgrade(url);
      if (!found.ok && isPart && url.pathname.startsWith(app.pathname)) return untried;
      if (!found.ok && sockJs && (await this.#hasNoWebSocket(sockJs))) return sockJsWithout(found);
      return url.port === app.port ? found : explainOtherPort(found, url);
    });
    this.#hasWebSocket = status === 101;
    return ok && url !== undefined;
  }

  /** SockJS can be told to do without; its clients ask for that first. */
  async #hasNoWebSocket(server: URL): Promise<boolean> {
    const { visitor, timeout } = this.#visit;
    const url = new URL(`${withoutEnd(server.href, '/')}/info`);
    const answer = await visitor.fetch(url, { timeout }).catch(() => undefined);
    return answer?.status === 200 && /"websocket"\s*:\s*false/.test(answer.body);
  }

  async #clientScript(guesses: readonly string[]): Promise<ClientScript> {
    const { app, loaded, visitor, timeout, log } = this.#visit;
    const startedAt = log.now();
    const path = guesses[0] ?? '/socket.io';
    const script = await this.#late.ask(() => lookAtClientScript({ app, loaded, path, visitor, timeout }));
    log.add('client-script', 'GET', script.finding, startedAt);
    return script;
  }

  /** Once, at what the first client asks for. */
  async #closer(handshake: Handshake, target: SocketTarget, sockets: SocketLook, script: string): Promise<void> {
    const { visitor, app, timeout, options, loaded, log } = this.#visit;
    const { closer, signal } = options;
    if (closer === undefined || this.#facts !== undefined || this.#service !== undefined) return;
    this.#facts = await inspectSockets(handshake, {
      sockets,
      visitor: visitor.sending(target.sent?.headers ?? {}),
      app,
      timeout,
      signal,
      client: pageClientOf(loaded, script),
      target,
      origin: closer.origin === app.origin ? undefined : closer.origin, // a page of the site itself
      holdsSession: log.steps.every(({ id, ok }) => id !== 'polls' || ok),
      hasWebSocket: this.#hasWebSocket,
      upgrades: target.transports?.includes('websocket') ?? true,
    });
  }

  #sockets(script: string, app = this.#visit.app, headers: Readonly<Record<string, string>> = {}): SocketLook {
    const { look, loaded, visitor, timeout, options } = this.#visit;
    return new SocketLook({
      visitor: visitor.sending(headers),
      app,
      service: this.#service,
      timeout,
      eventTimeout: options.eventTimeout ?? 1_000,
      signal: options.signal,
      client: pageClientOf(loaded, script),
      isElsewhere: look.answer?.stop?.because === 'other-host',
    });
  }

  async #elsewhere({ origin, at, kind, path }: ClientElsewhere): Promise<void> {
    const { log } = this.#visit;
    const seen = `the client (${at}) connects to ${origin}`;
    const note = 'another server, which is not checked';
    await log.step('handshake', 'GET', async () => {
      if (kind === 'local') return { ...connectsToVisitor(origin, `the client (${at})`), seen };
      if (kind === 'host') return { url: origin, status: undefined, ok: true, seen, note };
      const found = await this.#sockets('', new URL(origin)).handshake({
        paths: [path],
        namespace: '/',
        transports: undefined,
        askedBy: at,
      });
      return explainOtherPort(found.finding, new URL(origin));
    });
  }

  /** @returns whether any of them is answered. */
  async #connect(targets: readonly SocketTarget[], script: string): Promise<boolean> {
    const { log } = this.#visit;
    const known = new Map<string, Handshake>();
    let answers = false;
    for (const target of targets) {
      const { query, headers } = target.sent ?? {};
      const sockets = this.#sockets(script, this.#visit.app, headers);
      const key = JSON.stringify([target.paths, query, headers]);
      let handshake = known.get(key);
      if (handshake === undefined) {
        const startedAt = log.now();
        const ask = (): Promise<Handshake> => sockets.handshake(target);
        handshake = await (target.isGuess ? ask() : this.#late.ask(ask));
        if (isMissedGuess(target, handshake)) {
          log.add('handshake', 'GET', missedGuess(target, handshake), startedAt);
          continue;
        }
        const { askedBy, isRead } = target;
        const asked = { ...handshake.finding, ...(isRead && askedBy !== undefined && { askedBy }) };
        log.add('handshake', 'GET', asked, startedAt);
        if (known.size === 0) await this.#polls(handshake, sockets);
        known.set(key, handshake);
      }
      answers = (await this.#webSocket(target, handshake, sockets)) || answers;
      await this.#closer(handshake, target, sockets, script);
    }
    return answers;
  }

  async #polls({ session }: Handshake, sockets: SocketLook): Promise<void> {
    const { polls = 0 } = this.#visit.options;
    if (polls === 0 || session === undefined || this.#service !== undefined) return;
    await this.#visit.log.step('polls', 'POST', () => sockets.polls(session, polls));
  }

  async #webSocket(target: SocketTarget, handshake: Handshake, sockets: SocketLook): Promise<boolean> {
    const { kind, session, finding } = handshake;
    if (session !== undefined) this.#hasSession = true;
    const isEnd = kind === 'service' || kind === 'redirected' || kind === 'old';
    const isServiceDown = this.#service !== undefined && finding.status === undefined;
    if (isEnd || isServiceDown) return kind !== 'none' && finding.ok;
    const look = (): Promise<Finding> => sockets.upgrade(target, handshake, this.#hasWebSocket);
    const { ok, status } = await this.#visit.log.step('websocket', 'UPGRADE', look);
    if (status === 101) this.#hasWebSocket = true;
    return kind !== 'none' || (ok && status === 101);
  }

  /** Nothing says that there are sockets: those that are found are looked at, and that there are none is no fault of a page that is shown. */
  async #unasked(target: SocketTarget): Promise<boolean> {
    const { log, look, app } = this.#visit;
    const sockets = this.#sockets('');
    const startedAt = log.now();
    const handshake = await sockets.handshake(target);
    const { finding, kind } = handshake;
    if (kind !== 'none') {
      if (this.#isShown()) await this.#clientScript(target.paths);
      log.add('handshake', 'GET', finding, startedAt);
      await this.#polls(handshake, sockets);
      const answers = await this.#webSocket(target, handshake, sockets);
      await this.#closer(handshake, target, sockets, '');
      return answers;
    }
    const isServerError = (finding.status ?? 0) >= 500 || finding.problem?.symptom === 'iisnode-error';
    if (look.kind === 'shown' && !isServerError) {
      const { problem: _, ...rest } = finding;
      const seen = `no socket.io (${finding.seen})`;
      const page = look.answer?.cutAfter === undefined ? 'the page' : 'the part of the page that was read';
      const note = `${page} asks for no sockets, and none were found; if clients elsewhere use them, check their path`;
      log.add('handshake', 'GET', { ...rest, ok: true, seen, note }, startedAt);
      return false;
    }
    if (look.kind === 'absent') {
      const plain = await sockets.plainUpgrade(app, true);
      if (plain.ok) {
        log.add(
          'websocket',
          'UPGRADE',
          { ...plain, note: plain.note ?? 'a server of plain WebSockets, without socket.io' },
          startedAt,
        );
        this.#hasWebSocket = plain.status === 101;
        return true;
      }
    }
    log.add('handshake', 'GET', finding, startedAt);
    return false;
  }
}

/** Does the app answer, but not with socket.io, where it was only thought to be? */
const isMissedGuess = ({ isGuess = false }: SocketTarget, { kind, finding }: Handshake): boolean =>
  isGuess && kind === 'none' && finding.status === 404 && finding.signs?.by === 'app';

/** That socket.io is somewhere else is no fault. */
const missedGuess = ({ paths, askedBy }: SocketTarget, { finding }: Handshake): Finding => ({
  url: finding.url,
  status: finding.status,
  ok: true,
  seen: `not at ${paths.join(' or ')} (${finding.seen}): not tried`,
  note: `${
    askedBy === undefined
      ? 'neither the page nor the code of the server shows its path'
      : `the client in ${askedBy} has its path from a value that only the page knows`
  }; whether its sockets connect, the page shows`,
});

const sockJsWithout = ({ url, status }: Finding): Finding => ({
  url,
  status,
  ok: true,
  seen: 'SockJS, without WebSocket (its option)',
});

/** What works on the developer's machine alone. */
const connectsToVisitor = (origin: string, who: string): Finding => ({
  url: origin,
  status: undefined,
  ok: false,
  seen: `${who} connects to ${origin}`,
  problem: {
    why: `${who} asks the visitor's own machine, ${origin}`,
    next: 'remove the address: a page connects to the host that it came from (io(), location.host)',
    symptom: 'localhost',
  },
});

/** A WebSocket of the host on another port than that of the page. */
function explainOtherPort(finding: Finding, url: URL): Finding {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (finding.ok)
    return {
      ...finding,
      note: `at port ${port}, not through IIS: the firewall rule and the certificate of the site do not apply to it`,
    };
  const problem = {
    why: `the page connects to port ${port} of the host, which does not go through IIS: ${finding.problem?.why ?? finding.seen}`,
    next: 'connect to the port of the page (location.host), and let the server take upgrades on the server that listens on PORT',
    symptom: 'other-port',
  };
  return { ...finding, problem };
}
