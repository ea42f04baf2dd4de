import type { Socket } from 'node:net';
import type { ListenPoint } from '../../pipeline/sections/index.js';
import type { PendingUpgrade } from '../request/context.js';
import { IisResponse, type ResponseOwner } from '../request/response.js';
import type { TlsCertificate } from '../types.js';
import { type BodyDecoder, BrokenBody, bodyDecoder } from './body-decoder.js';
import { ClientRequest, type RequestOwner } from './client-request.js';
import { type HttpSysAnswer, httpSys, httpSysBytes } from './http-sys-answers.js';
import { parseHead, type RequestHead } from './parse-head.js';
import { handOverSocket, ownSocket, type SocketOwner } from './socket-events.js';

/** The hooks of a connection. An error in a hook is reported to `fault` and ends only that connection. */
export interface ListenerHooks {
  request(incoming: ClientRequest, response: IisResponse, point: ListenPoint): void;
  upgrade(incoming: ClientRequest, response: IisResponse, pending: PendingUpgrade, point: ListenPoint): void;
  /** How long a client without a site may be idle, in ms; later requests set the timeout of their site on the socket. */
  connectionTimeout(): number;
  fault(error: unknown): void;
  /** The certificate for a TLS connection by the name that the client sends; undefined: it is refused. */
  certificateFor?(point: ListenPoint, serverName: string | undefined): TlsCertificate | undefined;
}

/** One request and its answer. */
interface Turn {
  readonly request: ClientRequest;
  readonly response: IisResponse;
  /** Set while more bytes of the body are expected. */
  body: BodyDecoder | undefined;
  /** The client sends its body only after it is asked to: `Expect: 100-continue`. */
  waitsForContinue: boolean;
  answered: boolean;
}

/** How long a client may take to close its side after the last answer, in ms. */
const lingerTime = 5_000;
/** How many bytes of later requests are kept while one is answered; above this the client must wait. */
const mostHeldBytes = 65_536;
const nothing = Buffer.alloc(0);

/** The listener of a connection. */
export interface ConnectionPlace {
  readonly hooks: ListenerHooks;
  readonly point: ListenPoint;
  readonly connections: Set<Connection>;
}

/**
 * One client's connection. Requests are handled one by one: the next one is parsed when the previous answer was sent and its body
 * was read, so that answers are complete and in order regardless of what follows a request, also an upgrade or invalid bytes.
 */
export class Connection implements SocketOwner, RequestOwner, ResponseOwner {
  readonly #socket: Socket;
  readonly #hooks: ListenerHooks;
  readonly #point: ListenPoint;
  /** Bytes that have not been parsed. */
  #held: Buffer = nothing;
  #turn: Turn | undefined;
  /** Set when no further request is read: the last answer was sent, or the socket belongs to an upgrade. */
  #over = false;
  /** Set when the connection ends with the current answer. */
  #last = false;
  #clientEnded = false;
  #deadline: NodeJS.Timeout | undefined;
  /** All connections of the listener; contains this one while it is open. */
  readonly #all: Set<Connection>;

  constructor(socket: Socket, { hooks, point, connections }: ConnectionPlace) {
    this.#socket = socket;
    this.#hooks = hooks;
    this.#point = point;
    this.#all = connections.add(this);
    ownSocket(socket, this);
    try {
      socket.setTimeout(hooks.connectionTimeout());
    } catch (error) {
      this.onFault(error);
    }
  }

  /** Ends the connection with the current answer, or now when no part of a request has arrived. */
  retire(): void {
    this.#last = true;
    if (this.#turn === undefined && this.#held.length === 0 && !this.#over) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** An unexpected error ends this connection, never the process. */
  onFault(error: unknown): void {
    this.#socket.destroy();
    this.#hooks.fault(error);
  }

  onData(bytes: Buffer): void {
    if (this.#over) return; // bytes after the last answer
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#advance();
  }

  #advance(): void {
    while (!this.#over) {
      const turn = this.#turn;
      if (turn === undefined) {
        if (!this.#takeHead()) return;
      } else if (turn.body !== undefined) {
        if (!this.#takeBody(turn, turn.body)) return;
      } else if (turn.answered) {
        this.#setDeadline(undefined);
        this.#turn = undefined;
        this.#socket.resume();
      } else {
        if (this.#held.length > mostHeldBytes) this.#socket.pause();
        return;
      }
    }
  }

  /** Starts the next request; false when its head is incomplete, and when the connection ends. */
  #takeHead(): boolean {
    const head = this.#held.length === 0 ? undefined : parseHead(this.#held);
    if (head === undefined) {
      if (this.#clientEnded) this.#end();
      // Bytes that arrive slowly prevent the socket's own timeout (KB820729, Timer_HeaderWait).
      else if (this.#held.length > 0 && this.#deadline === undefined) this.#setDeadline(this.#timeout);
      return false;
    }
    this.#setDeadline(undefined);
    if ('status' in head) {
      this.#refuse(head);
      return false;
    }
    this.#drop(head.length);
    this.#begin(head);
    return true;
  }

  #begin(head: RequestHead): void {
    const socket = this.#socket;
    const request = new ClientRequest(socket, head, this);
    const response = new IisResponse(request);
    response.owner = this;
    response.assignSocket(socket);
    const body = bodyDecoder(head.framing);
    const waitsForContinue = head.expectsContinue && body !== undefined && this.#held.length === 0;
    // RFC 9110, 7.8: other protocols than WebSocket are an offer; the answer may be an ordinary one, and the next request follows.
    const asksForSocket = head.upgrade && head.headers.upgrade?.toLowerCase() === 'websocket';
    if (!head.keepAlive || asksForSocket || this.#last) response.endConnection();
    else response.shouldKeepAlive = true; // also in HTTP/1.0, where it was requested
    // After a final answer the client may or may not send the body: the start of the next request is unknown.
    if (waitsForContinue) response.shouldKeepAlive = false;
    this.#turn = { request, response, body, waitsForContinue, answered: false };
    if (body === undefined) request.finishEmpty();
    if (!head.upgrade) {
      this.#hooks.request(request, response, this.#point);
      return;
    }
    this.#hooks.upgrade(request, response, { socket, early: () => this.#held }, this.#point);
  }

  /** False when bytes are missing. */
  #takeBody(turn: Turn, body: BodyDecoder): boolean {
    if (this.#held.length === 0) {
      if (this.#clientEnded) this.#breakBody(turn);
      return false;
    }
    const { request } = turn;
    turn.waitsForContinue = false;
    let room = true;
    try {
      const used = body.write(this.#held, (piece) => {
        if (!turn.answered && !request.destroyed) room = request.push(piece);
      });
      this.#drop(used);
    } catch (error) {
      if (!(error instanceof BrokenBody)) throw error;
      this.#breakBody(turn);
      return false;
    }
    if (!body.done) {
      if (!room) this.#socket.pause();
      return this.#held.length > 0;
    }
    turn.body = undefined;
    request.finish();
    return true;
  }

  /** An invalid body: 400 if no answer has begun; an answer that has begun is completed, and is the last one. */
  #breakBody(turn: Turn): void {
    const { request, response } = turn;
    this.#last = true;
    turn.body = undefined;
    this.#held = nothing;
    this.#over = true;
    if (turn.answered) {
      this.#end();
      return;
    }
    request.destroy(new Error('the body of the request is broken'));
    if (response.headersSent) return;
    this.#turn = undefined;
    response.leaveSocket(this.#socket);
    response.destroy();
    response.socketClosed();
    this.#refuse(httpSys.badlyFormed);
  }

  onRead(): void {
    const turn = this.#turn;
    if (turn?.body === undefined || this.#over) return;
    if (turn.waitsForContinue) {
      turn.waitsForContinue = false;
      if (!turn.response.headersSent) {
        turn.response.shouldKeepAlive = !turn.response.isLast && !this.#last;
        turn.response.writeContinue();
      }
    }
    this.#socket.resume();
  }

  onFinish(): void {
    const turn = this.#turn;
    if (turn !== undefined && !turn.answered) this.#finish(turn);
  }

  #finish(turn: Turn): void {
    turn.answered = true;
    turn.response.leaveSocket(this.#socket);
    if (this.#last || turn.waitsForContinue || turn.response.endsConnection) {
      this.#end();
      return;
    }
    if (turn.body !== undefined) {
      this.#socket.resume();
      this.#setDeadline(this.#timeout); // HTTP_TIMEOUT_LIMIT_INFO, DrainEntityBody: for all of the rest
    }
    this.#advance();
  }

  /** An upgrade's handler takes over the socket; it has all bytes that have arrived. */
  onDetach(): void {
    this.#over = true;
    this.#turn = undefined;
    this.#held = nothing;
    handOverSocket(this.#socket);
  }

  #refuse(answer: HttpSysAnswer): void {
    this.#socket.write(httpSysBytes(answer));
    this.#end();
  }

  /** Closes our side. Further bytes of the client are read and dropped, so that a reset does not lose the answer. */
  #end(): void {
    this.#over = true;
    this.#held = nothing;
    this.#socket.end();
    this.#socket.resume();
    this.#setDeadline(lingerTime);
  }

  onEnd(): void {
    this.#clientEnded = true;
    if (this.#turn !== undefined) this.#probe(); // a reset that arrives together with bytes looks like an end: libuv stops reading
    this.#advance();
  }

  /** Detects that the client reset the connection by an empty write: the system refuses it. */
  #probe(): void {
    if (this.#socket.writableLength === 0) this.#socket.write(nothing);
  }

  onDrain(): void {
    const response = this.#turn?.response;
    if (response?.writableNeedDrain === true) response.emit('drain');
  }

  /** Nothing was read or written for a while: is the client the reason? */
  onTimeout(): void {
    const turn = this.#turn;
    const isClientsTurn =
      turn === undefined ||
      // KB820729: Timer_EntityBody, and Timer_MinBytesPerSecond for an answer that the client does not read.
      (turn.body !== undefined && !turn.waitsForContinue && !this.#socket.isPaused()) ||
      this.#socket.writableLength > 0;
    if (isClientsTurn) this.#socket.destroy();
    else this.#probe(); // a paused socket does not report a reset
  }

  onClose(): void {
    this.#all.delete(this);
    this.#over = true;
    this.#setDeadline(undefined);
    const turn = this.#turn;
    this.#turn = undefined;
    this.#held = nothing;
    if (turn === undefined || turn.answered) return;
    turn.request.destroy(clientAborted());
    turn.response.socketClosed();
  }

  get #timeout(): number {
    return this.#socket.timeout ?? lingerTime;
  }

  /** Destroys the connection after this many ms; undefined cancels it. */
  #setDeadline(time: number | undefined): void {
    if (this.#deadline !== undefined) clearTimeout(this.#deadline);
    this.#deadline = time === undefined ? undefined : setTimeout(() => this.#socket.destroy(), time).unref();
  }

  #drop(count: number): void {
    this.#held = count === this.#held.length ? nothing : this.#held.subarray(count);
  }
}

/** The error of node's own server for a disconnected client. */
function clientAborted(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}
