import type { Entry } from '../../app/index.js';
import type { Origin } from '../../config/index.js';
import type { RewriteRule, RuleStep } from '../../rewrite/index.js';
import { clientTarget } from '../../source/index.js';
import { meansSocketIo } from '../../webconfig/index.js';
import type { FileFacts } from './facts.js';
import type { Journey } from './journey.js';
import { allowedTransports } from './processes.js';
import { hasIisnodeHandler, isBehindProxy, socketFolder, usesSocketIo } from './realtime.js';

/** Where socket.io's requests end, and which rule is the reason. */
export type SocketRoute =
  /** They reach the program with the socket.io server; or there is nothing to check; or another rule of the doctor reports it. */
  | { readonly kind: 'fine' }
  /** No rule sends them there. `wouldBe` is a rule that was meant to but never matches, `input` the text its pattern is tested against. */
  | {
      readonly kind: 'missing';
      readonly url: string;
      readonly wouldBe: RewriteRule | undefined;
      readonly input: string;
      readonly end: Journey;
    }
  /** `rule` would do it, but `by` also applies and sends them elsewhere. */
  | {
      readonly kind: 'swallowed';
      readonly url: string;
      readonly rule: RewriteRule;
      readonly by: RewriteRule;
      readonly end: Journey;
    };

/** The effect of request filtering or httpRedirect on one of socket.io's requests, or of a handler that is not for its verb. */
export interface RefusedRequest {
  readonly method: string;
  readonly url: string;
  readonly by: 'requestFiltering' | 'httpRedirect' | 'handler';
  readonly detail: string;
  readonly origin: Pick<Origin, 'file' | 'line'> | undefined;
}

const fine: SocketRoute = { kind: 'fine' };
/** Not the client's script, which is asked for. */
const program = /(?<!(?:^|\/)socket\.io)\.(c|m)?[jt]s$/i;
/** What differs from client to client, and from one address of the site to another. */
const ofClient =
  /\{(REMOTE_\w+|LOGON_USER|AUTH_\w+|LOCAL_ADDR|SERVER_NAME|SERVER_PORT|CACHE_URL|HTTP_(HOST|COOKIE|USER_AGENT|REFERER|AUTHORIZATION|X_FORWARDED_(FOR|HOST)|X_ARR_CLIENT\w*|ACCEPT_LANGUAGE))\}/i;
const wholePath = /\{(REQUEST_URI|URL|PATH_INFO|SCRIPT_NAME|HTTP_URL|UNENCODED_URL)\}/i;

/** For an app: is this rule meant for socket.io's requests, at the path that its server has? */
export function meantForSocketIo(facts: FileFacts): (rule: Pick<RewriteRule, 'match' | 'conditions'>) => boolean {
  const folder = socketFolder(facts);
  return (rule) => meansSocketIo(rule, folder);
}

/** Programs that contain a socket.io server. */
export function socketEntries(facts: FileFacts): Entry[] {
  return facts.entries.filter((entry) =>
    facts.query
      .scriptsOf(entry)
      .some(
        (script) =>
          script.sockets.servers.length > 0 ||
          script.context?.modules.some(({ specifier }) => specifier === 'socket.io'),
      ),
  );
}

/** The requests socket.io's client makes, relative to the app. */
export function socketUrls(facts: FileFacts): string[] {
  const folder = socketFolder(facts);
  return [`${folder}/?EIO=4&transport=websocket`, `${folder}/socket.io.js`];
}

/**
 * The handshakes of the clients behind a reverse proxy: there they may ask at another path than the server has, because rules change it.
 * Without a client that is known, undefined.
 */
function askedThroughProxy({ pages, vdirPath }: FileFacts): readonly string[] | undefined {
  const clients = pages.flatMap((page) => page.clients).filter((client) => clientTarget(client) === 'here');
  const start = vdirPath && vdirPath.path !== '/' ? `${vdirPath.path}/` : '/';
  const paths = clients.flatMap(({ options: { path, known } }) => {
    const value = path?.value;
    if (value === undefined) return known ? ['/socket.io'] : [];
    return value.kind === 'literal' ? [String(value.value).replace(/\/$/, '')] : [];
  });
  const below = paths.filter((each) => each.startsWith(start) && each.length > start.length);
  return below.length === 0 ? undefined : below.map((each) => `${each.slice(start.length)}/?EIO=4&transport=websocket`);
}

/** A request that reaches iisnode, and with it the program that has the socket.io server when we know which. */
function reachesSocketServer(journey: Journey, facts: FileFacts): boolean {
  if (isBehindProxy(facts)) return journey.rewrite.kind === 'proxy';
  if (!journey.isIisnode) return false;
  const wanted = socketEntries(facts).map(({ name }) => name.toLowerCase());
  // A missing program is reported by ENTRY_FILE_MISSING.
  const others = facts.entries
    .filter(({ exists }) => exists)
    .map(({ name }) => name.toLowerCase())
    .filter((name) => !wanted.includes(name));
  const target = (journey.target ?? '').toLowerCase();
  return wanted.length === 0 || !others.includes(target);
}

function lastActor(journey: Journey, besides: RewriteRule): RewriteRule | undefined {
  return journey.applied.map(({ rule }: RuleStep) => rule).findLast((rule) => rule !== besides);
}

/** May a rule apply to some clients only, such as one for maintenance that lets the administrators in? */
function dependsOnClient({ vdirPath }: FileFacts, { conditions }: RewriteRule): boolean {
  return conditions.some(
    // An assumed vdir path proves nothing of a condition on the whole path.
    ({ input = '' }) => ofClient.test(input) || (vdirPath === undefined && wholePath.test(input)),
  );
}

function routeOf(facts: FileFacts, relativeUrl: string, end = facts.query.journey(relativeUrl)): SocketRoute {
  const { site } = facts;
  if (!site || !end || end.rewrite.kind === 'error' || refusalOf(end) !== undefined || reachesSocketServer(end, facts))
    return fine;
  // A rule sends them to a program without a handler: REWRITE_TARGET_UNHANDLED reports it.
  if (!end.isIisnode && end.rewrite.kind === 'rewrite' && program.test(end.target ?? '')) return fine;
  const rules = (site.rewrite?.rules ?? []).filter(({ enabled }) => enabled);
  const alone = (rule: RewriteRule): Journey | undefined => facts.query.journeyWith([rule], relativeUrl);
  const able = rules
    .filter((rule) => rule.action.type === 'Rewrite')
    .filter((rule) => {
      const journey = alone(rule);
      return journey !== undefined && journey.applied.length > 0 && reachesSocketServer(journey, facts);
    });
  const isMeant = meantForSocketIo(facts);
  const rule = able.find(isMeant) ?? able[0];
  const by = rule
    ? lastActor(end, rule)
    : rules.find((candidate) => isMeant(candidate) && candidate.action.type === 'Redirect');
  if (by && dependsOnClient(facts, by)) return fine;
  if (by && (rule ?? by.action.type === 'Redirect'))
    return { kind: 'swallowed', url: end.url, rule: rule ?? by, by, end };
  const forSome = rules
    .filter(({ action }) => action.type === 'Rewrite')
    .filter((candidate) => dependsOnClient(facts, candidate))
    .map((candidate) => alone({ ...candidate, conditions: [] }));
  if (forSome.some((journey) => journey?.applied.length === 1 && reachesSocketServer(journey, facts))) return fine;
  // By its pattern, which is then what to correct.
  const wouldBe = rules.find(({ match, action }) => action.type === 'Rewrite' && isMeant({ match, conditions: [] }));
  const step = wouldBe && alone(wouldBe)?.rules[0];
  return {
    kind: 'missing',
    url: end.url,
    wouldBe: step?.verdict === 'applied' ? undefined : wouldBe,
    input: step?.input ?? relativeUrl,
    end,
  };
}

function refusalOf({ outcome }: Journey): Omit<RefusedRequest, 'method' | 'url'> | undefined {
  if (outcome.kind === 'error' && outcome.failure.module === 'RequestFilteringModule') {
    const { status, subStatus, detail, origin } = outcome.failure;
    return { by: 'requestFiltering', detail: `${status}.${subStatus}: ${detail}`, origin };
  }
  if (outcome.kind !== 'redirect' || outcome.by !== 'http-redirect') return undefined;
  return { by: 'httpRedirect', detail: `${outcome.status} to ${outcome.location}`, origin: undefined };
}

/** The first of socket.io's requests that request filtering or httpRedirect answers, polling's POST included. */
export function refusedSocketRequest(facts: FileFacts): RefusedRequest | undefined {
  if (!usesSocketIo(facts) || !hasIisnodeHandler(facts)) return undefined;
  const polling = `${socketFolder(facts)}/?EIO=4&transport=polling&t=OX2bKfy&sid=Ck0d2vZQzwJ6lL3nAAAB`;
  const requests = [...socketUrls(facts), polling].map((url) => ['GET', url] as const);
  for (const [method, url] of [...requests, ['POST', polling] as const]) {
    const end = facts.query.journey(url, { method });
    const refusal = end && refusalOf(end);
    if (refusal === undefined) continue;
    const redirect =
      refusal.by === 'httpRedirect' ? facts.query.section('system.webServer/httpRedirect', end?.target) : undefined;
    return { method, url: end?.url ?? url, ...refusal, origin: refusal.origin ?? redirect?.origin('enabled') };
  }
  return postWithoutHandler(facts, polling);
}

/** verb="GET" in the handler of node: a client that polls sends by POST. */
function postWithoutHandler(facts: FileFacts, polling: string): RefusedRequest | undefined {
  const transports = allowedTransports(facts);
  if (transports !== undefined && !transports.includes('polling')) return undefined;
  const got = facts.query.journey(polling);
  const sent = facts.query.journey(polling, { method: 'POST' });
  const handler = got?.isIisnode === true ? got.handler : undefined;
  if (handler === undefined || sent === undefined || sent.isIisnode || sent.path !== got?.path) return undefined;
  const detail = `handler "${handler.name}" is for verb="${handler.verb}"`;
  return { method: 'POST', url: sent.url, by: 'handler', detail, origin: handler.origin };
}

/** Checks the handshake and the client script; returns the first that fails. */
export function socketRoute(facts: FileFacts): SocketRoute {
  if (!usesSocketIo(facts)) return fine;
  if (isBehindProxy(facts)) return routeThroughProxy(facts);
  if (!hasIisnodeHandler(facts)) return fine;
  for (const url of socketUrls(facts)) {
    const route = routeOf(facts, url);
    if (route.kind !== 'fine') return route;
  }
  // By http, where a redirect to https comes after the rule for node: it leads to the URL of the program.
  for (const url of socketUrls(facts)) {
    const end = facts.query.journey(url, { address: { scheme: 'http', host: 'localhost' } });
    const isRewritten = end?.applied.some(({ rule }) => rule.action.type === 'Rewrite') ?? false;
    if (end?.rewrite.kind === 'redirect' && isRewritten) return routeOf(facts, url, end);
  }
  return fine;
}

/** Without a client that is known nothing says that sockets come through IIS, unless a rule is there for them. */
function routeThroughProxy(facts: FileFacts): SocketRoute {
  const asked = askedThroughProxy(facts);
  const [handshake] = socketUrls(facts);
  const urls = asked ?? (handshake === undefined ? [] : [handshake]);
  const routes = urls.map((url) => routeOf(facts, url));
  return routes.find(({ kind }) => kind === 'swallowed' || (kind === 'missing' && asked !== undefined)) ?? fine;
}
