import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { UserError } from '../../errors.js';
import type { ListenPoint } from '../../pipeline/sections/index.js';
import type { PendingUpgrade } from '../pipeline/context.js';
import { IisResponse } from './response.js';

/** What a listener hands on. */
export interface ListenerHooks {
  request(incoming: IncomingMessage, response: IisResponse, point: ListenPoint): void;
  upgrade(incoming: IncomingMessage, response: IisResponse, pending: PendingUpgrade, point: ListenPoint): void;
}

/** site limits/@connectionTimeout, 00:02:00 in IIS_schema.xml: idle keep-alive connections and slow request heads. */
const connectionTimeout = 120_000;
/** How long a client may take to close its side after the answer, in ms. */
const lingerTime = 5_000;
/** HTTP.SYS MaxRequestBytes (KB820129). */
const maxRequestBytes = 16_384;

/** One open port: the part of HTTP.SYS. Knows every connection, so that closing leaves none behind. */
export class Listener {
  readonly point: ListenPoint;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, point: ListenPoint) {
    this.#server = server;
    this.point = point;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens; port 0 takes a free one. Rejects with UserError PORT_TAKEN, PORT_DENIED or ADDRESS_UNKNOWN. */
  static async open(point: ListenPoint, hooks: ListenerHooks): Promise<Listener> {
    const server = createServer({
      ServerResponse: IisResponse,
      keepAliveTimeout: connectionTimeout,
      headersTimeout: connectionTimeout,
      requestTimeout: 0,
      maxHeaderSize: maxRequestBytes,
      noDelay: true,
    });
    // A client may end its side and wait for the answer; that one is gone shows only when bytes cannot be sent.
    Object.assign(server, { httpAllowHalfOpen: true });
    const port = await listen(server, point);
    const listener = new Listener(server, { ...point, port });
    server.on('request', (incoming, response) => hooks.request(incoming, response, listener.point));
    server.on('upgrade', (incoming, socket, head) => upgrade(server, hooks, listener.point, incoming, socket, head));
    server.on('clientError', badRequest);
    return listener;
  }

  /** Resolves when the port is free and every connection gone; requests get `grace` ms to end by themselves. */
  async close(grace: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.destroyConnections(), grace);
    if (grace === 0) this.destroyConnections();
    await closed;
    clearTimeout(timer);
    this.destroyConnections();
  }

  destroyConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function listen(server: Server, point: ListenPoint): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, point)));
    server.listen({ host: point.address, port: point.port, exclusive: true }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {}); // after listening: EMFILE on accept and the like; the next connection tries again
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : point.port);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, { address, port }: ListenPoint): Error {
  const place = `${address}:${port}`;
  if (error.code === 'EADDRINUSE') {
    return new UserError('PORT_TAKEN', {
      what: `Port ${port} on ${address} is taken`,
      why: `Another program listens on ${place}, maybe a second copy of this one.`,
      next: 'choose another port with --port N (--port 0 takes any free one), or end the other program',
      exit: 'refused',
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new UserError('PORT_DENIED', {
      what: `Port ${port} on ${address} may not be opened`,
      why: 'The system lets only an administrator listen there.',
      next: 'choose a port of 1024 or above with --port N',
      exit: 'refused',
      cause: error,
    });
  }
  return new UserError('ADDRESS_UNKNOWN', {
    what: `Cannot listen on ${place}`,
    why: `The system refuses the address: ${error.message}.`,
    next: 'choose an address of this machine with --host, 127.0.0.1 for local use',
    cause: error,
  });
}

/**
 * Upgrades of requests with a body, or by another method than GET, are no handshakes (RFC 6455, 4.1; a client that offers h2c):
 * they go back to the parser as the ordinary requests they also are.
 */
function upgrade(
  server: Server,
  hooks: ListenerHooks,
  point: ListenPoint,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy()); // a client that vanishes in mid-handshake is no fault of ours
  const { headers, method } = incoming;
  const body = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (method !== 'GET' || body) {
    parseAgain(server, incoming, socket, head);
    return;
  }
  if (!isSocket(socket)) {
    socket.destroy();
    return;
  }
  const response = new IisResponse(incoming);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => endGently(socket));
  hooks.upgrade(incoming, response, { socket, head }, point);
}

/** Ends a socket whose client may still send: what comes is dropped, so that the answer is not lost to a reset. */
function endGently(socket: Socket): void {
  socket.end();
  socket.resume();
  socket.setTimeout(lingerTime, () => socket.destroy());
}

function parseAgain(server: Server, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}`];
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? '';
    if (/^(upgrade|http2-settings|connection)$/i.test(name)) continue;
    lines.push(`${name}: ${incoming.rawHeaders[index + 1]}`);
  }
  if (head.length > 0) socket.unshift(head);
  socket.unshift(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  server.emit('connection', socket);
}

function isSocket(stream: Duplex): stream is Socket {
  return 'remoteAddress' in stream;
}

/** What HTTP.SYS answers before any site is found (KB820129): a short page, and the connection ends. */
export function httpSysPage(status: number, text: string): string {
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n<HTML><HEAD><TITLE>${text}</TITLE></HEAD>\r\n<BODY><h2>${text}</h2>\r\n<hr><p>HTTP Error ${status}. ${text}</p>\r\n</BODY></HTML>\r\n`;
}

function badRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const text = error.code === 'HPE_HEADER_OVERFLOW' ? 'Bad Request - Request Too Long' : 'Bad Request';
  const body = httpSysPage(400, text);
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/html; charset=us-ascii\r\nServer: Microsoft-HTTPAPI/2.0\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.end(head + body);
}
