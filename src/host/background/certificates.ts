import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { createExclusive, fileLimits, makeFolder, readIfThereSync, writeFileAtomic } from '../../files/index.js';
import type { HostOptions, TlsCertificate } from '../types.js';
import { type Home, openHome } from './home.js';
import { ReadOnce } from './read-once.js';
import { makeSelfSigned } from './self-signed.js';

/** A certificate of the home, in the role of one in the machine's store MY. */
export interface StoredCertificate {
  /** SHA-1, 40 hexadecimal digits in capitals, as Windows shows it. */
  readonly thumbprint: string;
  readonly subject: string;
  /** ms since 1970. */
  readonly validTo: number;
  /** A PEM file with the certificate, its chain if it has one, and its private key. */
  readonly file: string;
  /** What is in it. */
  readonly pem: string;
  fits(host: string): boolean;
}

/** How long our own certificates are valid, in days: macOS and iOS accept no more. */
const validDays = 825;
/** One that ends so soon is not used for a new binding, in ms. */
const leastValid = 30 * 86_400_000;

/** Where the certificates are; a certificate of the user's own is put there as a file. */
export const certificatesFolder = (home: Home): string => path.join(home.directory, 'certificates');

/** What HTTP.sys has in the registry: the thumbprint for each `hostnameport=chat.example.com:443` or `ipport=0.0.0.0:443`. */
const bindingsFile = (home: Home): string => path.join(certificatesFolder(home), 'bindings.json');

/** The certificates in the home's folder; files without a certificate and a private key are none. */
export function storedCertificates(home: Home): readonly StoredCertificate[] {
  const folder = certificatesFolder(home);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => /\.(pem|crt|cer)$/i.test(name));
  return files.sort().flatMap((name) => certificateFiles.of(path.join(folder, name)));
}

/** The host looks for a certificate at each connection. */
const certificateFiles = new ReadOnce((file) => {
  const text = readIfThereSync(file, fileLimits.source)?.toString('utf8') ?? '';
  return /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(text) ? certificateIn(file, text) : [];
});

function certificateIn(file: string, text: string): StoredCertificate[] {
  try {
    const found = new X509Certificate(text);
    return [
      {
        file,
        pem: text,
        thumbprint: found.fingerprint.replaceAll(':', ''),
        subject: found.subject,
        validTo: Date.parse(found.validTo),
        fits: (host) => (isIP(host) === 0 ? found.checkHost(host) : found.checkIP(host)) !== undefined,
      },
    ];
  } catch {
    return []; // not a certificate
  }
}

/** The certificate that was made here for these host names and IP addresses before, if it is still valid for long enough. */
function ownCertificate(home: Home, names: readonly string[]): StoredCertificate | undefined {
  return storedCertificates(home).find(
    (one) =>
      path.basename(one.file).startsWith('self-signed-') &&
      names.every((name) => one.fits(name)) &&
      one.validTo - Date.now() > leastValid,
  );
}

/** The same, made now if there is none. Throws WriteError. */
export function makeOwnCertificate(home: Home, names: readonly string[]): StoredCertificate {
  const there = ownCertificate(home, names);
  if (there !== undefined) return there;
  const folder = certificatesFolder(home);
  makeFolder(folder, 0o700);
  const { certificate, key } = makeSelfSigned(names, validDays);
  const thumbprint = new X509Certificate(certificate).fingerprint.replaceAll(':', '');
  const file = path.join(folder, `self-signed-${thumbprint.slice(0, 8).toLowerCase()}.pem`);
  const text = `${certificate}${key}`;
  createExclusive(file, text); // for this user alone
  const [made] = certificateIn(file, text);
  if (made === undefined) throw new Error(`${file} is not a certificate`);
  return made;
}

/** The thumbprint for each endpoint. */
export const certificateBindings = (home: Home): ReadonlyMap<string, string> => bindingFiles.of(bindingsFile(home));

const bindingFiles = new ReadOnce((file): ReadonlyMap<string, string> => {
  const text = readIfThereSync(file, fileLimits.config)?.toString('utf8');
  if (text === undefined) return new Map();
  const parsed: unknown = JSON.parse(text);
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  return new Map(entries.map(([endpoint, thumbprint]) => [endpoint, String(thumbprint)]));
});

/** Binds a certificate to an endpoint, or, without a thumbprint, removes the binding. Throws WriteError. */
export async function setCertificateBinding(
  home: Home,
  endpoint: string,
  thumbprint: string | undefined,
): Promise<void> {
  const bindings = new Map(certificateBindings(home));
  if (thumbprint === undefined) bindings.delete(endpoint);
  else bindings.set(endpoint, thumbprint);
  makeFolder(certificatesFolder(home), 0o700);
  await writeFileAtomic(bindingsFile(home), `${JSON.stringify(Object.fromEntries(bindings), undefined, 2)}\n`);
}

/**
 * The certificate for a TLS connection, as HTTP.sys finds it: by the name that the client sends (SNI), exact and then with a
 * wildcard for its first label, then by the address, then for all addresses. Undefined: the connection is closed.
 */
export function certificateFor(
  home: Home,
  { address, port }: { readonly address: string; readonly port: number },
  serverName: string | undefined,
): TlsCertificate | undefined {
  const name = serverName?.toLowerCase() ?? '';
  const names = name === '' ? [] : [name, name.replace(/^[^.]+/, '*')];
  const addresses = [address.includes(':') ? `[${address}]` : address, '0.0.0.0'];
  const endpoints = [
    ...names.map((each) => `hostnameport=${each}:${port}`),
    ...addresses.map((each) => `ipport=${each}:${port}`),
  ];
  const bindings = certificateBindings(home);
  const thumbprint = endpoints.map((endpoint) => bindings.get(endpoint)).find((each) => each !== undefined);
  const stored = storedCertificates(home).find((each) => each.thumbprint === thumbprint);
  return stored && tlsCertificate(stored);
}

const tlsCertificate = ({ thumbprint, pem }: StoredCertificate): TlsCertificate => ({ id: thumbprint, pem });

/**
 * TLS for one port of this machine, with a self-signed certificate for localhost and the address, which is made and remembered in
 * the home. Throws UserError BAD_HOME, WriteError.
 */
export function ownTls(
  environment: Readonly<Record<string, string | undefined>>,
  address: string,
): Required<Pick<HostOptions, 'certificateFor'>> {
  const names = ['localhost', '127.0.0.1', address].filter((name) => !['0.0.0.0', '::'].includes(name));
  const certificate = tlsCertificate(makeOwnCertificate(openHome(environment), [...new Set(names)]));
  return { certificateFor: () => certificate };
}
