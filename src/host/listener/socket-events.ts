import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** Who acts on what happens to a client's socket. */
export interface SocketOwner {
  onData(bytes: Buffer): void;
  onEnd(): void;
  onDrain(): void;
  onTimeout(): void;
  onClose(): void;
  /** A listener of the socket threw. */
  onFault(error: unknown): void;
}

/** One set of functions serves all sockets: thousands of WebSockets need none of their own. */
const owners = new WeakMap<Socket, SocketOwner>();

const untilTaken: readonly (readonly [string, (this: Socket, bytes: Buffer) => void])[] = [
  ['data', tellData],
  ['end', tellEnd],
  ['drain', tellDrain],
  ['timeout', tellTimeout],
];

/** Tells the owner of all that happens. From now on what a listener of the socket throws, whoever added it, is told and no more. */
export function ownSocket(socket: Socket, owner: SocketOwner): void {
  owners.set(socket, owner);
  socket.emit = guardedEmit;
  socket.on('error', ignore); // a client that vanishes is no fault of ours; `close` follows
  socket.on('close', tellClose);
  for (const [name, listener] of untilTaken) socket.on(name, listener);
}

/** Another takes the socket: its owner is told of its end and of faults only. */
export function handOverSocket(socket: Socket): void {
  for (const [name, listener] of untilTaken) socket.off(name, listener);
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

function tellData(this: Socket, bytes: Buffer): void {
  owners.get(this)?.onData(bytes);
}

function tellEnd(this: Socket): void {
  owners.get(this)?.onEnd();
}

function tellDrain(this: Socket): void {
  owners.get(this)?.onDrain();
}

function tellTimeout(this: Socket): void {
  owners.get(this)?.onTimeout();
}

function tellClose(this: Socket): void {
  owners.get(this)?.onClose();
}

function ignore(): void {}
