import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { ClientWatch } from '../backend/client-watch.js';
import { EarlyBytes, pump, type UpgradeClient } from '../backend/raw-socket.js';
import type { WorkerState } from '../backend/worker-state.js';
import type { PlatformApplication } from './application.js';
import { codes, PlatformError } from './failures.js';
import type { PlatformProcess } from './platform-process.js';
import { headersForClient, headersForProcess } from './request-head.js';
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
      sent.on('response', (answer) => this.#answer(answer).then(resolve, reject));
      sent.on('upgrade', (answer, socket, late) => this.#carry(answer, socket, late).then(resolve, reject));
      if (this.#hasBody) this.#body.pipe(sent);
      else sent.end();
    });
  }

  /** Sends the answer on, each piece as it comes: HttpPlatformHandler does not buffer. */
  #answer(answer: IncomingMessage): Promise<void> {
    const response = this.#response;
    response.writeHead(
      answer.statusCode ?? 502,
      answer.statusMessage ?? '',
      headersForClient(answer.rawHeaders, false),
    );
    return new Promise((resolve) => {
      const onDrain = (): void => void answer.resume();
      response.on('drain', onDrain);
      answer.on('data', (piece: Buffer) => {
        if (!response.write(piece)) answer.pause();
      });
      answer.on('end', () => response.end());
      answer.on('error', () => undefined);
      answer.on('close', () => {
        response.off('drain', onDrain);
        // It broke off: the client sees a truncated response.
        if (!answer.complete) response.socket?.destroySoon();
        resolve();
      });
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
    const client = upgrade.socket;
    const early = this.#early.take();
    client.write(switching(answer, this.#request.addedHeaders));
    if (late.length > 0) client.write(late);
    if (early.length > 0) socket.write(early);
    const flow = this.#request.watch?.opened();
    flow?.sent(late);
    flow?.received(early);
    await Promise.race([pump(socket, client, flow?.sent), pump(client, socket, flow?.received)]);
    endSoon(client);
    endSoon(socket);
  }

  #fail(error: unknown, process: PlatformProcess | undefined): PlatformFailure | undefined {
    this.#sent?.destroy();
    if (this.#isOver) return undefined;
    if (error instanceof PlatformError) return error.failure;
    const failed = this.#forwardingError(error);
    if (process !== undefined) this.#report(failed, process);
    if (!this.#response.headersSent) return failed.failure;
    this.#response.socket?.destroySoon();
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
    const asked = `${this.#request.incoming.method ?? 'GET'} ${this.#request.url}`;
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

function isReset(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:ECONNRESET|EPIPE|ECONNREFUSED|ECONNABORTED)$/.test(code);
}

function switching({ statusMessage, rawHeaders }: IncomingMessage, added: readonly string[]): Buffer {
  const headers = [...headersForClient(rawHeaders, true), ...added];
  let text = `HTTP/1.1 101 ${statusMessage ?? 'Switching Protocols'}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}

/** Closes a socket when its last bytes are sent. */
function endSoon(socket: Duplex): void {
  if ('destroySoon' in socket && typeof socket.destroySoon === 'function') socket.destroySoon();
  else socket.end();
}
