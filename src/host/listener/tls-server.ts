import type { Socket } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import type { TlsCertificate } from '../types.js';

/** The certificate for a connection: by the name that the client asks for, if it does. Undefined: there is none. */
export type FindCertificate = (serverName: string | undefined) => TlsCertificate | undefined;

interface TlsServerOptions {
  readonly findCertificate: FindCertificate;
  /** How long a client may take for the handshake, in ms. */
  readonly handshakeTimeout: number;
  readonly onFault: (error: unknown) => void;
  readonly onConnection: (socket: TLSSocket) => void;
}

/** A server for TLS, and its connections whose handshake has not ended. */
export interface TlsServer {
  readonly server: Server;
  readonly handshakes: ReadonlyMap<string, Socket>;
}

/** What a socket of TLS and the socket below it have in common. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/**
 * TLS in the role of HTTP.sys: certificates belong to host names and addresses, not to sites, and may change while the server
 * listens. Without a certificate the handshake fails. HTTP/1.1 only: IIS 10 also speaks HTTP/2, which has no WebSockets there.
 * @param socketOptions those of net.createServer.
 */
export function createTlsServer(socketOptions: object, options: TlsServerOptions): TlsServer {
  const contexts = new Map<string, SecureContext>();
  const handshakes = new Map<string, Socket>();
  const find = (serverName: string | undefined): TlsCertificate | undefined => {
    try {
      return options.findCertificate(serverName);
    } catch (error) {
      options.onFault(error);
      return undefined;
    }
  };
  const contextOf = ({ id, pem }: TlsCertificate): SecureContext => {
    const context = contexts.get(id) ?? createSecureContext({ cert: pem, key: pem });
    contexts.set(id, context);
    return context;
  };
  const server = createServer({
    ...socketOptions,
    handshakeTimeout: options.handshakeTimeout,
    ALPNProtocols: ['http/1.1'],
    SNICallback(serverName, done) {
      const found = find(serverName);
      try {
        done(null, found && contextOf(found));
      } catch (error) {
        options.onFault(error); // a key that is not the certificate's
        done(null);
      }
    },
  });
  let usual: string | undefined;
  // Before node's own listener: a client without SNI gets the certificate of the address.
  server.prependListener('connection', (socket) => {
    const key = keyOf(socket);
    handshakes.set(key, socket);
    socket.once('close', () => handshakes.delete(key));
    const found = find(undefined);
    if (found?.id === usual) return;
    usual = found?.id;
    try {
      server.setSecureContext(found === undefined ? {} : { cert: found.pem, key: found.pem });
    } catch (error) {
      options.onFault(error);
    }
  });
  server.on('secureConnection', (socket) => {
    handshakes.delete(keyOf(socket));
    options.onConnection(socket);
  });
  server.on('tlsClientError', () => undefined); // the socket is closed
  return { server, handshakes };
}
