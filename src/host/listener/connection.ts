import type { Socket } from 'node:net';
import type { ListenPoint } from '../../pipeline/sections/index.js';
import type { PendingUpgrade } from '../request/context.js';
import { IisResponse, type ResponseOwner } from '../request/response.js';
import { type BodyDecoder, BrokenBody, bodyDecoder } from './body-decoder.js';
import { ClientRequest, type RequestOwner } from './client-request.js';
import { type HttpSysAnswer, httpSys, httpSysBytes } from './http-sys-answers.js';
import { parseHead, type RequestHead } from './parse-head.js';
import { handOverSocket, ownSocket, type SocketOwner } from './socket-events.js';

/** What a connection hands on. Whatever a hook throws is told to `fault` and ends that connection only. */
export interface ListenerHooks {
  request(incoming: ClientRequest, response: IisResponse, point: ListenPoint): void;
  upgrade(incoming: ClientRequest, response: IisResponse, pending: PendingUpgrade, point: ListenPoint): void;
  /** How long a client without a site may be silent, in ms; later requests set the timeout of their site on the socket. */
  connectionTimeout(): number;
  fault(error: unknown): void;
}

/** One request and its answer. */
interface Turn {
  readonly request: ClientRequest;
  readonly response: IisResponse;
  /** While bytes of the body are still to come. */
  body: BodyDecoder | undefined;
  /** The client sends its body when it is asked to: `Expect: 100-continue`. */
  waitsForContinue: boolean;
  answered: boolean;
}

/** How long a client may take to close its side after the last answer, in ms. */
const lingerTime = 5_000;
/** Bytes of later requests that are kept while one is answered; beyond it the client has to wait. */
const mostHeldBytes = 65_536;
const nothing = Buffer.alloc(0);
const ignore = (): void => undefined;

/** Where a connection belongs. */
export interface ConnectionPlace {
  readonly hooks: ListenerHooks;
  readonly point: ListenPoint;
  readonly connections: Set<Connection>;
}

/**
 * One client's connection. Its requests take turns: the next one is looked at when the answer before it is out and its body is
 * read, so that answers go out whole and in order whatever comes behind a request, an upgrade or nonsense included.
 */
export class Connection implements SocketOwner, RequestOwner, ResponseOwner {
  readonly #socket: Socket;
  readonly #hooks: ListenerHooks;
  readonly #point: ListenPoint;
  /** Bytes nobody has looked at. */
  #held: Buffer = nothing;
  #turn: Turn | undefined;
  /** Set when no further request is read: the last answer is out, or the socket belongs to an upgrade. */
  #over = false;
  /** Set when the connection ends with the answer under way. */
  #last = false;
  #clientEnded = false;
  #deadline: NodeJS.Timeout | undefined;
  /** All connections of the listener; this one is among them while it is open. */
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

  /** Ends the connection with the answer under way, or now when no part of a request is there. */
  retire(): void {
    this.#last = true;
    if (this.#turn === undefined && this.#held.length === 0 && !this.#over) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** What nobody expected ends this connection, never the process. */
  onFault(error: unknown): void {
    this.#socket.destroy();
    this.#hooks.fault(error);
  }

  onData(bytes: Buffer): void {
    if (this.#over) return; // what comes behind the last answer
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

  /** Begins a turn; false when there is no whole head, and when the connection ends. */
  #takeHead(): boolean {
    const head = this.#held.length === 0 ? undefined : parseHead(this.#held);
    if (head === undefined) {
      if (this.#clientEnded) this.#end();
      // Bytes that drip in keep the socket's own timeout from firing (KB820729, Timer_HeaderWait).
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
    request.on('error', ignore); // a client that goes away while it sends; the modules see the aborted stream
    const response = new IisResponse(request);
    response.on('error', ignore);
    response.owner = this;
    response.assignSocket(socket);
    const body = bodyDecoder(head.framing);
    const waitsForContinue = head.expectsContinue && body !== undefined && this.#held.length === 0;
    // RFC 9110, 7.8: other protocols than WebSocket are an offer; the answer may be an ordinary one, and the next request follows.
    const asksForSocket = head.upgrade && head.headers.upgrade?.toLowerCase() === 'websocket';
    if (!head.keepAlive || asksForSocket || this.#last) response.endConnection();
    else response.shouldKeepAlive = true; // in HTTP/1.0, too, where it was asked for
    // The client may send the body or not once it has a final answer: where the next request begins is not to be told.
    if (waitsForContinue) response.shouldKeepAlive = false;
    this.#turn = { request, response, body, waitsForContinue, answered: false };
    if (body === undefined) request.finish();
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

  /** A body that is no body: 400 where no answer has begun; one that is under way goes out whole, and is the last. */
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
    response.emit('close');
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

  /** An upgrade's handler takes the socket; it has seen all bytes that came so far. */
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

  /** Closes our side. What the client still sends is read and dropped, so that the answer is not lost to a reset. */
  #end(): void {
    this.#over = true;
    this.#held = nothing;
    this.#socket.end();
    this.#socket.resume();
    this.#setDeadline(lingerTime);
  }

  onEnd(): void {
    this.#clientEnded = true;
    if (this.#turn !== undefined) this.#probe(); // a reset that comes together with bytes looks like an end: libuv reads no further
    this.#advance();
  }

  /** A client that reset the connection is found by writing nothing: the system refuses that too. */
  #probe(): void {
    if (this.#socket.writableLength === 0) this.#socket.write(nothing);
  }

  onDrain(): void {
    const response = this.#turn?.response;
    if (response?.writableNeedDrain === true) response.emit('drain');
  }

  /** Nothing was read or written for a while: is the client to blame? */
  onTimeout(): void {
    const turn = this.#turn;
    const isClientsTurn =
      turn === undefined ||
      // KB820729: Timer_EntityBody, and Timer_MinBytesPerSecond for an answer nobody reads.
      (turn.body !== undefined && !turn.waitsForContinue && !this.#socket.isPaused()) ||
      this.#socket.writableLength > 0;
    if (isClientsTurn) this.#socket.destroy();
    else this.#probe(); // a paused socket tells of no reset
  }

  onClose(): void {
    this.#all.delete(this);
    this.#over = true;
    this.#setDeadline(undefined);
    const turn = this.#turn;
    this.#turn = undefined;
    this.#held = nothing;
    if (turn !== undefined && !turn.answered) turn.request.destroy(gone());
  }

  get #timeout(): number {
    return this.#socket.timeout ?? lingerTime;
  }

  /** Destroys the connection after so many ms; undefined takes that back. */
  #setDeadline(time: number | undefined): void {
    if (this.#deadline !== undefined) clearTimeout(this.#deadline);
    this.#deadline = time === undefined ? undefined : setTimeout(() => this.#socket.destroy(), time).unref();
  }

  #drop(count: number): void {
    this.#held = count === this.#held.length ? nothing : this.#held.subarray(count);
  }
}

/** As node's own server tells that a client went away. */
function gone(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}
