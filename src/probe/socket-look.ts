import { withoutEnd } from '../trimmed.js';
import { iisnodeSock } from '../typed-command.js';
import { otherProtocol } from './client-script.js';
import { asksForLogin, authorOf, type Explanation, engineCode, explainAnswer, explainNoAnswer } from './explain.js';
import { describeAnswer, type Finding, useLoader } from './finding.js';
import { asksGeneration, type PageClient } from './generations.js';
import { explainLostSession, explainRefusedPost, noUsableSession, pollSession, protocolOf, sidOf } from './polls.js';
import { explainStop, noteOfStop } from './redirects.js';
import { exampleService, explainService, leavesToService, type Service } from './service.js';
import { type AnswerSigns, signsOf } from './signs.js';
import type { SocketTarget } from './socket-targets.js';
import { headersOfSocket, unreadNote, unreadRefusal } from './unread-credentials.js';
import { upgradeFinding } from './upgrade-finding.js';
import type { ProbeAnswer, Visitor } from './visitor.js';
import { openSocket, type UpgradeOptions, type UpgradeOutcome } from './web-socket.js';

/** What a handshake showed. */
export interface Handshake {
  readonly finding: Finding;
  /** The path that was asked. */
  readonly path: string;
  /**
   * `open`: socket.io answers; `refused`: socket.io, or the app in front of it, does not want this visitor; `redirected`: to an address
   * that is not asked; `service`: clients go elsewhere; `old`: socket.io 0.9, for the client of 0.9 that the page has; `none`: no socket.io.
   */
  readonly kind: 'open' | 'refused' | 'redirected' | 'service' | 'old' | 'none';
  /** The answer that opened a session over polling. */
  readonly session?: ProbeAnswer;
  readonly protocol: 3 | 4;
  /** False: the server offers no upgrade to a session over polling. */
  readonly offersUpgrade: boolean;
}

export interface SocketLookOptions {
  readonly visitor: Visitor;
  readonly app: URL;
  /** Whom clients connect to in place of the app. */
  readonly service: Service | undefined;
  /** ms for each answer. */
  readonly timeout: number;
  readonly eventTimeout: number;
  readonly signal: AbortSignal | undefined;
  readonly client: PageClient;
  /** The page is on another host by now. */
  readonly isElsewhere: boolean;
}

/** ms to wait for the first event of a further namespace. */
const furtherEvent = 250;

/** Looks at the sockets of an app: handshake, polls of a session, WebSocket. It never throws for what the app does. */
export class SocketLook {
  readonly #options: SocketLookOptions;
  readonly #visitor: Visitor;
  readonly #timeout: number;

  constructor(options: SocketLookOptions) {
    this.#options = options;
    this.#visitor = options.visitor;
    this.#timeout = options.timeout;
  }

  /** Asks at each path in turn until socket.io answers; else what the first one showed. */
  async handshake(target: SocketTarget): Promise<Handshake> {
    let first: Handshake | undefined;
    for (const path of target.paths) {
      const found = await this.#handshakeAt(path, target);
      if (found.kind !== 'none') return found;
      first ??= found;
      if (found.finding.status === undefined) break; // each further question costs as long again
    }
    return first ?? this.#handshakeAt('/socket.io', target);
  }

  async #handshakeAt(path: string, target: SocketTarget): Promise<Handshake> {
    const { service } = this.#options;
    const base = { path, protocol: this.#options.client.protocol, offersUpgrade: true } as const;
    if (service?.isExample === true) {
      const { href } = this.url(path, 'websocket');
      const finding = { url: href, status: undefined, ok: false, seen: 'not asked', problem: exampleService };
      return { ...base, kind: 'service', finding };
    }
    const old = await this.#oldSession(path);
    if (old !== undefined) return { ...base, kind: 'old', finding: old };
    const asked = await this.#askForSession(path, target);
    if (asked.kind !== 'none') return { ...base, ...asked };
    const { finding } = asked;
    const without = await this.#withoutHandshake(path, finding, target);
    if (without !== undefined) {
      const isWanted = target.transports?.[0] === 'polling';
      return isWanted
        ? { ...base, ...this.#withoutPolling(finding, target) }
        : { ...base, kind: 'open', finding: without };
    }
    return { ...base, kind: 'none', finding: this.#toldOfService(finding) };
  }

  /** A client of socket.io 0.9 asks in another way; whether it is answered is all that is looked at. */
  async #oldSession(path: string): Promise<Finding | undefined> {
    const { client, service } = this.#options;
    if (!client.isOld || service !== undefined) return undefined;
    const root = this.url(path, 'polling');
    const found = await asksGeneration(new URL(root.pathname, root), 0, {
      visitor: this.#visitor,
      timeout: this.#timeout,
    });
    const note = 'socket.io 0.9, as its client: only the handshake was checked';
    return found && { url: found.url, status: 200, ok: true, seen: 'a session of socket.io 0.9', note };
  }

  async #askForSession(
    path: string,
    target: SocketTarget,
  ): Promise<Pick<Handshake, 'kind' | 'finding'> & Partial<Handshake>> {
    const url = this.url(path, 'polling', target);
    url.searchParams.set('t', Date.now().toString(36));
    let answer: ProbeAnswer;
    try {
      // As browsers do: socket.io 2 judges it where there is no Origin (its option `origins`).
      const headers = { referer: this.#options.app.href };
      answer = await this.#visitor.fetch(url, { timeout: this.#timeout, headers });
    } catch (error) {
      const finding = {
        url: url.href,
        status: undefined,
        ok: false,
        seen: 'no answer',
        problem: explainNoAnswer(error),
      };
      return { kind: 'none', finding };
    }
    const base = { url: answer.url.href, status: answer.status };
    const protocol = answer.status === 200 ? protocolOf(answer.body) : undefined;
    if (protocol !== undefined && sidOf(answer.body) === undefined) {
      return { kind: 'none', finding: { ...base, ok: false, seen: describeAnswer(answer), problem: noUsableSession } };
    }
    if (protocol !== undefined) {
      const offersUpgrade = answer.body.includes('"websocket"');
      const seen = `Engine.IO ${protocol} session, ${offersUpgrade ? 'offers the upgrade to websocket' : 'polling only'}`;
      const problem = otherProtocol(this.#options.client, protocol);
      const finding = { ...base, ok: problem === undefined, seen, ...(problem && { problem }) };
      return { kind: 'open', finding, session: answer, protocol, offersUpgrade };
    }
    const { stop } = answer;
    if (stop !== undefined) {
      const problem = explainStop(stop, url, this.#options.isElsewhere);
      const seen = `HTTP ${answer.status}, redirects to ${stop.to.href}`;
      if (problem !== undefined) return { kind: 'none', finding: { ...base, ok: false, seen, problem } };
      return { kind: 'redirected', finding: { ...base, ok: true, seen, ...noteOfStop(stop) } };
    }
    if (leavesToService(answer)) {
      const seen =
        'clients are sent to a service (Web PubSub), whose address only the code of the page knows: not tried';
      return { kind: 'service', finding: { ...base, ok: true, seen } };
    }
    const code = engineCode(answer.body);
    if (answer.status === 400 && code === 0) return this.#withoutPolling(base, target);
    const note =
      (await this.#ownRefusal(answer, code)) ?? (code === undefined ? unreadRefusal(answer, target) : undefined);
    if (note !== undefined)
      return { kind: 'refused', finding: { ...base, ok: true, seen: describeAnswer(answer), note } };
    const problem = explainAnswer(answer, 'handshake');
    const finding = { ...base, ok: false, seen: describeAnswer(answer), problem, signs: signsOfAnswer(answer) };
    if (code !== undefined) return { kind: 'open', finding: askedBy(finding, target) };
    return { kind: 'none', finding: askedBy(this.#outside(finding, url), target) };
  }

  /** A path that is not below the app's does not come to it. */
  #outside(finding: Finding, { pathname }: URL): Finding {
    const { app, service } = this.#options;
    if (service !== undefined || pathname.startsWith(app.pathname)) return finding;
    const path = pathname.replace(/\/$/, '');
    const problem: Explanation = {
      why: `${finding.problem?.why ?? finding.seen}: ${path} is outside of the app, which is at ${app.pathname}`,
      next: `set the path in the client, io({ path: '${app.pathname.replace(/\/$/, '')}${path}' })${useLoader}, or give the app a site of its own`,
      symptom: 'path-virtual-dir',
    };
    return { ...finding, problem };
  }

  /** Polling is off: right unless the client of the page begins with it. */
  #withoutPolling(
    { url, status }: Pick<Finding, 'url' | 'status'>,
    target: SocketTarget,
  ): Pick<Handshake, 'kind' | 'finding'> {
    const { transports, askedBy: client = 'the page' } = target;
    const base = { url, status };
    const seen = 'polling is off: websocket only';
    if (transports === undefined || transports[0] !== 'polling') {
      return { kind: 'open', finding: { ...base, ok: true, seen } };
    }
    const problem: Explanation = {
      why: `the client (${client}) begins with polling, which the server refuses: it never connects`,
      next: `transports: ['websocket'] in the client, or polling in the server as well; then: ${iisnodeSock} doctor`,
      symptom: 'transports',
    };
    return { kind: 'open', finding: { ...base, ok: false, seen, problem } };
  }

  /** Why the app itself does not want this visitor; undefined when it is not the app that refuses, or not for a reason of its own. */
  async #ownRefusal(answer: ProbeAnswer, code: number | undefined): Promise<string | undefined> {
    const { status, body, headers, url } = answer;
    if (code === 3 || code === 4) {
      const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? '';
      return refusedByEngine(`code ${code}: ${message}`);
    }
    const isSignIn = /\b(Negotiate|NTLM)\b/i.test(String(headers['www-authenticate'] ?? ''));
    if ((status !== 401 && status !== 403) || isSignIn || authorOf(body) === 'iis') return undefined;
    if (asksForLogin(answer)) return `the app asks every visitor for a login (401); nothing further can be checked`;
    // IIS may have put a page of its own in place of the words: Engine.IO asks for the transport first, then allowRequest.
    const nonsense = new URL(url);
    nonsense.searchParams.set('transport', 'none');
    const without = await this.#visitor.fetch(nonsense, { timeout: this.#timeout }).catch(() => undefined);
    if (status === 403 && without?.status === 400) return refusedByEngine('code 4: forbidden');
    // Middleware of the engine, or a guard in front of everything? Then another path is refused in the same way.
    const other = new URL(`${withoutEnd(url.pathname, '/')}-is-not-here/`, url);
    const elsewhere = await this.#visitor.fetch(other, { timeout: this.#timeout }).catch(() => undefined);
    if (elsewhere === undefined || elsewhere.status === status) return undefined;
    return `the app refuses this visitor with ${status}, only at this path: it requires a login; nothing else can be checked`;
  }

  /**
   * Does it not matter that the handshake over polling fails, mostly since the WebSocket opens? IIS may put a page of its own in place of the words that say why polling is refused (httpErrors, existingResponse);
   * what a service says to who polls is its own affair; and a client that begins with the WebSocket never polls.
   */
  async #withoutHandshake(path: string, finding: Finding, target: SocketTarget): Promise<Finding | undefined> {
    const { transports } = target;
    const isWebSocketClient = transports?.[0] === 'websocket';
    const mayBeOff =
      finding.status === 400 ||
      (finding.status !== undefined && (this.#options.service !== undefined || isWebSocketClient));
    if (!mayBeOff) return undefined;
    const { kind } = await this.#open(
      this.url(path, 'websocket', target),
      this.#timeout,
      this.#options.client.protocol,
      '/',
      { headers: headersOfSocket(target) },
    );
    const opens = kind === 'open';
    if (!opens && !(isWebSocketClient && finding.status === 400)) return undefined;
    const { problem: _, ...rest } = finding;
    const then = opens
      ? ', and the WebSocket opens: websocket only'
      : ', with which the client does not begin: the WebSocket decides';
    return { ...rest, ok: true, seen: `polling is refused (${rest.status})${then}` };
  }

  /** What fails at a service is no fault of IIS. */
  #toldOfService(finding: Finding): Finding {
    const { problem, status } = finding;
    const { service } = this.#options;
    if (service === undefined || problem === undefined) return finding;
    return { ...finding, problem: explainService(service, status, problem.why) };
  }

  /** Where socket.io is asked at a path, as the client does. */
  url(path: string, transport: 'polling' | 'websocket', asked: Pick<SocketTarget, 'sent' | 'hasSlash'> = {}): URL {
    const { service, app, client } = this.#options;
    const { sent: { query = {} } = {}, hasSlash = true } = asked;
    const folder = `${path === '/' ? '' : path}${hasSlash ? '/' : ''}`;
    const url = new URL(`${folder}?EIO=${client.protocol}&transport=${transport}`, service?.endpoint ?? app);
    for (const [name, value] of Object.entries(query)) {
      if (!url.searchParams.has(name)) url.searchParams.set(name, value);
    }
    return url;
  }

  async polls(session: ProbeAnswer, count: number): Promise<Finding> {
    const base = { url: session.url.href, status: undefined };
    try {
      const outcome = await pollSession(session, this.#visitor, { count, timeout: this.#timeout });
      if (outcome === undefined) return { ...base, ok: true, seen: 'no session to ask for' };
      const { known, unknown, other, cookies } = outcome;
      if (unknown > 0) {
        const seen = `${unknown} of ${count} answered 400 "Session ID unknown"`;
        return { ...base, ok: false, seen, problem: explainLostSession(cookies, session.headers) };
      }
      if (other === undefined) return { ...base, status: 200, ok: true, seen: `${known} of ${count} answered` };
      const problem = explainRefusedPost(other) ?? explainAnswer(other, 'handshake');
      return {
        ...base,
        status: other.status,
        ok: false,
        seen: describeAnswer(other),
        problem,
        signs: signsOfAnswer(other),
      };
    } catch (error) {
      return { ...base, ok: false, seen: 'no answer', problem: explainNoAnswer(error) };
    }
  }

  /** A further WebSocket, as a page of another origin, or another browser, opens it. */
  openAs(url: URL, protocol: 3 | 4, as: Pick<UpgradeOptions, 'connection' | 'headers'> & { origin?: string }) {
    return this.#open(url, this.#timeout, protocol, '/', { ...as, most: furtherEvent });
  }

  #open(
    url: URL,
    timeout: number,
    protocol: UpgradeOptions['protocol'],
    namespace: string,
    { most, origin, ...sent }: Sent = {},
  ): Promise<UpgradeOutcome> {
    const { service, app, signal } = this.#options;
    const eventTimeout = Math.min(this.#options.eventTimeout, most ?? Number.POSITIVE_INFINITY);
    const { protocol: scheme } = service?.endpoint ?? app;
    const there = new URL(url);
    there.protocol = scheme === 'https:' ? 'wss:' : 'ws:';
    const { jar, lookup, traffic, certificateOf } = this.#visitor;
    const asked = { protocol, namespace, timeout, eventTimeout, signal, lookup, ...sent };
    const [cookie, certificate] = [jar.headerFor(there), certificateOf(there)];
    return traffic.upgrade(there, () =>
      openSocket(there, { ...asked, origin: origin ?? app.origin, cookie, certificate }),
    );
  }

  /** A plain WebSocket at a URL of the app. `isGuess`: it is not likely to be there, and not waited for long. */
  async plainUpgrade(url: URL, isGuess = false): Promise<Finding> {
    const timeout = isGuess ? Math.min(this.#timeout, 3_000) : this.#timeout;
    const found = upgradeFinding(url, await this.#open(url, timeout, 'plain', '/'), { isPlain: true });
    const { app } = this.#options;
    if (found.problem === undefined || url.pathname.startsWith(app.pathname) || url.host !== app.host) return found;
    const problem: Explanation = {
      why: `${found.problem.why}: ${url.pathname} is outside of the app, which is at ${app.pathname}`,
      next: `write the address in the page relative (new URL('${url.pathname.slice(1)}', document.baseURI)), or give the app a site of its own`,
      symptom: 'path-virtual-dir',
    };
    return { ...found, problem };
  }

  /** The WebSocket of a client of the page, behind its handshake. `isFurther`: its first event is not waited for long. */
  async upgrade(target: SocketTarget, handshake: Handshake, isFurther: boolean): Promise<Finding> {
    const { namespace, transports } = target;
    const { path, protocol, kind, offersUpgrade } = handshake;
    const url = this.url(path, 'websocket', target);
    const named = namespace === '/' ? {} : { namespace, of: `of ${namespace}` };
    const notAsked = (seen: string): Finding => ({ url: url.href, status: undefined, ok: true, seen, ...named });
    if (transports !== undefined && !transports.includes('websocket')) {
      return notAsked("not tried: the page's client uses polling alone");
    }
    if (!offersUpgrade && transports?.[0] !== 'websocket')
      return notAsked('not offered: the server allows only polling');
    const isAbsent = kind === 'none' && this.#options.service === undefined;
    // A server that does not know the path may leave an upgrade without any answer: no long wait where that is likely.
    const timeout = isAbsent ? Math.min(this.#timeout, 3_000) : this.#timeout;
    const outcome = await this.#open(url, timeout, protocol, namespace, {
      most: isFurther ? furtherEvent : undefined,
      headers: headersOfSocket(target),
      auth: target.sent?.auth,
    });
    const { status = 500 } = handshake.finding;
    const context = { isPlain: false, isAbsent, isAlive: status < 500, namespace, askedBy: target.askedBy };
    const found = upgradeFinding(url, outcome, context);
    const finding = { ...this.#toldOfService(found), ...named, ...unreadNote(found, target) };
    if (finding.ok || kind !== 'refused') return finding;
    const { problem: _, ...rest } = finding;
    return { ...rest, ok: true, note: 'refused like the handshake: the app does not accept this visitor' };
  }
}

/** What an upgrade sends, and where it comes from. */
type Sent = Pick<UpgradeOptions, 'connection' | 'headers' | 'auth'> & {
  /** ms */
  readonly most?: number | undefined;
  readonly origin?: string;
};

const signsOfAnswer = ({ status, body, headers }: ProbeAnswer): AnswerSigns =>
  signsOf({ status, body, server: String(headers.server ?? '') });

const refusedByEngine = (reason: string): string =>
  `socket.io itself refuses this visitor (${reason}): allowRequest or a middleware requires more, for example a login; nothing else can be checked`;

/** Says which client asks, or which server is made, where that is known. */
function askedBy(finding: Finding, { askedBy: client, madeAt }: SocketTarget): Finding {
  const { problem } = finding;
  const said = client ? `the client in ${client} uses that path` : madeAt && `the server is created in ${madeAt}`;
  if (problem === undefined || said === undefined) return finding;
  return { ...finding, problem: { ...problem, why: `${problem.why} (${said})` } };
}
