import { UserError } from '../errors.js';
import { nameProblem } from './object-name.js';
import type { NewSite, SiteBinding } from './plan.js';

/** The options `--new-site`, `--binding`, `--port` and `--certificate`. */
export interface NewSiteOptions {
  readonly newSite?: string;
  /** `http://chat.example.com:80`, repeatable. */
  readonly binding?: readonly string[];
  readonly port?: number;
  /** SHA-1 thumbprint of a certificate in the machine's store `MY`, or in the home of the embedded IIS. */
  readonly certificate?: string;
}

/**
 * The site that deploy creates; undefined where none is requested. Without a binding and a port it has no binding yet: the embedded
 * target chooses a port, IIS needs one.
 * @param makesCertificates The server makes a certificate for https where none is named: the embedded IIS.
 * @throws UserError BINDING_WITHOUT_SITE, BAD_SITE_NAME, BAD_BINDING, BAD_CERTIFICATE (usage).
 */
export function readNewSite(
  { newSite: name, binding = [], port, certificate }: NewSiteOptions,
  makesCertificates = false,
): NewSite | undefined {
  if (name === undefined) {
    if (binding.length === 0 && certificate === undefined) return undefined;
    throw new UserError('BINDING_WITHOUT_SITE', {
      what: `${binding.length > 0 ? '--binding' : '--certificate'} needs --new-site`,
      why: 'Deploy sets the bindings of a site only when it creates that site.',
      next: 'add --new-site NAME, or omit it',
    });
  }
  requireSiteName(name);
  const bindings = [...binding.map(parseSiteBinding), ...(port === undefined || port === 0 ? [] : [onPort(port)])];
  const thumbprint = certificate === undefined ? undefined : parseThumbprint(certificate);
  if (thumbprint === undefined && !makesCertificates && bindings.some(({ protocol }) => protocol === 'https')) {
    throw new UserError('BAD_CERTIFICATE', {
      what: 'a binding with https needs --certificate THUMBPRINT',
      why: 'HTTP.sys closes TLS connections to a binding without a certificate.',
      next: 'list the thumbprints of the certificates of this machine in PowerShell: dir Cert:\\LocalMachine\\My',
    });
  }
  if (thumbprint !== undefined && !bindings.some(({ protocol }) => protocol === 'https')) {
    throw new UserError('BAD_CERTIFICATE', {
      what: '--certificate needs a binding with https',
      why: 'Only a TLS connection uses a certificate.',
      next: 'add one, for example --binding https://chat.example.com',
    });
  }
  return { name, bindings, ...(thumbprint === undefined ? {} : { certificate: thumbprint }) };
}

/** As IIS Express serves it without the rights of an administrator: a site for this machine is one for the name localhost. */
export function forLocalhost(site: NewSite): NewSite {
  const isOfThisMachine = ({ address, host }: SiteBinding): boolean =>
    host === '' && ['*', '127.0.0.1'].includes(address);
  return {
    ...site,
    bindings: site.bindings.map((one) => (isOfThisMachine(one) ? { ...one, address: '*', host: 'localhost' } : one)),
  };
}

/** `*:8080:`, as in applicationHost.config. */
export const bindingInformation = ({ address, port, host }: SiteBinding): string => `${address}:${port}:${host}`;

/** `http/*:8080:`, as appcmd lists it. */
export const bindingText = (binding: SiteBinding): string => `${binding.protocol}/${bindingInformation(binding)}`;

const onPort = (port: number): SiteBinding => ({ protocol: 'http', address: '*', port, host: '' });

/** @throws UserError BAD_BINDING (usage). */
export function parseSiteBinding(text: string): SiteBinding {
  const [, scheme = '', name = '', given] =
    /^(https?):\/\/(\[[\da-f:.]+\]|[^\s/:,?#@]+)(?::(\d{1,5}))?\/?$/i.exec(text) ?? [];
  const protocol = scheme.toLowerCase();
  const port = given === undefined ? (protocol === 'https' ? 443 : 80) : Number(given);
  const isAddress = /^(\*|\d+\.\d+\.\d+\.\d+|\[.*\])$/.test(name);
  const isName = /^[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u.test(name);
  const isProtocol = protocol === 'http' || protocol === 'https';
  if (!isProtocol || !(isAddress || isName) || port < 1 || port > 65535) {
    throw new UserError('BAD_BINDING', {
      what: `--binding ${JSON.stringify(text)} is not a binding of a site`,
      why: 'A binding is a URL of http or https with a host name, an IP address or *, and a port: no path.',
      next: 'for example: --binding http://chat.example.com, or --binding http://*:8090',
      again: { with: ['--binding', 'http://*:8090'] },
    });
  }
  // A request for localhost arrives at every address, so it needs no host name.
  if (name.toLowerCase() === 'localhost') return { protocol, address: '127.0.0.1', port, host: '' };
  return isAddress
    ? { protocol, address: name, port, host: '' }
    : { protocol, address: '*', port, host: name.toLowerCase() };
}

function parseThumbprint(text: string): string {
  const hex = text.replace(/[\s:\u200e]/g, ''); // the certificate dialog copies spaces, and a left-to-right mark
  if (/^[\da-f]{40}$/i.test(hex)) return hex.toUpperCase();
  throw new UserError('BAD_CERTIFICATE', {
    what: `--certificate ${JSON.stringify(text)} is not a thumbprint`,
    why: 'A thumbprint is the SHA-1 hash of a certificate: 40 hexadecimal digits.',
    next: 'list them in PowerShell: dir Cert:\\LocalMachine\\My',
  });
}

function requireSiteName(name: string): void {
  const problem = name === '' ? 'it is empty' : nameProblem('system.applicationHost/sites', name);
  if (problem === undefined) return;
  throw new UserError('BAD_SITE_NAME', {
    what: `${JSON.stringify(name)} cannot be the name of a site`,
    why: `IIS says: ${problem}`,
    next: 'give another one with --new-site',
  });
}
