// Viewers' connections: from the upgrade until they are closed or found dead. What is said to them is stream.ts's matter.

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

  /** A text, as it is. */
  sendText(text: string): void {
    this.#webSocket.send(text);
  }

  /** An event with its fields, as JSON: { event, ... }. */
  send(event: string, fields: object = {}): void {
    this.sendText(messageOf(event, fields));
  }

  /** @param code 4000 to 4999 are the app's own: the page knows 4400 as "do not come back". */
  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  onceClosed(closed: () => void): void {
    this.#webSocket.on('close', closed);
  }

  /** Ends the connection when the last ping was not answered: iisnode does not tell node that a viewer is gone. */
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
  /** Closes every connection: the viewers come back, to another process. */
  close(): void;
}

/**
 * Calls `opened` with each viewer that connects at `path`, and with the query of its URL; refuses upgrades at other paths.
 *
 * @param pingInterval How often a viewer is asked whether it is still there, in ms; who does not answer is gone. By default
 *   half of what proxies on the way usually allow for silence.
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
    socket.on('error', () => socket.destroy()); // A connection may be lost at any moment.
    if (url !== path || !WebSocketConnection.isWebSocket(request)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    // Viewers have nothing to say: 100 bytes are enough.
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
