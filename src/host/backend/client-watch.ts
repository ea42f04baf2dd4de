import type { EventEmitter } from 'node:events';
import { Places } from './places.js';

/** The client has disconnected: nothing can be sent to it. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** The part of a socket that reports its end. */
export interface ClosingSocket extends EventEmitter {
  readonly destroyed: boolean;
}

/** Those of each socket, for any number of pipelined requests. */
const watches = new WeakMap<ClosingSocket, Places<ClientWatch>>();

/** One listener for all sockets. */
function reportClose(this: ClosingSocket): void {
  for (const watch of watches.get(this)?.all ?? []) watch.closed();
}

/**
 * Tells an exchange immediately that its client has disconnected, so that the pipe connection and the slot among the active
 * requests are freed before the app answers. (iisnode 0.2.27 itself notices only when it writes: main.cpp RegisterModule requests no
 * notification of a disconnect.) A client that has only ended its own side has not disconnected.
 */
export class ClientWatch {
  readonly #socket: ClosingSocket;
  /** Undefined once it was stopped. */
  #place: number | undefined;
  #gone = false;
  #act: (() => void) | undefined;

  constructor(socket: ClosingSocket) {
    this.#socket = socket;
    this.#gone = socket.destroyed;
    const beside = watches.get(socket);
    const all = beside ?? new Places<ClientWatch>();
    this.#place = all.enter(this);
    if (beside !== undefined) return;
    watches.set(socket, all);
    socket.once('close', reportClose);
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Sets what to do when the client disconnects; called immediately when it already has. */
  whenGone(act: () => void): void {
    this.#act = act;
    if (this.#gone) act();
  }

  /** Ends the watch: from now on nothing is called. */
  stop(): void {
    this.#act = undefined;
    if (this.#place !== undefined) watches.get(this.#socket)?.leave(this.#place);
    this.#place = undefined;
  }

  /** The same, and no request follows on the socket. */
  leave(): void {
    this.stop();
    this.#socket.off('close', reportClose);
    watches.delete(this.#socket);
  }

  /** The client has disconnected. */
  closed(): void {
    this.#gone = true;
    this.#act?.();
  }
}
