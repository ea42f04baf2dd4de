import type { LiveRule, RuleFinding } from '../../types.js';
import { beforeRequests, ofTransports, placeOf, type Transport } from './transport-of.js';

function saysOf(code: string): readonly [says: string, fix: string] {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return [
      'what listens there does not speak TLS',
      'give the site a binding of type https with a certificate for this port, or use the http address',
    ];
  }
  if (code === 'ECONNRESET') {
    // HTTP.SYS closes the connection where no certificate is bound to the port.
    return [
      'the connection is closed in the middle of the TLS handshake',
      'is a certificate bound to the port? On the server: netsh http show sslcert; choose one in the https binding of the site',
    ];
  }
  if (code === 'TIMEOUT') return ['nothing answers the TLS handshake', 'is something else than a web server there?'];
  return [
    `the TLS handshake fails (${code})`,
    'compare protocol versions and ciphers of the server with those of browsers: TLS 1.2 or 1.3',
  ];
}

function findingsOf(transport: Transport): readonly RuleFinding[] {
  const { fault, tls } = transport;
  const place = placeOf(transport);
  if (fault?.stage === 'tls') {
    const [says, fix] = saysOf(fault.code);
    return [{ message: `${place}: ${says}. No request was sent.`, fix }];
  }
  if (tls?.isOld !== true) return [];
  return [
    {
      message: `${place} speaks only ${tls.protocol}, which browsers refuse. No request was sent.`,
      fix: 'enable TLS 1.2 for the server (SCHANNEL\\Protocols in the registry), then restart it',
    },
  ];
}

/** TLS that does not come about. */
export const tlsFails: LiveRule = {
  code: 'LIVE_TLS_FAILS',
  scope: 'live',
  severity: 'error',
  title: 'https is not possible',
  why: 'Browsers show an error instead of the page, and visitors cannot go on.',
  help: beforeRequests(
    'The handshake fails: something listens there that does not speak TLS, no certificate is bound to the port (HTTP.SYS then closes the connection), or the server speaks only versions before TLS 1.2.',
  ),
  check: ofTransports(findingsOf),
};
