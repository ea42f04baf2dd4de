import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { encodePath } from '../../rewrite/index.js';
import { ClientGone, ClientWatch } from '../backend/client-watch.js';
import type { Places } from '../backend/places.js';
import { EarlyBytes, type UpgradeClient } from '../backend/raw-socket.js';
import type { Lease } from './application.js';
import type { Applications } from './applications.js';
import { debugHeader, overrunsBuffer } from './debug-header.js';
import { debugCommand, debuggerPage, killedPage } from './debug-urls.js';
import { devErrorPage, friendlyPage, sendPage } from './error-pages.js';
import { BridgeError, win32 } from './failures.js';
import type { PipeConnection } from './pipe-connection.js';
import { reportFailure, reportInterim } from './report.js';
import { readResponseBody } from './response-body.js';
import { ResponseWriter } from './response-writer.js';
import { type Answered, sendToNode } from './send-request.js';
import { cookieForSlot } from './sticky-session.js';
import type { IisnodeFailure, IisnodeRequest } from './types.js';
import { CarriedSocket } from './upgrade.js';
import type { Worker } from './worker.js';

/** A request, or the socket that it became. */
export type Running = Pick<Exchange, 'abort'>;

/** One request in iisnode, from the handler mapping to the last byte of its response. */
export class Exchange {
  readonly #worker: Worker;
  readonly #request: IisnodeRequest;
  readonly #response: ServerResponse;
  readonly #body: Readable;
  readonly #upgrade: UpgradeClient | undefined;
  readonly #writer: ResponseWriter;
  readonly #client: ClientWatch;
  readonly #early: EarlyBytes | undefined;
  #connection: PipeConnection | undefined;
  #aborted = false;

  constructor(
    worker: Worker,
    request: IisnodeRequest,
    response: ServerResponse,
    body: Readable,
    upgrade?: UpgradeClient,
  ) {
    this.#worker = worker;
    this.#request = request;
    this.#response = response;
    this.#body = body;
    this.#upgrade = upgrade;
    this.#client = new ClientWatch(upgrade?.socket ?? request.incoming.socket);
    this.#early = upgrade && new EarlyBytes(upgrade);
    this.#writer = new ResponseWriter(response, {
      flushResponse: request.settings.values.flushResponse,
      limit: request.responseBufferLimit,
    });
  }

  /** Aborts it, like the end of the worker process: the client's connection is closed. */
  abort(): void {
    this.#aborted = true;
    this.#connection?.close();
    const socket = this.#upgrade?.socket ?? this.#response.socket;
    socket?.destroy();
  }

  /** It is in `running` until its end. Resolves with the failure that IIS must answer, or undefined when the response was sent. */
  async run(applications: Applications, running: Places<Running>): Promise<IisnodeFailure | CarriedSocket | undefined> {
    this.#worker.totalRequests++;
    const place = running.enter(this);
    let lease: Lease | undefined;
    let carried: CarriedSocket | undefined;
    try {
      if (this.#debug(applications)) return undefined;
      lease = applications.of(this.#request).dispatch(this.#request);
      this.#request.watch?.passedTo(lease.process.pid);
      const answered = await sendToNode({
        request: this.#request,
        process: lease.process,
        body: this.#body,
        client: this.#client,
        onConnection: (connection) => {
          this.#connection = connection;
          if (this.#aborted) connection.close();
        },
      });
      const sending = this.#answer(answered, lease);
      if (sending instanceof CarriedSocket) carried = sending;
      else if (sending !== undefined) await sending;
      return carried;
    } catch (error) {
      return this.#fail(error, lease);
    } finally {
      this.#client.stop();
      this.#early?.stop();
      running.leave(place);
      if (carried !== undefined && lease !== undefined) untilOver(carried, lease, running);
      else lease?.release();
    }
  }

  /** Undefined when the answer was sent already. */
  #answer(answered: Answered, lease: Lease): Promise<void> | CarriedSocket | undefined {
    const { connection, head, retries, since } = answered;
    if (head.interim !== undefined) reportInterim(this.#worker, head.interim, this.#request);
    if (lease.setCookie) head.headers.push('Set-Cookie', cookieForSlot(lease.slot));
    if (this.#request.settings.values.debugHeaderEnabled) {
      const value = debugHeader(lease, this.#worker.totalRequests, retries, performance.now() - since);
      if (overrunsBuffer(value)) {
        connection.close();
        this.abort();
        this.#worker.crash(
          `the header iisnode-debug is ${value.length} characters long, more than iisnode has room for. Remove debugHeaderEnabled from web.config, or shorten nodeProcessCommandLine.`,
        );
        return undefined;
      }
      setHeader(head.headers, 'iisnode-debug', value);
    }
    if (head.framing.kind === 'upgrade') {
      return this.#pass(answered);
    }
    this.#writer.head(head);
    const reading = readResponseBody(connection, head.framing, this.#writer);
    if (reading !== undefined) return reading.then(() => this.#finish(answered, lease));
    this.#finish(answered, lease);
    return undefined;
  }

  #finish({ connection, head, clean }: Answered, { process }: Lease): void {
    this.#writer.end();
    // Remaining bytes, or a request that node has not read completely, would end up in the exchange of another visitor.
    const usable = clean && !head.closes && connection.buffered === 0 && !process.exited;
    if (usable) process.pool.put(connection);
    else connection.close();
  }

  /** Node accepted an upgrade. */
  #pass({ connection, head }: Answered): CarriedSocket {
    if (this.#upgrade === undefined || this.#early === undefined) {
      throw new BridgeError('flushHead', win32.invalidParameter, {
        detail: 'node answered 101 to a request that did not ask for an upgrade',
      });
    }
    if (this.#response.socket !== null) this.#response.detachSocket(this.#response.socket);
    // From here on the end of one side is not forwarded to the other (iisnode 0.2.27, FinalizeUpgradeResponse).
    this.#client.leave();
    return new CarriedSocket(
      { ...head, headers: head.headers.concat(this.#request.addedHeaders) },
      {
        connection,
        socket: this.#upgrade.socket,
        early: this.#early.take(),
        flow: this.#request.watch?.opened(),
      },
    );
  }

  /** True when it was a debugger URL and has been answered. */
  #debug(applications: Applications): boolean {
    const { settings, pathInfo, url, script } = this.#request;
    const command = debugCommand(settings.values, pathInfo, url);
    if (command === undefined) return false;
    if (command === 'redirect') {
      const [path = '', ...query] = url.split('?');
      const location = `${encodePath(path)}/${query.length > 0 ? `?${query.join('?')}` : ''}`;
      this.#response.writeHead(301, 'Moved Permanently', ['Location', location, 'Content-Length', '0']);
      this.#response.end();
    } else if (command === 'kill') {
      const running = applications.find(script);
      if (running !== undefined) applications.retire(running);
      sendPage(this.#response, killedPage(running !== undefined));
    } else {
      sendPage(this.#response, debuggerPage(settings.values, script));
    }
    return true;
  }

  #fail(error: unknown, lease: Lease | undefined): IisnodeFailure | undefined {
    this.#connection?.close();
    if (this.#aborted || this.#client.gone || error instanceof ClientGone) return undefined;
    if (!(error instanceof BridgeError)) throw error;
    reportFailure(this.#worker, error, this.#request, lease?.process);
    if (this.#writer.sent) {
      this.#writer.cutOff();
      return undefined;
    }
    const page = this.#page(error, lease);
    if (page === undefined) return error.failure;
    sendPage(this.#response, page);
    return undefined;
  }

  #page(error: BridgeError, lease: Lease | undefined): string | undefined {
    if (!this.#request.settings.values.devErrorsEnabled) return undefined;
    if (lease === undefined) return friendlyPage(error.failure.win32);
    return error.failure.status >= 500 ? devErrorPage(error, lease.process, this.#worker.environment) : undefined;
  }
}

/** An open socket is one of the active requests, and can be aborted like them. */
function untilOver(carried: CarriedSocket, lease: Lease, running: Places<Running>): void {
  const place = running.enter(carried);
  lease.process.sockets++;
  void carried.over.then(() => {
    lease.process.sockets--;
    lease.release();
    running.leave(place);
  });
}

/** Replaces every `name` of the flat list by one. */
function setHeader(headers: string[], name: string, value: string): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (headers[index]?.toLowerCase() === name) headers.splice(index, 2);
  }
  headers.push(name, value);
}
