import type { SiteBinding } from './plan.js';

/** Where a server has the certificates of its https bindings: HTTP.sys, which netsh changes, or the home of the embedded IIS. */
export interface CertificateStore {
  /** What it has for an endpoint: a text with the thumbprint in it, lower case. undefined: no certificate. */
  shown(endpoint: string): Promise<string | undefined>;
  /** Binds the certificate; without a thumbprint one that is made for the name. */
  add(endpoint: string, thumbprint: string | undefined): Promise<void>;
  remove(endpoint: string): Promise<void>;
  /** The equivalent commands to type. */
  sayAdd(endpoint: string, thumbprint: string | undefined): string;
  sayRemove(endpoint: string): string;
}

/** `hostnameport=chat.example.com:443` (SNI), `ipport=0.0.0.0:443`: as netsh writes it. */
export const endpointOf = ({ address, port, host }: SiteBinding): string =>
  host === '' ? `ipport=${address === '*' ? '0.0.0.0' : address}:${port}` : `hostnameport=${host}:${port}`;
