import { someOf } from '../../../amounts.js';
import type { LiveRule } from '../../types.js';
import { beforeRequests, isOfThisMachine, ofTransports, placeOf, shown } from './transport-of.js';

/** Its names. */
export const certificateName: LiveRule = {
  code: 'LIVE_CERTIFICATE_NAME',
  scope: 'live',
  severity: 'error',
  title: 'The certificate is for another name',
  why: 'Browsers show a warning in place of the page; scripts and sockets from other pages fail without one.',
  help: beforeRequests(
    'Browsers compare the host of the URL with the names in the certificate (subject alternative names; a name in the subject alone does not count). Several sites on one port need "Require Server Name Indication" in their bindings, else all show the same certificate.',
  ),
  check: ofTransports((transport) => {
    const { tls, host } = transport;
    if (tls?.certificate === undefined || tls.coversHost) return [];
    const { names } = tls.certificate;
    const some = someOf(names, 5);
    return [
      {
        ...(isOfThisMachine(transport) && { severity: 'info' as const }),
        message: `${placeOf(transport)}: the certificate is for ${some === '' ? 'no name at all' : some} (${shown(tls)}).`,
        fix: `use a certificate that names ${host}; where several sites share the port, "Require Server Name Indication" in each binding`,
      },
    ];
  }),
};
