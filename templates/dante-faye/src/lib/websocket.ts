// faye-websocket has no types: these are for the part of it that is used here.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export interface WebSocket {
  send(text: string): boolean;
  ping(text: string, answered: () => void): boolean;
  /** @param code 1000, or 3000 to 4999 */
  close(code: number, reason: string): void;
  on(event: 'open' | 'close', listener: () => void): this;
}

interface WebSocketConstructor {
  new (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    protocols: readonly string[],
    options: { readonly maxLength: number },
  ): WebSocket;
  isWebSocket(request: IncomingMessage): boolean;
}

export const WebSocketConnection: WebSocketConstructor = require('faye-websocket');
