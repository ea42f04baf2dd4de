import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SiteModel } from '../../config/index.js';
import type { ConfigSnapshot, Decision, PathConfig } from '../../pipeline/index.js';
import type { HandlerChoice } from '../../pipeline/sections/index.js';
import type { ExchangeWatch } from '../backend/exchange-watch.js';
import type { PlatformModule } from '../httpplatform/index.js';
import type { IisnodeModule } from '../iisnode/types.js';
import type { HostEvent, HostOptions } from '../types.js';
import type { HostRequest } from './host-request.js';
import type { RequestWatch } from './request-watch.js';
import type { IisResponse } from './response.js';

/** The modules with processes of their own in the worker process of an application pool. */
export interface ProcessModules {
  readonly iisnode: IisnodeModule;
  readonly httpPlatform: PlatformModule;
}

/** What modules need from the host. */
export interface HostServices {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Settings of iisnode that replace the configured ones. */
  readonly iisnode?: HostOptions['iisnode'] | undefined;
  /** The same for HttpPlatformHandler. */
  readonly httpPlatform?: HostOptions['httpPlatform'] | undefined;
  /** The worker process of an application pool. */
  worker(pool: string): ProcessModules;
  emit(event: HostEvent): void;
  /** Once per snapshot and key, so that a busy client does not flood the log. */
  emitOnce(key: string, event: HostEvent): void;
  /** The file that a script's `configOverrides` names, existing or not: its change must reload the configuration. */
  watch(file: string, script: PathConfig): void;
  /** The same place in the newest configuration, once changes of its files have settled; undefined when its site was removed. */
  newest(config: PathConfig): PathConfig | undefined | Promise<PathConfig | undefined>;
}

/** A socket that asks for an upgrade. The request's response answers on it, unless a module detaches it and writes itself. */
export interface PendingUpgrade {
  readonly socket: Duplex;
  /** The bytes after the request's head that have arrived. Later ones are `data` events of the socket. */
  early(): Buffer;
}

/** One request in the host. `path`, `query`, `config`, `headers` and `handler` are the result of the stages (`takeOver`). */
export interface RequestContext {
  readonly incoming: IncomingMessage;
  readonly request: HostRequest;
  readonly response: IisResponse;
  readonly upgrade: PendingUpgrade | undefined;
  readonly host: HostServices;
  readonly snapshot: ConfigSnapshot;
  readonly site: SiteModel;
  /** Client and server address are equal: IIS's detailed errors, iisnode's IsLocalCall. */
  readonly local: boolean;
  /** The cooked path of the request target. */
  readonly requestedPath: string;
  /** The current URL: decoded path, raw query without '?'. */
  path: string;
  query: string;
  config: PathConfig;
  /** Header pairs as received, with what URL Rewrite set. */
  headers: readonly (readonly [string, string])[];
  handler: HandlerChoice | undefined;
  /** Set where the host's user is informed of requests. */
  readonly watch: RequestWatch | undefined;
  /** undefined until the stages have decided. */
  decision: Decision | undefined;
  /** Set where the request became a socket: resolves when it has closed. */
  carried: Promise<void> | undefined;
}

/** What a module informs of the request while a process answers it; undefined where requests are not watched. */
export function exchangeWatch(context: RequestContext): ExchangeWatch | undefined {
  const { watch } = context;
  return watch && { passedTo: (pid) => watch.passedTo(pid), opened: () => watch.opened(context) };
}

/** Copies the result of the stages to the context: the final URL and handler, and the headers set by rules. */
export function takeOver(context: RequestContext, decision: Decision): void {
  const { journey } = decision;
  context.decision = decision;
  context.path = journey.path;
  context.query = journey.query;
  context.config = journey.config;
  context.handler = journey.handler;
  const { rewritten } = journey;
  if (rewritten === undefined) return;
  const headers = Object.entries(rewritten.headers);
  if (headers.length > 0) context.headers = headers.reduce(withHeader, context.headers);
}

/** Replaces the first header of that name and removes the others, or adds it; the name keeps the client's spelling. */
function withHeader(
  headers: RequestContext['headers'],
  [name, value]: readonly [string, string],
): RequestContext['headers'] {
  const key = name.toLowerCase();
  const kept: (readonly [string, string])[] = [];
  let isSet = false;
  for (const pair of headers) {
    if (pair[0].toLowerCase() !== key) kept.push(pair);
    else if (!isSet) {
      kept.push([pair[0], value]);
      isSet = true;
    }
  }
  if (!isSet) kept.push([name, value]);
  return kept;
}

/** The header pairs of a message, in order of arrival, names as received. */
export function headerPairs(raw: readonly string[]): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}
