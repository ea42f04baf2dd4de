import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { span } from '../../amounts.js';
import type { Outcome } from '../../pipeline/index.js';
import { customErrorsAt, failure } from '../../pipeline/sections/index.js';
import { ClientWatch } from '../backend/client-watch.js';
import { cutOff } from '../backend/cut-off.js';
import { carrySocket, headersForClient, isReset, sendAnswer } from '../backend/forward-http.js';
import { EarlyBytes } from '../backend/raw-socket.js';
import { exchangeWatch, type RequestContext } from '../request/context.js';
import type { Answered } from './answered.js';
import { replacementPage } from './error-answer.js';
import { answerOf, headersForServer } from './routed-headers.js';

type Routed = Extract<Outcome, { kind: 'proxy' }>;

const module = 'ApplicationRequestRouting';

/** The other server was silent for longer than the proxy waits. */
class Silent extends Error {
  override readonly name = 'Silent';
}

/** Sends a request to another server of this machine, as Application Request Routing does (httpplatformhandler.md 10). */
export async function runRequestRouting(context: RequestContext, routed: Routed): Promise<Answered> {
  const { config, response } = context;
  const { host } = routed.url;
  reportProxied(context, routed.url.origin);
  if (customErrorsAt(config).existingResponse !== 'PassThrough') {
    const contentType = 'text/html; charset=utf-8';
    response.replaceError = (status) => ({ contentType, body: replacementPage(context, status, module) });
  }
  const exchange = new RoutedExchange(context, routed);
  try {
    await exchange.run();
    return undefined;
  } catch (error) {
    if (exchange.isOver) return undefined;
    if (response.headersSent) {
      cutOff(response);
      return undefined;
    }
    return failure(502, routed.webSocket && !isAbsent(error) ? 5 : 3, `${host} ${causeOf(error, routed)}`, { module });
  } finally {
    exchange.stop();
  }
}

/** The first server that the rules of each application lead to, of each host. */
const firstServers = new WeakMap<RequestContext['host'], Map<string, string>>();

/** Reports once what a server needs for it, and once what several servers need. */
function reportProxied({ host, site, config }: RequestContext, origin: string): void {
  const { path } = config.at.application;
  const app = `${site.name} ${path}`;
  const firsts = firstServers.get(host) ?? new Map<string, string>();
  firstServers.set(host, firsts);
  const first = firsts.get(app) ?? origin;
  firsts.set(app, first);
  host.emitOnce(`proxied ${app}`, {
    level: 'info',
    code: 'REQUEST_PROXIED',
    message: `A rule of ${path} sends requests to ${origin}. On the server that needs Application Request Routing with its proxy enabled: appcmd set config -section:system.webServer/proxy /enabled:true /commit:apphost. What it holds back of an answer there (responseBufferLimit: a stream needs 0) is not emulated: here each piece passes at once.`,
  });
  if (first === origin) return;
  host.emitOnce(`several servers ${app}`, {
    level: 'info',
    code: 'PROXIED_TO_SEVERAL',
    message: `Rules of ${path} send requests to several servers: ${first}, ${origin}. If these are copies of one app, a client that polls must stay with one of them: on the server a farm (webFarms) with client affinity does that, which is not emulated.`,
  });
}

/** One request between the client and the other server. */
class RoutedExchange {
  readonly #context: RequestContext;
  readonly #routed: Routed;
  readonly #client: ClientWatch;
  readonly #early: EarlyBytes | undefined;

  constructor(context: RequestContext, routed: Routed) {
    const { upgrade, incoming } = context;
    this.#context = context;
    this.#routed = routed;
    this.#client = new ClientWatch(upgrade?.socket ?? incoming.socket);
    this.#early = upgrade && new EarlyBytes({ socket: upgrade.socket, early: upgrade.early() });
  }

  /** The client has gone. */
  get isOver(): boolean {
    return this.#client.gone;
  }

  stop(): void {
    this.#client.stop();
    this.#early?.stop();
  }

  /** Resolves when the answer was sent, or the socket has closed. Rejects with what the connection says. */
  run(): Promise<void> {
    const { incoming, upgrade } = this.#context;
    const { url, settings } = this.#routed;
    return new Promise((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? https : http).request(url, {
        agent: false,
        method: incoming.method ?? 'GET',
        headers: headersForServer(this.#context, this.#routed),
      });
      sent.on('error', reject);
      this.#client.whenGone(() => {
        sent.destroy();
        resolve();
      });
      if (settings.timeout > 0) sent.setTimeout(settings.timeout, () => sent.destroy(new Silent()));
      sent.on('response', (answer) => this.#answer(answer).then(resolve, reject));
      sent.on('upgrade', (answer, socket, late) => this.#carry(sent, answer, socket, late).then(resolve, reject));
      const body = upgrade === undefined && hasBody(incoming) ? incoming : Readable.from([]);
      if (body === incoming) body.pipe(sent);
      else sent.end();
    });
  }

  #answer(answer: IncomingMessage): Promise<void> {
    const headers = answerOf(headersForClient(answer.rawHeaders, false), this.#context, this.#routed);
    return sendAnswer(answer, this.#context.response, headers);
  }

  async #carry(
    sent: ClientRequest,
    answer: IncomingMessage,
    socket: Parameters<typeof carrySocket>[0]['socket'],
    late: Buffer,
  ): Promise<void> {
    const { upgrade, response } = this.#context;
    if (upgrade === undefined || this.#early === undefined || !this.#routed.webSocket) {
      sent.destroy();
      throw new Error('answered 101 to a request that did not ask for a WebSocket');
    }
    if (answer.headers['sec-websocket-extensions'] !== undefined) this.#warnOfCompression();
    if (response.socket !== null) response.detachSocket(response.socket);
    this.#client.stop();
    const headers = answerOf(headersForClient(answer.rawHeaders, true), this.#context, this.#routed);
    await carrySocket({
      answer,
      socket,
      late,
      client: upgrade.socket,
      early: this.#early.take(),
      headers: [...headers, ...response.extraHeaders],
      flow: exchangeWatch(this.#context)?.opened(),
    });
  }

  /** Here the frames pass as they are (httpplatformhandler.md 10). */
  #warnOfCompression(): void {
    const { host } = this.#routed.url;
    this.#context.host.emitOnce(`compressed ${host}`, {
      level: 'warning',
      code: 'PROXIED_SOCKET_COMPRESSED',
      message: `${host} compresses the messages of its WebSockets, which Application Request Routing breaks on a server ("Invalid frame header"): write perMessageDeflate: false in its options.`,
    });
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  /^(?:ECONNREFUSED|ENOTFOUND|EADDRNOTAVAIL)$/.test('code' in error ? String(error.code) : '');

/** What comes after the name of the other server. */
function causeOf(error: unknown, { settings }: Routed): string {
  if (error instanceof Silent)
    return `did not answer within ${span(settings.timeout)} (timeout of system.webServer/proxy).`;
  if (isAbsent(error)) return 'does not answer: nothing listens there. Start the app at that port.';
  if (isReset(error)) return 'closed the connection before it answered.';
  return `did not answer as HTTP: ${error instanceof Error ? error.message : String(error)}.`;
}
