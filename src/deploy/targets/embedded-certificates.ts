import { domainToASCII } from 'node:url';
import { UserError } from '../../errors.js';
import {
  certificateBindings,
  certificatesFolder,
  type Home,
  makeOwnCertificate,
  setCertificateBinding,
  storedCertificates,
} from '../../host/index.js';
import type { CertificateStore } from '../certificates.js';

/** The certificates in a home of the embedded IIS: the user's own, and those that are made here. */
export const embeddedCertificates = (home: Home): CertificateStore => ({
  async shown(endpoint) {
    const thumbprint = certificateBindings(home).get(inAscii(endpoint));
    const stored = storedCertificates(home).find((each) => each.thumbprint === thumbprint);
    return stored === undefined || stored.validTo < Date.now() ? undefined : stored.thumbprint.toLowerCase();
  },
  async add(endpoint, thumbprint) {
    const bound = thumbprint ?? makeOwnCertificate(home, namesOf(inAscii(endpoint))).thumbprint;
    await setCertificateBinding(home, inAscii(endpoint), bound);
  },
  remove: (endpoint) => setCertificateBinding(home, inAscii(endpoint), undefined),
  sayAdd: (endpoint, thumbprint) =>
    `(bind ${thumbprint === undefined ? 'a self-signed certificate' : `the certificate ${thumbprint}`} in ${certificatesFolder(home)} to ${endpoint})`,
  sayRemove: (endpoint) => `(remove the certificate of ${endpoint}; it stays in ${certificatesFolder(home)})`,
});

/** A certificate that is asked for must be there. @throws UserError CERTIFICATE_NOT_FOUND, CERTIFICATE_EXPIRED. */
export function requireCertificate(home: Home, thumbprint: string | undefined): void {
  if (thumbprint === undefined) return;
  const stored = storedCertificates(home);
  const found = stored.find((each) => each.thumbprint === thumbprint);
  if (found !== undefined && found.validTo >= Date.now()) return;
  if (found !== undefined) {
    throw new UserError('CERTIFICATE_EXPIRED', {
      what: `the certificate ${thumbprint} ended on ${new Date(found.validTo).toISOString().slice(0, 10)}`,
      why: 'Browsers refuse a certificate after its end.',
      next: `put a new one into ${certificatesFolder(home)}, or omit --certificate: one is made`,
      again: { without: ['--certificate'] },
      exit: 'refused',
    });
  }
  const others = stored.map((each) => `${each.thumbprint} (${each.subject.replaceAll('\n', ', ')})`).join('; ');
  throw new UserError('CERTIFICATE_NOT_FOUND', {
    what: `there is no certificate ${thumbprint} in ${certificatesFolder(home)}`,
    why: others === '' ? 'It has no certificate with a private key.' : `It has ${others}.`,
    next: 'put a .pem file with the certificate and its private key there, or omit --certificate: a self-signed one is made',
    again: { without: ['--certificate'] },
    exit: 'refused',
  });
}

/** The host name as clients send it. */
const inAscii = (endpoint: string): string =>
  endpoint.replace(/^(hostnameport=)(.*)(:\d+)$/, (_all, kind, host, port) => `${kind}${domainToASCII(host)}${port}`);

/** For whom a certificate of an endpoint is made. */
function namesOf(endpoint: string): readonly string[] {
  const name = endpoint.replace(/^.*?=|:\d+$/g, '').replace(/^\[|\]$/g, '');
  return name === '0.0.0.0' ? ['localhost', '127.0.0.1'] : [name];
}
