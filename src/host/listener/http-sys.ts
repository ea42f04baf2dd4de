import { createServer, type Server, type Socket } from 'node:net';
import { UserError } from '../../errors.js';
import type { ListenPoint } from '../../pipeline/sections/index.js';
import { Connection, type ListenerHooks } from './connection.js';
import { createTlsServer } from './tls-server.js';

/** How long a connection is idle before the system sends keep-alive probes, in ms. */
const probeAfter = 60_000;

/** A server, and its sockets that are no connection yet. */
interface Opened {
  readonly server: Server;
  readonly handshakes: ReadonlyMap<string, Socket>;
}

/** One open port, in the role of HTTP.SYS. Keeps a list of its connections, so that closing ends all of them. */
export class Listener {
  readonly point: ListenPoint;
  readonly #server: Server;
  readonly #connections: ReadonlySet<Connection>;
  /** Sockets without a connection yet: of TLS, during the handshake. */
  readonly #handshakes: ReadonlyMap<string, Socket>;

  private constructor({ server, handshakes }: Opened, point: ListenPoint, connections: ReadonlySet<Connection>) {
    this.#server = server;
    this.#handshakes = handshakes;
    this.point = point;
    this.#connections = connections;
  }

  /** Listens; port 0 uses a free one. Rejects with UserError PORT_TAKEN, PORT_DENIED or ADDRESS_UNKNOWN. */
  static async open(point: ListenPoint, hooks: ListenerHooks): Promise<Listener> {
    // A client may end its side and wait for the answer; that it has disconnected is known only when the keep-alive probes fail.
    const socketOptions = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: probeAfter };
    const connections = new Set<Connection>();
    const opened = { ...point };
    const place = { hooks, point: opened, connections };
    const onConnection = (socket: Socket): void => void new Connection(socket, place);
    const plain = (): Opened => ({ server: createServer(socketOptions, onConnection), handshakes: new Map() });
    const made =
      point.protocol === 'http'
        ? plain()
        : createTlsServer(socketOptions, {
            findCertificate: (serverName) => hooks.certificateFor?.(opened, serverName),
            handshakeTimeout: hooks.connectionTimeout(),
            onFault: (error) => hooks.fault(error),
            onConnection,
          });
    opened.port = await listen(made.server, point);
    return new Listener(made, opened, connections);
  }

  /** Resolves when the port is free and every connection has ended; requests get `grace` ms to finish, or until the signal says so. */
  async close(grace: number, now?: AbortSignal): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.retire();
    const timer = setTimeout(() => this.destroyConnections(), grace);
    const atOnce = (): void => this.destroyConnections();
    if (grace === 0 || now?.aborted === true) atOnce();
    now?.addEventListener('abort', atOnce, { once: true });
    await closed;
    now?.removeEventListener('abort', atOnce);
    clearTimeout(timer);
    this.destroyConnections();
  }

  destroyConnections(): void {
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#handshakes.values()) socket.destroy();
  }
}

function listen(server: Server, point: ListenPoint): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, point)));
    server.listen({ host: point.address, port: point.port, exclusive: true }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {}); // after listening: for example EMFILE on accept; the next connection tries again
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
      next: 'choose another port with --port N (--port 0 uses any free port), or end the other program',
      again: { with: ['--port', '0'] },
      exit: 'refused',
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new UserError('PORT_DENIED', {
      what: `Port ${port} on ${address} may not be opened`,
      why: 'The system lets only an administrator listen there.',
      next: 'choose a port of 1024 or above with --port N',
      again: { with: ['--port', '8080'] },
      exit: 'refused',
      cause: error,
    });
  }
  return new UserError('ADDRESS_UNKNOWN', {
    what: `Cannot listen on ${place}`,
    why: `The system refuses the address: ${error.message}.`,
    next: 'choose an address of this machine with --host, 127.0.0.1 for local use',
    again: { with: ['--host', '127.0.0.1'] },
    cause: error,
  });
}
