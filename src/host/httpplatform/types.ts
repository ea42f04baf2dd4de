import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpPlatformSettings } from '../../pipeline/sections/index.js';
import type { ExchangeWatch } from '../backend/exchange-watch.js';
import type { WorkerModule } from '../backend/worker-state.js';

/** A request that the handler mapping assigns to HttpPlatformHandler. */
export interface PlatformRequest {
  readonly incoming: IncomingMessage;
  /** Raw header pairs as IIS has them after URL Rewrite: [name, value], in order of arrival, names as received. */
  readonly headers: readonly (readonly [string, string])[];
  /** Path and query for the process, escaped: the whole path with that of the application (httpplatformhandler.md 6). */
  readonly url: string;
  readonly settings: HttpPlatformSettings;
  /** Physical path of the application: the working directory of its processes. */
  readonly folder: string;
  /** '/' or '/dante'. */
  readonly applicationPath: string;
  /** MACHINE/WEBROOT/APPHOST/Site/app of the application, which identifies it. */
  readonly configPath: string;
  readonly encrypted: boolean;
  /** Asks for a WebSocket, and the WebSocketModule is there to carry it. */
  readonly webSocket: boolean;
  /** Flat name, value list: what IIS adds to every response; for a 101, whose head is sent raw, the module adds it. */
  readonly addedHeaders: readonly string[];
  /** Informed where requests are watched. */
  readonly watch?: ExchangeWatch | undefined;
}

/** A failure that the host answers with a page of IIS. */
export interface PlatformFailure {
  readonly status: number;
  readonly subStatus: number;
  /** Win32 or WinHTTP code; 0 when none. */
  readonly win32: number;
  /** One sentence without full stop: what stopped the request. */
  readonly detail: string;
}

/** HttpPlatformHandler inside one worker process. */
export interface PlatformModule extends WorkerModule {
  /** Answers the request from a process. Resolves with a failure when nothing was written and IIS must answer. */
  request(request: PlatformRequest, response: ServerResponse): Promise<PlatformFailure | undefined>;
  /**
   * The same for a request on a raw socket; `head` are the bytes after the request's head. `response` is assigned to the socket and
   * answers on it unless a WebSocket opens. Resolves when the exchange has ended.
   */
  upgrade(
    request: PlatformRequest,
    response: ServerResponse,
    socket: Duplex,
    head: Buffer,
  ): Promise<PlatformFailure | undefined>;
}
