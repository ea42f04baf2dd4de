// Viewers' connections, from the upgrade until they are closed or do not answer. stream.ts decides what is sent to them.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketConnection } from './websocket.js';

export class Viewer {
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  #answered = true;

  constructor(webSocket: WebSocket, socket: Duplex) {
    this.#webSocket = webSocket;
    this.#socket = socket;
  }

  /** Sends a text. */
  sendText(text: string): void {
    this.#webSocket.send(text);
  }

  /** Sends an event with its fields, as JSON: { event, ... }. */
  send(event: string, fields: object = {}): void {
    this.sendText(messageOf(event, fields));
  }

  /** @param code 4000 to 4999 are the app's own: after 4400 the page does not reconnect. */
  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  onceClosed(closed: () => void): void {
    this.#webSocket.on('close', closed);
  }

  /** Closes the connection when the last ping was not answered: iisnode does not tell node that a viewer is gone. */
  ping(): void {
    if (this.#answered) {
      this.#answered = false;
      this.#webSocket.ping('', () => {
        this.#answered = true;
      });
    } else this.#socket.destroy();
  }
}

export const messageOf = (event: string, fields: object): string => JSON.stringify({ event, ...fields });

export interface Viewers {
  /** Sends every viewer an event. */
  tell(event: string): void;
  /** Closes every connection: the viewers reconnect to another process. */
  close(): void;
}

/**
 * Calls `opened` with each viewer that connects at `path`, and with the query of its URL; refuses upgrades at other paths.
 *
 * @param pingInterval ms between two pings to a viewer; one that does not answer is gone. By default half of the time after
 *   which proxies usually close a silent connection.
 */
export function onViewer(
  server: Server,
  path: string,
  opened: (viewer: Viewer, query: URLSearchParams) => void,
  pingInterval = 30_000,
): Viewers {
  const viewers = new Set<Viewer>();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [url = '', query = ''] = (request.url ?? '').split('?');
    socket.on('error', () => socket.destroy()); // A connection can be lost at any time.
    if (url !== path || !WebSocketConnection.isWebSocket(request)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    // Viewers send no messages: 100 bytes are enough.
    const webSocket = new WebSocketConnection(request, socket, head, [], { maxLength: 100 });
    webSocket.on('open', () => {
      const viewer = new Viewer(webSocket, socket);
      viewers.add(viewer);
      viewer.onceClosed(() => viewers.delete(viewer));
      opened(viewer, new URLSearchParams(query));
    });
  });

  setInterval(() => {
    for (const viewer of viewers) viewer.ping();
  }, pingInterval).unref();

  return {
    tell(event) {
      const text = messageOf(event, {});
      for (const viewer of viewers) viewer.sendText(text);
    },
    close() {
      for (const viewer of viewers) viewer.close(4001, 'Another process goes on');
    },
  };
}
