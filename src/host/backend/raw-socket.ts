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

/** Resolves when `from` has ended or broken, or when `to` accepts no more bytes. Never ends `to`. `watch` sees what passes. */
export function pump(from: Duplex, to: Duplex, watch?: (bytes: Buffer) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      from.off('data', onData).off('end', done).off('close', done);
      to.off('drain', onDrain).off('close', onTargetClosed).off('error', onTargetError);
      resolve();
    };
    const onTargetError = (error: NodeJS.ErrnoException): void => {
      if (error.syscall === 'write') done();
    };
    const onData = (bytes: Buffer): void => {
      if (to.destroyed || !to.writable) {
        done();
        return;
      }
      watch?.(bytes);
      if (!to.write(bytes)) from.pause();
    };
    const onDrain = (): void => {
      from.resume();
    };
    // A closed `to` ends this direction only when there is something to write.
    const onTargetClosed = (): void => {
      from.resume();
    };
    from.on('error', () => undefined);
    to.on('error', () => undefined);
    if (from.destroyed || from.readableEnded) {
      resolve();
      return;
    }
    from.on('data', onData).on('end', done).on('close', done);
    to.on('drain', onDrain).on('close', onTargetClosed).on('error', onTargetError);
    from.resume();
  });
}
