import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { ClientWatch } from '../backend/client-watch.js';
import { cutOff } from '../backend/cut-off.js';
import { carrySocket, headersForClient, isReset, sendAnswer } from '../backend/forward-http.js';
import { EarlyBytes, type UpgradeClient } from '../backend/raw-socket.js';
import type { WorkerState } from '../backend/worker-state.js';
import type { PlatformApplication } from './application.js';
import { codes, PlatformError } from './failures.js';
import type { PlatformProcess } from './platform-process.js';
import { headersForProcess } from './request-head.js';
import type { PlatformFailure, PlatformRequest } from './types.js';

/** The largest head of an answer, in bytes (HttpPlatformHandler v2, protocolconfig.cpp). */
const largestHead = 64 * 1024;
/** How long after its connection broke a process may take to end, in ms: then its end says everything in one line. */
const endOfProcess = 200;

/** One request in HttpPlatformHandler, from the handler mapping to the last byte of its response. */
export class Exchange {
  readonly #state: WorkerState;
  readonly #request: PlatformRequest;
  readonly #response: ServerResponse;
  readonly #body: Readable;
  readonly #upgrade: UpgradeClient | undefined;
  readonly #client: ClientWatch;
  readonly #early: EarlyBytes | undefined;
  #sent: ClientRequest | undefined;
  #aborted = false;

  constructor(
    state: WorkerState,
    request: PlatformRequest,
    response: ServerResponse,
    body: Readable,
    upgrade?: UpgradeClient,
  ) {
    this.#state = state;
    this.#request = request;
    this.#response = response;
    this.#body = body;
    this.#upgrade = upgrade;
    this.#client = new ClientWatch(upgrade?.socket ?? request.incoming.socket);
    this.#early = upgrade && new EarlyBytes(upgrade);
  }

  /** Aborts it, like the end of the worker process: the client's connection is closed. */
  abort(): void {
    this.#aborted = true;
    this.#sent?.destroy();
    const socket = this.#upgrade?.socket ?? this.#response.socket;
    socket?.destroy();
  }

  /** The answer of an application that app_offline.htm takes offline. */
  answerOffline(page: Buffer): void {
    this.#stopWatching();
    this.#response.writeHead(503, 'Service Unavailable', [
      'Content-Type',
      'text/html',
      'Content-Length',
      `${page.length}`,
    ]);
    this.#response.end(page);
  }

  /** Resolves with the failure that IIS must answer, or undefined when the response was sent. */
  async run(application: PlatformApplication): Promise<PlatformFailure | undefined> {
    const leave = application.enter();
    let process: PlatformProcess | undefined;
    let leaveProcess: (() => void) | undefined;
    try {
      process = await application.next();
      leaveProcess = process.enter();
      this.#request.watch?.passedTo(process.pid);
      if (!this.#isOver) await this.#forward(process, process.agent);
      return undefined;
    } catch (error) {
      return this.#fail(error, process);
    } finally {
      this.#stopWatching();
      leaveProcess?.();
      leave();
    }
  }

  get #isOver(): boolean {
    return this.#aborted || this.#client.gone;
  }

  #stopWatching(): void {
    this.#client.stop();
    this.#early?.stop();
  }

  /** Rejects with what the connection to the process says. */
  async #forward(process: PlatformProcess, agent: http.Agent | false): Promise<void> {
    try {
      await this.#send(process, agent);
    } catch (error) {
      // WinHTTP too sends a request again when the process closed an idle connection meanwhile.
      const isStale = agent !== false && this.#sent?.reusedSocket === true && isReset(error);
      if (!isStale || this.#hasBody || this.#response.headersSent || this.#isOver) throw error;
      await this.#send(process, false);
    }
  }

  get #hasBody(): boolean {
    const { headers } = this.#request.incoming;
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }

  #send(process: PlatformProcess, agent: http.Agent | false): Promise<void> {
    return new Promise((resolve, reject) => {
      const { incoming, url, settings } = this.#request;
      const sent = http.request({
        host: '127.0.0.1',
        port: process.port,
        agent,
        method: incoming.method ?? 'GET',
        path: url,
        headers: headersForProcess(this.#request, process.token),
        maxHeaderSize: largestHead,
      });
      this.#sent = sent;
      sent.on('error', reject);
      this.#client.whenGone(() => {
        sent.destroy();
        resolve();
      });
      if (settings.requestTimeout > 0) {
        sent.setTimeout(settings.requestTimeout, () => sent.destroy(new RequestTimeout(settings.requestTimeout)));
      }
      sent.on('response', (answer) => {
        // HttpPlatformHandler does not buffer.
        const headers = headersForClient(answer.rawHeaders, false);
        sendAnswer(answer, this.#response, headers).then(resolve, reject);
      });
      sent.on('upgrade', (answer, socket, late) => {
        process.sockets++;
        const carried = this.#carry(answer, socket, late).finally(() => process.sockets--);
        carried.then(resolve, reject);
      });
      if (this.#hasBody) this.#body.pipe(sent);
      else sent.end();
    });
  }

  /**
   * A WebSocket: from here on bytes go both ways without a limit of time. IIS takes the frames apart and makes them anew; here they pass as
   * they are, which an app can see only of frames that are not valid.
   */
  async #carry(answer: IncomingMessage, socket: Duplex, late: Buffer): Promise<void> {
    const upgrade = this.#upgrade;
    if (upgrade === undefined || this.#early === undefined || !this.#request.webSocket) {
      socket.destroy();
      throw new Error('the process answered 101 to a request that did not ask for a WebSocket');
    }
    if ('setTimeout' in socket && typeof socket.setTimeout === 'function') socket.setTimeout(0);
    if (this.#response.socket !== null) this.#response.detachSocket(this.#response.socket);
    this.#client.stop();
    await carrySocket({
      answer,
      socket,
      late,
      client: upgrade.socket,
      early: this.#early.take(),
      headers: [...headersForClient(answer.rawHeaders, true), ...this.#request.addedHeaders],
      flow: this.#request.watch?.opened(),
    });
  }

  #fail(error: unknown, process: PlatformProcess | undefined): PlatformFailure | undefined {
    this.#sent?.destroy();
    if (this.#isOver) return undefined;
    if (error instanceof PlatformError) return error.failure;
    const failed = this.#forwardingError(error);
    if (process !== undefined) this.#report(failed, process);
    if (!this.#response.headersSent) return failed.failure;
    cutOff(this.#response);
    return undefined;
  }

  #forwardingError(error: unknown): PlatformError {
    const { version } = this.#request.settings;
    const said = error instanceof Error ? error.message : String(error);
    if (error instanceof RequestTimeout) return new PlatformError('forward', version, codes.timeout, said, error);
    if (isReset(error)) {
      return new PlatformError(
        'forward',
        version,
        codes.connectionError,
        'the process closed the connection before it answered',
        error,
      );
    }
    return new PlatformError(
      'forward',
      version,
      codes.invalidResponse,
      `the process did not answer as HTTP: ${said}`,
      error,
    );
  }

  #report({ failure, message }: PlatformError, process: PlatformProcess): void {
    const { incoming, url } = this.#request;
    const asked = `${incoming.method ?? 'GET'} ${incoming.url ?? url}`;
    const code = `${failure.status}.${failure.subStatus}`;
    process.cutOff.push(`${asked} (${code})`);
    setTimeout(() => {
      if (process.exited) return;
      process.cutOff.length = 0;
      this.#state.event({
        level: 'error',
        code: 'REQUEST_FAILED',
        message: `${asked}: ${message} (${code}).`,
        file: process.script,
      });
    }, endOfProcess).unref();
  }
}

class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout';

  /** @param limit In ms. */
  constructor(limit: number) {
    super(`the process did not answer within requestTimeout (${Math.round(limit / 1000)} s)`);
  }
}
