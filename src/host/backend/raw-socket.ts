import type { Duplex } from 'node:stream';

/** The client's raw socket of a request that asks for an upgrade, and its bytes after the request's head. */
export interface UpgradeClient {
  readonly socket: Duplex;
  readonly early: Buffer;
}

/** How many bytes are kept from a client that sends before its upgrade is accepted. */
const mostEarly = 256 * 1024;

/**
 * Reads an upgrading client while node has not answered yet: a socket that is not read does not report a disconnect. Above
 * 256 KiB reading pauses until the answer arrives.
 */
export class EarlyBytes {
  readonly #socket: Duplex;
  #pieces: Buffer[];
  #length: number;

  constructor({ socket, early }: UpgradeClient) {
    this.#socket = socket;
    this.#pieces = [early];
    this.#length = early.length;
    socket.on('data', this.#onData);
  }

  /** Ends the reading; returns the bytes. */
  take(): Buffer {
    this.stop();
    this.#socket.pause();
    return Buffer.concat(this.#pieces.splice(0));
  }

  stop(): void {
    this.#socket.off('data', this.#onData);
  }

  readonly #onData = (piece: Buffer): void => {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > mostEarly) this.#socket.pause();
  };
}

/** One direction of a connection that is passed on. */
class Flow {
  readonly from: Passing;
  readonly to: Passing;
  readonly #watch: ((bytes: Buffer) => void) | undefined;
  readonly #done: () => void;

  constructor(from: Passing, to: Passing, done: () => void, watch: ((bytes: Buffer) => void) | undefined) {
    this.from = from;
    this.to = to;
    this.#done = done;
    this.#watch = watch;
  }

  pass(bytes: Buffer): void {
    if (this.to.destroyed || !this.to.writable) {
      this.end();
      return;
    }
    this.#watch?.(bytes);
    if (!this.to.write(bytes)) this.from.pause();
  }

  end(): void {
    if (this.from[leaving] !== this) return;
    this.from[leaving] = undefined;
    this.to[arriving] = undefined;
    this.from.off('data', onData);
    this.#done();
  }
}

/** The flows that begin and end at a socket. */
const leaving = Symbol('leaving');
const arriving = Symbol('arriving');
type Passing = Duplex & { [leaving]?: Flow | undefined; [arriving]?: Flow | undefined };

/** One set of functions for all sockets: thousands of WebSockets need none of their own. */
function onData(this: Passing, bytes: Buffer): void {
  this[leaving]?.pass(bytes);
}

function onEnd(this: Passing): void {
  this[leaving]?.end();
}

function onDrain(this: Passing): void {
  this[arriving]?.from.resume();
}

function onClose(this: Passing): void {
  this[leaving]?.end();
  // A closed target ends its direction only when there is something to write.
  this[arriving]?.from.resume();
}

function onError(this: Passing, error: NodeJS.ErrnoException): void {
  if (error.syscall === 'write') this[arriving]?.end();
}

function listen(socket: Passing): void {
  if (socket.listeners('error').includes(onError)) return;
  socket.on('end', onEnd).on('drain', onDrain).on('close', onClose).on('error', onError);
}

/**
 * Passes bytes on until `from` has ended or broken, or `to` accepts no more bytes; then calls `done`. Never ends `to`. `watch` sees what
 * passes.
 */
export function pump(from: Duplex, to: Duplex, done: () => void, watch?: (bytes: Buffer) => void): void {
  const source: Passing = from;
  const target: Passing = to;
  listen(source);
  listen(target);
  if (from.destroyed || from.readableEnded) {
    done();
    return;
  }
  const flow = new Flow(source, target, done, watch);
  source[leaving] = flow;
  target[arriving] = flow;
  from.on('data', onData);
  from.resume();
}
