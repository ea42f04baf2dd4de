import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SiteModel } from '../../config/index.js';
import type { IisnodeModule } from '../iisnode/types.js';
import type { IisResponse } from '../listener/response.js';
import type { HandlerChoice } from '../stages/handler-mapping.js';
import type { HostEvent } from '../types.js';
import type { ConfigSnapshot, PathConfig } from './path-config.js';

/** What modules need of the host around them. */
export interface HostServices {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The iisnode module of an application pool's worker process. */
  worker(pool: string): IisnodeModule;
  emit(event: HostEvent): void;
  /** Once for each snapshot and key, so that a busy client does not flood the log. */
  emitOnce(key: string, event: HostEvent): void;
  /** A file beside the configuration whose change must reload it, such as iisnode.yml. */
  watch(file: string): void;
}

/** A socket that asks for an upgrade. The request's response answers on it, unless a module detaches it and writes itself. */
export interface PendingUpgrade {
  readonly socket: Duplex;
  /** Bytes that came behind the request's head. */
  readonly head: Buffer;
}

/** One request on its way through the pipeline. Modules change `path`, `query`, `headers` and `config` together through `goTo`. */
export interface RequestContext {
  readonly incoming: IncomingMessage;
  readonly response: IisResponse;
  readonly upgrade: PendingUpgrade | undefined;
  readonly host: HostServices;
  readonly snapshot: ConfigSnapshot;
  readonly site: SiteModel;
  /** Client and server address are equal: IIS's detailed errors, iisnode's IsLocalCall. */
  readonly local: boolean;
  /** Path of the request target as sent, and the cooked one. */
  readonly rawPath: string;
  readonly requestedPath: string;
  /** The current URL: decoded path, raw query without '?'. */
  path: string;
  query: string;
  config: PathConfig;
  /** Header pairs as received, with what URL Rewrite set. */
  headers: readonly (readonly [string, string])[];
  handler: HandlerChoice | undefined;
  /** How many child requests were made for it. */
  children: number;
}

/** Moves the request to another URL of its site: path, query, and the configuration that holds there. */
export function goTo(context: RequestContext, path: string, query: string): void {
  context.path = path;
  context.query = query;
  context.config = context.snapshot.at(context.site, path);
}

/** The header pairs of a message, in order of arrival, names as received. */
export function headerPairs(raw: readonly string[]): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}
