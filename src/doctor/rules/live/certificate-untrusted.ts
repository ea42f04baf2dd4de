import type { LiveRule, RuleFinding } from '../../types.js';
import { beforeRequests, isOfThisMachine, ofTransports, placeOf, shown, type Transport } from './transport-of.js';

function findingsOf(transport: Transport): readonly RuleFinding[] {
  const { tls } = transport;
  if (tls?.distrust === undefined) return [];
  const place = placeOf(transport);
  const { certificate, distrust } = tls;
  if (distrust === 'DEPTH_ZERO_SELF_SIGNED_CERT' || certificate?.isSelfSigned === true) {
    const isOwn = isOfThisMachine(transport);
    return [
      {
        severity: isOwn ? 'info' : 'error',
        message: `${place}: the certificate is signed by itself (${shown(tls)}).`,
        ...(isOwn && { why: 'On a machine for tests that is usual; browsers warn unless they were told to trust it.' }),
        fix: 'choose a certificate of an authority that browsers know in the https binding of the site (win-acme makes one for free)',
      },
    ];
  }
  if (distrust === 'SELF_SIGNED_CERT_IN_CHAIN') {
    return [
      {
        severity: 'warning',
        message: `${place}: the certificate is of an authority of one's own (${shown(tls)}).`,
        why: 'Only machines that were told to trust that authority open the page without an error: those of a company, for example.',
        fix: 'for visitors from elsewhere use a certificate of a public authority',
      },
    ];
  }
  const isAlone = certificate?.chain === 1;
  return [
    {
      severity: 'warning',
      message: `${place}: the issuer of the certificate is not known${isAlone ? ', and the server sends no intermediate certificate' : ''} (${shown(tls)}; ${distrust}).`,
      why: "Clients that do not look for the missing certificate themselves, node among them, refuse the connection; so do browsers where the issuer is an authority of one's own.",
      fix: 'import the whole chain (.pfx with the intermediate certificates) on the server, then choose the certificate in the binding again',
    },
  ];
}

/** The chain. */
export const certificateUntrusted: LiveRule = {
  code: 'LIVE_CERTIFICATE_UNTRUSTED',
  scope: 'live',
  severity: 'error',
  title: 'Browsers do not trust the issuer of the certificate',
  why: 'Browsers show a warning in place of the page; scripts and sockets from other pages fail without one.',
  help: beforeRequests(
    "The chain of the certificate does not end at an authority that node knows: it is signed by itself, its issuer is an authority of one's own, or the server does not send the certificates in between. The doctor then goes on without trust, and sends no name and password of the URL. Browsers on Windows also know what the machine was told to trust.",
  ),
  check: ofTransports(findingsOf),
};
