import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** The owner of a client's socket, called for its events. */
export interface SocketOwner {
  onData(bytes: Buffer): void;
  onEnd(): void;
  onDrain(): void;
  onTimeout(): void;
  onClose(): void;
  /** A listener of the socket threw. */
  onFault(error: unknown): void;
}

/** One set of functions is used for all sockets, so that thousands of WebSockets need no functions of their own. */
const owners = new WeakMap<Socket, SocketOwner>();

const listenersUntilUpgrade: readonly (readonly [string, (this: Socket, bytes: Buffer) => void])[] = [
  ['data', passData],
  ['end', passEnd],
  ['drain', passDrain],
  ['timeout', passTimeout],
];

/** Reports all events to the owner. From now on an error in any listener of the socket is reported and has no other effect. */
export function ownSocket(socket: Socket, owner: SocketOwner): void {
  owners.set(socket, owner);
  socket.emit = guardedEmit;
  socket.on('error', ignore); // a client that disconnects is not an error; `close` follows
  socket.on('close', passClose);
  for (const [name, listener] of listenersUntilUpgrade) socket.on(name, listener);
}

/** Hands the socket over: its former owner is informed only of its end and of errors. */
export function handOverSocket(socket: Socket): void {
  for (const [name, listener] of listenersUntilUpgrade) socket.off(name, listener);
  socket.setTimeout(0);
  socket.pause();
}

function guardedEmit(this: Socket, event: string | symbol, ...given: unknown[]): boolean {
  try {
    return EventEmitter.prototype.emit.call(this, event, ...given);
  } catch (error) {
    owners.get(this)?.onFault(error);
    return true;
  }
}

function passData(this: Socket, bytes: Buffer): void {
  owners.get(this)?.onData(bytes);
}

function passEnd(this: Socket): void {
  owners.get(this)?.onEnd();
}

function passDrain(this: Socket): void {
  owners.get(this)?.onDrain();
}

function passTimeout(this: Socket): void {
  owners.get(this)?.onTimeout();
}

function passClose(this: Socket): void {
  owners.get(this)?.onClose();
}

function ignore(): void {}
