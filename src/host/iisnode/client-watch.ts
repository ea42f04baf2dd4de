import type { EventEmitter } from 'node:events';

/** The client is gone: its bytes cannot be sent. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** A socket as far as its end goes. */
export interface ClosingSocket extends EventEmitter {
  readonly destroyed: boolean;
}

/** One listener a socket, however many pipelined requests wait on it. */
const watches = new WeakMap<ClosingSocket, Set<ClientWatch>>();

/**
 * Tells an exchange at once that its client is gone, so that the pipe connection and the place among the active requests do not
 * stay taken until the app answers. (iisnode 0.2.27 itself notices only when it writes: main.cpp RegisterModule asks for no
 * notification of a disconnect.) A client that has only ended its own side is not gone.
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

  /** What to do when the client goes, in place of what was set before; done at once when it is gone already. */
  whenGone(act: () => void): void {
    this.#act = act;
    if (this.#gone) act();
  }

  /** Ends the watch: from now on nothing is done. */
  stop(): void {
    this.#act = undefined;
    watches.get(this.#socket)?.delete(this);
  }

  #leave(): void {
    this.#gone = true;
    this.#act?.();
  }
}
