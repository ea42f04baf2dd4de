import { iisnodeSock } from '../../../typed-command.js';
import type { KnownText } from '../known-text.js';
import { iisnodeIssue } from './sources.js';

/** The request does not arrive, or its answer does not. */
export const addresses: readonly KnownText[] = [
  {
    id: 'connection-refused',
    example: 'GET https://example.com/ net::ERR_CONNECTION_REFUSED',
    says: 'Nothing listens at the address, or the name is not known',
    text: [
      /\bERR_CONNECTION_(?:REFUSED|TIMED_OUT|RESET)\b/,
      /\bERR_NAME_NOT_RESOLVED\b/,
      /\bERR_ADDRESS_UNREACHABLE\b/,
    ],
    means: 'The request does not reach IIS.',
    causes: [
      { says: 'the site has no binding for this host and port, or is stopped', fix: 'appcmd list site' },
      { says: 'a firewall', fix: 'open the port of the binding' },
      { says: 'the name has no DNS entry', fix: 'nslookup NAME', when: /NAME_NOT_RESOLVED/ },
    ],
    apart: 'Try the same address in a browser on the server.',
    sources: ['https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/bindings/'],
    follows: ['development-address'],
  },
  {
    id: 'answer-broken',
    example: 'GET https://example.com/socket.io/?EIO=4 net::ERR_EMPTY_RESPONSE',
    says: 'The connection broke before the answer was complete',
    text: [/\bERR_(?:EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|HTTP2_PROTOCOL_ERROR|CONTENT_LENGTH_MISMATCH)\b/],
    means: 'IIS or something in front of it closed the connection.',
    causes: [
      {
        says: 'the process crashed, or was restarted, while it answered',
        fix: `read what node wrote: ${iisnodeSock} logs`,
      },
      { says: 'the worker process of IIS crashed', fix: 'read the event log: Application Error, w3wp.exe' },
      { says: 'a proxy in front cut the connection', fix: 'try without it, on the server itself' },
    ],
    apart: 'A new process id in the names of the log files at that time is a restart.',
    sources: [iisnodeIssue(643)],
    follows: ['node', 'server-event', 'iisnode'],
  },
  {
    id: 'certificate',
    example: 'net::ERR_CERT_DATE_INVALID',
    says: 'The certificate of the site is not accepted',
    text: [
      /\bERR_CERT_[A-Z_]{3,40}\b/,
      /\b(?:CERT_HAS_EXPIRED|UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERR_TLS_CERT_ALTNAME_INVALID)\b/,
      /\bERR_SSL_PROTOCOL_ERROR\b|\bSSL_ERROR_RX_RECORD_TOO_LONG\b/,
      /\b(?:SEC_ERROR_[A-Z_]{3,40}|SSL_ERROR_BAD_CERT_DOMAIN|MOZILLA_PKIX_ERROR_[A-Z_]{3,40})\b/,
      /\bERR_SSL_VERSION_OR_CIPHER_MISMATCH\b|\bSSL_ERROR_(?:UNSUPPORTED_VERSION|NO_CYPHER_OVERLAP)\b/,
    ],
    means: 'It has expired, is for another name, or its chain is incomplete. Browsers block sockets without asking.',
    causes: [
      {
        says: 'it has expired or is self-signed',
        fix: 'bind a valid certificate: IIS Manager, Bindings',
        when: /EXPIRED|SELF_SIGNED|DATE_INVALID|AUTHORITY|UNKNOWN_ISSUER/,
      },
      { says: 'the intermediate certificate is missing', fix: 'install the whole chain', when: /LEAF_SIGNATURE/ },
      {
        says: 'it is for another name',
        fix: 'use the name of the certificate',
        when: /COMMON_NAME|ALTNAME|BAD_CERT_DOMAIN/,
      },
      {
        says: 'the port speaks http, not https',
        fix: 'http, or add an https binding',
        when: /SSL_PROTOCOL|RECORD_TOO_LONG/,
      },
      {
        says: 'the binding has no certificate for this host name, or the server has only old versions of TLS',
        fix: 'IIS Manager, Bindings: a certificate, and the host name with SNI; enable TLS 1.2',
        when: /CIPHER_MISMATCH|UNSUPPORTED_VERSION|NO_CYPHER/,
      },
    ],
    apart: 'Click on the lock in the address bar.',
    sources: ['https://nodejs.org/api/tls.html'],
  },
  {
    id: 'redirect-loop',
    example: 'net::ERR_TOO_MANY_REDIRECTS',
    says: 'The site redirects in a circle',
    text: [
      /\bERR_TOO_MANY_REDIRECTS\b/,
      /redirected you too many times/i,
      /The page isn.t redirecting properly/i,
      /will never complete[^\n]{0,40}redirect|redirect[^\n]{0,80}will never complete/i,
    ],
    means: 'A rule or the app redirects to https, although the request is https already.',
    causes: [
      {
        says: 'TLS ends in front of IIS or node, and the test of https never holds',
        fix: 'enableXFF="true" and app.set(\'trust proxy\', 1); in a rule test {HTTP_X_FORWARDED_PROTO}',
      },
      {
        says: 'two rules: one adds the slash or www, another removes it',
        fix: `${iisnodeSock} trace URL shows each redirect`,
      },
    ],
    apart: 'The addresses in the network tab: the same one, or two that alternate.',
    sources: ['https://expressjs.com/en/guide/behind-proxies.html'],
  },
  {
    id: 'content-security-policy',
    example: `Refused to connect to 'wss://example.com/socket.io/' because it violates the following Content Security Policy directive: "connect-src 'self'".`,
    says: 'The Content Security Policy of the page blocks the connection',
    text: [
      /(?:Refused to connect to|violates)[^\n]{0,300}Content Security Policy[^\n]{0,80}/i,
      /Content[- ]Security[- ]Policy: The page.s settings (?:blocked|observed)[^\n]{0,400}connect-src/i,
    ],
    means: "connect-src allows 'self' only for the same scheme in older browsers; ws: has to be named.",
    causes: [
      { says: 'helmet or customHeaders sets connect-src without the sockets', fix: "connect-src 'self' wss://HOST" },
    ],
    apart: 'The message has the directive.',
    sources: ['https://developer.mozilla.org/docs/Web/HTTP/Headers/Content-Security-Policy/connect-src'],
  },
];
