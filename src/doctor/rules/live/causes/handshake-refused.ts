import type { LiveCauses } from './live-cause.js';
import { arrInFront, byHttpSys, byIis, proxyInFront } from './signs.js';

/** The handshake is answered with 400. */
export const handshakeRefused: LiveCauses = {
  causes: [
    {
      says: "the server does not allow the transport that the page's client begins with",
      fix: 'leave transports out on both ends, or give the same list',
      rules: ['TRANSPORTS_UNKNOWN'],
      speaks: ({ step }) => (step.signs?.code === 0 ? 'socket.io answers code 0, "Transport unknown"' : undefined),
      refuted: ({ step }) => (step.signs?.code === 5 ? 'socket.io answers code 5' : undefined),
    },
    {
      says: 'client and server are of different major versions of socket.io',
      fix: 'the same major version on both ends: socket.io/socket.io.js of the server is the right script; or allowEIO3: true',
      rules: ['EIO_MISMATCH'],
      speaks: ({ step }) =>
        step.signs?.code === 5 ? 'socket.io answers code 5, "Unsupported protocol version"' : undefined,
      refuted: ({ step }) => (step.signs?.code === 0 ? 'socket.io answers code 0' : undefined),
    },
    {
      says: 'HTTP.SYS refuses the request before IIS: the host is not one of the bindings, or headers (cookies) are larger than 16 kB',
      fix: 'add a binding with this host name to the site; delete large cookies; MaxFieldLength and MaxRequestBytes of HTTP.SYS',
      speaks: byHttpSys,
    },
    {
      says: 'IIS replaces the words of socket.io with a page of its own (httpErrors existingResponse="Replace")',
      fix: '<httpErrors existingResponse="PassThrough" /> in system.webServer: then the answer says why',
      speaks: byIis,
    },
    {
      says: 'a proxy in front refuses the request, or removes its query (EIO, transport, sid)',
      fix: 'let the proxy pass the URL unchanged, with its query',
      speaks: (failure) => proxyInFront(failure) ?? arrInFront(failure),
    },
    {
      says: 'allowRequest of the app, or a middleware, refuses this client',
      fix: "look in the server's allowRequest and its middleware",
      speaks: ({ step }) =>
        step.signs?.by === 'app' && !step.signs.isEmpty ? 'the words of the answer are those of the app' : undefined,
    },
  ],
  apart:
    'The body of the answer: a code 0 to 5 is socket.io itself. A page "Bad Request - Invalid Hostname" is HTTP.SYS: the binding.',
};
