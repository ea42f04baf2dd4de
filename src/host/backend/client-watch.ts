import type { EventEmitter } from 'node:events';

/** The client has disconnected: nothing can be sent to it. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** The part of a socket that reports its end. */
export interface ClosingSocket extends EventEmitter {
  readonly destroyed: boolean;
}

/** One listener per socket, for any number of pipelined requests. */
const watches = new WeakMap<ClosingSocket, Set<ClientWatch>>();

/**
 * Tells an exchange immediately that its client has disconnected, so that the pipe connection and the slot among the active
 * requests are freed before the app answers. (iisnode 0.2.27 itself notices only when it writes: main.cpp RegisterModule requests no
 * notification of a disconnect.) A client that has only ended its own side has not disconnected.
 */
export class ClientWatch {
  readonly #socket: ClosingSocket;
  #gone = false;
  #act: (() => void) | undefined;

  constructor(socket: ClosingSocket) {
    this.#socket = socket;
    this.#gone = socket.destroyed;
    const beside = watches.get(socket);
    if (beside !== undefined) {
      beside.add(this);
      return;
    }
    const all = new Set<ClientWatch>([this]);
    watches.set(socket, all);
    socket.once('close', () => {
      for (const watch of all) watch.#leave();
    });
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
    watches.get(this.#socket)?.delete(this);
  }

  #leave(): void {
    this.#gone = true;
    this.#act?.();
  }
}
