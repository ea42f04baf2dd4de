import type { IncomingMessage } from 'node:http';
import { ConfigError, type SiteModel } from '../../config/index.js';
import { type ConfigSnapshot, type PathConfig, serverHeader } from '../../pipeline/index.js';
import {
  connectionTimeoutOf,
  type ListenPoint,
  serverConnectionTimeoutOf,
  siteFor,
} from '../../pipeline/sections/index.js';
import { cookUrl } from '../../rewrite/index.js';
import { detailedErrorPage, shortErrorPage } from '../errors/error-page.js';
import { faultEvent } from '../errors/fault-event.js';
import {
  type HostServices,
  headerPairs,
  type PendingUpgrade,
  type ProcessModules,
  type RequestContext,
} from '../request/context.js';
import { HostRequest } from '../request/host-request.js';
import { isEncrypted } from '../request/is-encrypted.js';
import { RequestWatch } from '../request/request-watch.js';
import type { IisResponse } from '../request/response.js';
import type { HostEvent, HostOptions } from '../types.js';
import type { ActiveRequests } from './active-requests.js';
import type { ClientRequest } from './client-request.js';
import { type Configuration, mostWaits } from './configuration.js';
import type { ListenerHooks } from './connection.js';
import { type HttpSysAnswer, httpSys, httpSysHeaders, httpSysPage } from './http-sys-answers.js';
import { type Pools, queueFull, RequestLimits } from './request-limits.js';
import { answerRefused, runPipeline } from './run-pipeline.js';

export interface DispatchOptions {
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly iisnode: HostServices['iisnode'];
  readonly httpPlatform: HostServices['httpPlatform'];
  /** With `listen`: the site that answers every Host header, the first one when not named. */
  readonly siteName: string | undefined;
  readonly listensForAll: boolean;
  readonly certificateFor: HostOptions['certificateFor'];
  worker(pool: string): ProcessModules;
  readonly pools: Pools;
  isStopped(kind: 'site' | 'apppool', name: string): boolean;
  emit(event: HostEvent): void;
  emitOnce(key: string, event: HostEvent): void;
  readonly onRequest: HostOptions['onRequest'];
  /** Has the watches of open sockets. */
  readonly sockets: Set<RequestWatch>;
  afterRequest(): void;
  /** Counts active ordinary requests. */
  readonly active: ActiveRequests;
}

/** One request at the listener. */
interface Arrived {
  readonly incoming: ClientRequest;
  readonly response: IisResponse;
  readonly point: ListenPoint;
  readonly upgrade: PendingUpgrade | undefined;
  readonly watch: RequestWatch | undefined;
}

/** Finds the site and the URL of each request, as HTTP.SYS does, and sends it through the pipeline. */
export function dispatcher(options: DispatchOptions): ListenerHooks {
  const services: HostServices = {
    environment: options.environment,
    iisnode: options.iisnode,
    httpPlatform: options.httpPlatform,
    worker: (pool) => options.worker(pool),
    emit: (event) => options.emit(event),
    emitOnce: (key, event) => options.emitOnce(key, event),
    watch: (file, script) => options.configuration.watchOverrides(file, script),
    newest: (config) => options.configuration.newest(config),
  };
  const limits = new RequestLimits(options.pools);
  const run = (incoming: ClientRequest, response: IisResponse, point: ListenPoint, upgrade?: PendingUpgrade): void => {
    const watch = options.onRequest === undefined ? undefined : new RequestWatch(options.onRequest, options.sockets);
    begin(0, { incoming, response, point, upgrade, watch });
  };
  const begin = (waits: number, arrived: Arrived): void => {
    const { incoming, response, upgrade, watch } = arrived;
    const context = contextFor({ options, host: services, limits }, arrived, waits < mostWaits);
    if (context === undefined) {
      watch?.refused(incoming, response.statusCode);
      return;
    }
    if (upgrade === undefined) options.active.enter();
    void goOn(waits, arrived, context);
  };
  /** The request's own end, whatever becomes of it. */
  const goOn = async (waits: number, arrived: Arrived, context: RequestContext | Promise<void>): Promise<void> => {
    try {
      try {
        if (context instanceof Promise) {
          await context;
          begin(waits + 1, arrived);
        } else {
          await runWithin(limits, context);
          if (context.carried === undefined) endOf(context);
          else informAtEnd(context, fault);
        }
      } finally {
        if (arrived.upgrade === undefined) options.active.leave();
        options.afterRequest();
      }
    } catch (error) {
      fault(error);
      arrived.response.destroy();
    }
  };
  const fault = (error: unknown): void => options.emit(faultEvent("in a client's connection, which was closed", error));
  return {
    request: run,
    upgrade: (incoming, response, pending, point) => run(incoming, response, point, pending),
    connectionTimeout: () => serverConnectionTimeoutOf(options.configuration.snapshot.model),
    fault,
    certificateFor: (point, serverName) => options.certificateFor?.(point, serverName),
  };
}

/** Runs a request unless its application has too many already. */
async function runWithin(limits: RequestLimits, context: RequestContext): Promise<void> {
  let entered: ReturnType<RequestLimits['enter']> | undefined;
  try {
    entered = limits.enter(context);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error; // the pipeline meets it too, and answers 500.19
  }
  if (typeof entered === 'object') return answerRefused(context, entered);
  try {
    await runPipeline(context);
  } finally {
    if (context.carried === undefined || entered === undefined) entered?.();
    else void context.carried.then(entered);
  }
}

/** What was decided is let go: else V8 keeps 1.9 kB of each request until the next full collection (docs/figures.md, "What limits serve"). */
function endOf(context: RequestContext): void {
  context.watch?.ended(context);
  context.decision = undefined;
}

/** A socket that is not watched keeps nothing of its request. */
function informAtEnd(context: RequestContext, fault: (error: unknown) => void): void {
  const { watch } = context;
  if (watch !== undefined) void context.carried?.then(() => watch.ended(context)).catch(fault);
}

interface Services {
  readonly options: DispatchOptions;
  readonly host: HostServices;
  readonly limits: RequestLimits;
}

/** A promise when the configuration is changing: the request starts again when it resolves. */
function contextFor(
  services: Services,
  arrived: Arrived,
  mayWait: boolean,
): RequestContext | Promise<void> | undefined {
  const { options, host } = services;
  const { incoming, response, point, upgrade, watch } = arrived;
  const { configuration } = options;
  const url = incoming.url ?? '/';
  const cooked = cookUrl(url);
  if ('error' in cooked) return refuse(response, httpSys.url);
  const local = isLocal(incoming);
  const common = mayWait ? configuration.settled() : undefined;
  if (common !== undefined) return queued(services, arrived, poolAt(options, arrived, cooked.path), common);
  if (configuration.failure !== undefined) return refuseAll(configuration, incoming, response, local);
  const { snapshot } = configuration;
  const site = siteOf(options, snapshot.model.sites, incoming, point);
  if (site === undefined) return refuse(response, httpSys.hostname);
  const config = pathConfigOf(snapshot, site, cooked.path);
  if (config === undefined) return refuse(response, httpSys.notFound);
  const settled = mayWait ? configuration.settled(site, cooked.path) : undefined;
  const { pool } = config.at.application;
  if (settled !== undefined) return queued(services, arrived, pool, settled);
  const timeout = connectionTimeoutOf(snapshot.model, site);
  if (incoming.socket.timeout !== timeout) incoming.socket.setTimeout(timeout);
  if (options.isStopped('apppool', pool)) return refuseStopped(options, pool, arrived);
  response.extraHeaders = serverHeader;
  return {
    incoming,
    request: new HostRequest(incoming, cooked.path, cooked.query, upgrade !== undefined),
    response,
    upgrade,
    host,
    snapshot,
    site,
    local,
    requestedPath: cooked.path,
    path: cooked.path,
    query: cooked.query,
    config,
    headers: headerPairs(incoming.rawHeaders),
    handler: undefined,
    watch,
    decision: undefined,
    carried: undefined,
  };
}

/** What waits for the configuration has no worker process yet: it is in the queue of its pool. */
function queued(
  { options, limits }: Services,
  { response }: Arrived,
  pool: string | undefined,
  settled: Promise<void>,
): Promise<void> | undefined {
  if (pool === undefined) return settled;
  if (limits.enterQueue(pool)) return settled.finally(() => limits.leaveQueue(pool));
  options.emitOnce(`queue ${pool}`, queueFull(pool, options.pools.settings(pool)?.queueLength ?? 0));
  return refuse(response, httpSys.unavailable);
}

/** The pool of a request by the configuration so far. */
function poolAt(options: DispatchOptions, { incoming, point }: Arrived, path: string): string | undefined {
  const { snapshot } = options.configuration;
  const site = siteOf(options, snapshot.model.sites, incoming, point);
  return site && pathConfigOf(snapshot, site, path)?.at.application.pool;
}

/** A load balancer that looks at connections alone must not take a 503 for an answer (loadBalancerCapabilities). */
function refuseStopped(options: DispatchOptions, pool: string, { incoming, response }: Arrived): undefined {
  if (options.pools.settings(pool)?.resetsConnections === true) incoming.socket.destroy();
  else refuse(response, httpSys.unavailable);
}

/** Undefined outside of all applications of a site that has none at its root: only their URLs are registered with HTTP.SYS. */
function pathConfigOf(snapshot: ConfigSnapshot, site: SiteModel, url: string): PathConfig | undefined {
  try {
    return snapshot.at(site, url);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function siteOf(
  options: DispatchOptions,
  sites: readonly SiteModel[],
  incoming: ClientRequest,
  point: ListenPoint,
): SiteModel | undefined {
  if (!options.listensForAll) {
    return siteFor(
      sites.filter((site) => !options.isStopped('site', site.name)),
      point,
      incoming.authority ?? incoming.headers.host ?? '',
    );
  }
  const name = options.siteName?.toLowerCase();
  return name === undefined ? sites[0] : sites.find((site) => site.name.toLowerCase() === name);
}

/** The test of iisnode and IIS for a local caller: both ends have the same address. */
function isLocal({ socket }: IncomingMessage): boolean {
  return socket.remoteAddress !== undefined && socket.remoteAddress === socket.localAddress;
}

/** An answer of HTTP.SYS itself, without a site or a module. */
function refuse(response: IisResponse, answer: HttpSysAnswer): undefined {
  const page = httpSysPage(answer);
  response.shouldKeepAlive = false;
  response.writeHead(answer.status, answer.reason, httpSysHeaders(page));
  response.end(page);
  return undefined;
}

function refuseAll(
  configuration: Configuration,
  incoming: IncomingMessage,
  response: IisResponse,
  local: boolean,
): undefined {
  const { failure } = configuration;
  if (failure === undefined) return undefined;
  const facts = {
    requestedUrl: `${isEncrypted(incoming.socket) ? 'https' : 'http'}://${incoming.headers.host ?? ''}${incoming.url ?? '/'}`,
    physicalPath: '',
    handler: 'Not yet determined',
  };
  const body = local ? detailedErrorPage(failure, facts) : shortErrorPage(failure.status);
  response.extraHeaders = serverHeader;
  response.writeHead(failure.status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
  return undefined;
}
