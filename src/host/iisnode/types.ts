import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ResolvedIisnodeSettings } from '../../webconfig/index.js';
import type { ExchangeWatch } from '../backend/exchange-watch.js';
import type { WorkerModule } from '../backend/worker-state.js';

/** A request that the handler mapping assigns to iisnode. */
export interface IisnodeRequest {
  readonly incoming: IncomingMessage;
  /** Raw header pairs as IIS has them after URL Rewrite: [name, value], in order of arrival, names as received. */
  readonly headers: readonly (readonly [string, string])[];
  /** The cooked path and query, used when there is no X-Original-URL among `headers`. */
  readonly url: string;
  /** Physical path of the entry point. */
  readonly script: string;
  /** What follows the script in the URL: '' or '/debug'. */
  readonly pathInfo: string;
  readonly settings: ResolvedIisnodeSettings;
  /** appSettings at the request's path, file order; they become environment variables. */
  readonly appSettings: readonly (readonly [string, string])[];
  /** MACHINE/WEBROOT/APPHOST/Site/app of the application, for recycling on configuration changes. */
  readonly configPath: string;
  /** iisnode's IsLocalCall: client and server address equal. */
  readonly local: boolean;
  /** The handler mapping's responseBufferLimit in bytes, 4194304 by default; 0 sends every piece at once. */
  readonly responseBufferLimit: number;
  /**
   * Flat name, value list: what IIS adds to every response. The response object adds it; for a 101, whose head is sent raw,
   * iisnode adds it.
   */
  readonly addedHeaders: readonly string[];
  /** Informed where requests are watched. */
  readonly watch?: ExchangeWatch | undefined;
  /** IIS server variable by name, for promoteServerVars; undefined when IIS cannot resolve it. */
  serverVariable(name: string): string | undefined;
}

/** A failure that the host answers (iisnode 0.2.27, cnodeconstants.h): IIS sends the page, unless iisnode already wrote its own. */
export interface IisnodeFailure {
  readonly status: number;
  readonly subStatus: number;
  /** Win32 code, e.g. 109; 0 when none. */
  readonly win32: number;
  readonly reason: string;
  /** One sentence without full stop: what stopped the request. */
  readonly detail: string;
}

/** What became of an upgrade that node accepted. */
export interface OpenSocket {
  /** Resolves when it has closed. */
  readonly over: Promise<void>;
}

/** The iisnode module inside one worker process. */
export interface IisnodeModule extends WorkerModule {
  /** Answers the request from node. Resolves with a failure when nothing was written and IIS must answer. */
  request(request: IisnodeRequest, response: ServerResponse): Promise<IisnodeFailure | undefined>;
  /**
   * The same for an upgrade; `head` are the bytes after the request's head. `response` is assigned to the socket and
   * answers on it unless node answers 101; then it resolves with the socket, which is still open.
   */
  upgrade(
    request: IisnodeRequest,
    response: ServerResponse,
    socket: Duplex,
    head: Buffer,
  ): Promise<IisnodeFailure | OpenSocket | undefined>;
  /** Flags applications whose `configOverrides` names this file (its physical path), in the same way. */
  overridesChanged(file: string): void;
}
