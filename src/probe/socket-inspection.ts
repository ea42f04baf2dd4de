import { generationAt, type PageClient } from './generations.js';
import { lookFromOrigin, type OriginFacts } from './origin-look.js';
import { endSession, packetsOf, postHeaders, sidOf } from './polls.js';
import { type PollFacts, type SocketFacts, sessionFactsOf } from './socket-facts.js';
import type { Handshake, SocketLook } from './socket-look.js';
import type { SocketTarget } from './socket-targets.js';
import { headersOfSocket } from './unread-credentials.js';
import { type SessionUpgrade, upgradeSession } from './upgrade-session.js';
import type { ProbeAnswer, Visitor } from './visitor.js';
import type { UpgradeOutcome } from './web-socket.js';
import { urlWithoutLogin } from './without-login.js';

export interface InspectionOptions {
  readonly sockets: SocketLook;
  readonly visitor: Visitor;
  readonly app: URL;
  /** ms for each answer. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly client: PageClient;
  /** The connection that was asked for. */
  readonly target: SocketTarget;
  /** A page's origin, from which the same is asked. */
  readonly origin: string | undefined;
  /** False: processes share the polls of a session, and a further session would say the same again. */
  readonly holdsSession: boolean;
  /** A WebSocket opened. */
  readonly hasWebSocket: boolean;
  /** The page's client upgrades its sessions. */
  readonly upgrades: boolean;
}

/** Looks closer at sockets that a handshake found, or did not find. It never throws for what the app does. */
export async function inspectSockets(handshake: Handshake, options: InspectionOptions): Promise<SocketFacts> {
  const { sockets, visitor, client, timeout, origin, target } = options;
  const url = sockets.url(handshake.path, 'polling', target);
  const root = new URL(url.pathname, url);
  const base = { url: urlWithoutLogin(root), client };
  const { session, kind } = handshake;
  if (kind === 'service' || kind === 'redirected' || kind === 'old') return base;
  if (session === undefined && handshake.finding.status !== undefined && !handshake.finding.ok) {
    const roots = options.target.paths
      .map((path) => sockets.url(path, 'polling'))
      .map((at) => new URL(at.pathname, at));
    const generation = await generationAt(roots, client.protocol, { visitor, timeout });
    return { ...base, ...(generation && { generation }) };
  }
  const seen = origin === undefined ? undefined : await fromOrigin(origin, handshake, options);
  const withOrigin = { ...base, ...(seen && { origin: seen }) };
  const firefox = options.hasWebSocket ? await asFirefox(handshake, options) : undefined;
  const withBrowsers = { ...withOrigin, ...(firefox && { firefox }) };
  if (session === undefined) return withBrowsers;
  const facts = { ...withBrowsers, session: sessionFactsOf(session, visitor.jar.names) };
  return options.holdsSession ? { ...facts, ...(await ofOneSession(handshake, url, options)) } : facts;
}

function fromOrigin(
  origin: string,
  { path, session, protocol }: Handshake,
  { sockets, visitor, timeout, target }: InspectionOptions,
): Promise<OriginFacts> {
  return lookFromOrigin(origin, {
    visitor,
    timeout,
    polling: session && sockets.url(path, 'polling', target),
    webSocket: sockets.url(path, 'websocket', target),
    open: (at, from) => sockets.openAs(at, protocol, { origin: from, headers: headersOfSocket(target) }),
  });
}

/** iisnode compares the header Connection as a whole, and Firefox sends two words there (symptoms.md S07). */
async function asFirefox(
  { path, protocol }: Handshake,
  { sockets, target }: InspectionOptions,
): Promise<UpgradeOutcome & { readonly url: string }> {
  const url = sockets.url(path, 'websocket', target);
  const headers = headersOfSocket(target);
  const outcome = await sockets.openAs(url, protocol, { connection: 'keep-alive, Upgrade', headers });
  return { ...outcome, url: urlWithoutLogin(url).replace(/^http/, 'ws') };
}

/** A session of its own: its first poll and its upgrade, as a client begins. */
async function ofOneSession(
  handshake: Handshake,
  url: URL,
  options: InspectionOptions,
): Promise<Pick<SocketFacts, 'poll' | 'upgrade'>> {
  const { visitor, app, timeout, upgrades } = options;
  const opened = await visitor.fetch(url, { timeout, headers: { referer: app.href } }).catch(() => undefined);
  const sid = opened?.status === 200 ? sidOf(opened.body) : undefined;
  if (opened === undefined || sid === undefined) return {};
  const poll = await firstPoll(opened, sid, options);
  const upgrade = upgrades && handshake.offersUpgrade ? await upgradeOf(handshake.path, sid, options) : undefined;
  await endSession(opened, sid, visitor, timeout);
  return { ...(poll && { poll }), ...(upgrade && { upgrade }) };
}

/** Sends what every server of socket.io answers (a CONNECT; Engine.IO 3: a ping), and polls for that answer. */
async function firstPoll(
  opened: ProbeAnswer,
  sid: string,
  { visitor, timeout }: InspectionOptions,
): Promise<PollFacts | undefined> {
  const url = new URL(opened.url);
  url.searchParams.set('sid', sid);
  const body = packetsOf(opened.body).asks;
  const sent = await visitor
    .fetch(url, { method: 'POST', body, timeout, headers: postHeaders(url) })
    .catch(() => undefined);
  if (sent?.status !== 200) return undefined; // the polls of a session have shown why
  const found = { url: urlWithoutLogin(url), encoding: '', bytes: 0 };
  try {
    const answer = await visitor.fetch(url, { timeout, headers: { 'accept-encoding': 'gzip, deflate, br' } });
    const declared = Number(answer.headers['content-length'] ?? answer.bytes);
    const isWhole = answer.bytes > 0 && answer.bytes >= declared;
    const encoding = String(answer.headers['content-encoding'] ?? '');
    const because = isWhole ? undefined : `only ${answer.bytes} bytes of the answer came`;
    return { ...found, status: isWhole ? answer.status : undefined, because, encoding, bytes: answer.bytes };
  } catch (error) {
    return { ...found, status: undefined, because: error instanceof Error ? error.message : String(error) };
  }
}

async function upgradeOf(
  path: string,
  sid: string,
  { sockets, visitor, app, timeout, signal, target }: InspectionOptions,
): Promise<SessionUpgrade & { readonly url: string }> {
  const url = sockets.url(path, 'websocket', target);
  url.searchParams.set('sid', sid);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const { jar, lookup, traffic, certificateOf } = visitor;
  const asked = {
    timeout,
    signal,
    origin: app.origin,
    cookie: jar.headerFor(url),
    lookup,
    certificate: certificateOf(url),
  };
  const outcome = await traffic.upgrade(url, () => upgradeSession(url, asked));
  const upgraded = outcome.kind === 'failed' ? { isOpen: false, ...outcome } : outcome;
  return { ...upgraded, url: urlWithoutLogin(url) };
}
