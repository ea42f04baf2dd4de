import { isIP, type LookupFunction } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';

export interface TransportOptions {
  /** ms for each of the three. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** In place of the system's own. */
  readonly lookup?: LookupFunction | undefined;
  /** Certificates of authorities, PEM, that are trusted in place of node's own. */
  readonly authorities?: readonly string[] | undefined;
}

/** What the server showed. */
export interface Certificate {
  /** `CN=example.com, O=Example` */
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601, UTC. */
  readonly validFrom: string;
  readonly validTo: string;
  /** The names that it is for. */
  readonly names: readonly string[];
  readonly isSelfSigned: boolean;
  /** How many certificates came, itself included. */
  readonly chain: number;
}

/** TLS as it was agreed upon. */
export interface TlsLook {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** True: it speaks only versions that browsers refuse. */
  readonly isOld: boolean;
  readonly offersHttp2: boolean;
  readonly certificate: Certificate | undefined;
  /** Why node trusts no chain of it, a code of OpenSSL; undefined where it does. Dates and names are judged apart. */
  readonly distrust: string | undefined;
  readonly coversHost: boolean;
}

interface Place {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** Begins TLS; a code of node or OpenSSL where that fails. A server that speaks an old version alone is asked a second time. */
export async function lookAtTls(place: Place, options: TransportOptions): Promise<TlsLook | string> {
  const first = await handshake(place, options, false);
  if (typeof first !== 'string' || !/UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION/.test(first)) return first;
  const second = await handshake(place, options, true);
  return typeof second === 'string' ? first : second;
}

function handshake(
  { host, address, port }: Place,
  { timeout, signal, authorities }: TransportOptions,
  isOld: boolean,
): Promise<TlsLook | string> {
  const asked: ConnectionOptions = {
    host: address,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: false, // what it shows is looked at, not trusted
    ALPNProtocols: ['h2', 'http/1.1'],
    ...(authorities && { ca: [...authorities] }),
    ...(isOld && { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  };
  if (signal?.aborted) return Promise.resolve('ABORT');
  return new Promise((resolve) => {
    const socket = connect(asked);
    const end = (result: TlsLook | string): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      socket.destroy();
      resolve(result);
    };
    const stop = (): void => end('ABORT');
    const timer = setTimeout(() => end('TIMEOUT'), timeout);
    signal?.addEventListener('abort', stop, { once: true });
    socket.on('secureConnect', () => end(lookOf(socket, host, isOld)));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'ECONNRESET'));
    socket.on('close', () => end('ECONNRESET'));
  });
}

/** Codes that say something of dates or names alone. */
const notOfTrust = /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;

function lookOf(socket: TLSSocket, host: string, isOld: boolean): TlsLook {
  const shown = socket.getPeerCertificate(true);
  const has = shown.raw !== undefined;
  // Typed as an Error, it is the code of OpenSSL, as text (node, lib/_tls_wrap.js onConnectSecure).
  const code = socket.authorized ? undefined : codeOf(socket.authorizationError);
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    isOld,
    offersHttp2: socket.alpnProtocol === 'h2',
    certificate: has ? certificateOf(shown) : undefined,
    distrust: code === undefined || notOfTrust.test(code) ? undefined : code,
    coversHost: has && checkServerIdentity(host, shown) === undefined,
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

function certificateOf(shown: PeerCertificate & { readonly issuerCertificate?: PeerCertificate }): Certificate {
  const [subject, issuer] = [nameOf(shown.subject), nameOf(shown.issuer)];
  const names = (shown.subjectaltname ?? '')
    .split(', ')
    .filter(Boolean)
    .map((name) => name.replace(/^(DNS|IP Address):/, ''));
  return {
    subject,
    issuer,
    validFrom: dateOf(shown.valid_from),
    validTo: dateOf(shown.valid_to),
    names,
    isSelfSigned: subject === issuer,
    chain: lengthOf(shown),
  };
}

const dateOf = (text: string): string => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
};

/** `CN=example.com, O=Example`; a name may have a part several times. */
const nameOf = (name: object | undefined): string =>
  Object.entries(name ?? {})
    .flatMap(([key, value]) => [value].flat().map((each) => `${key}=${String(each)}`))
    .reverse()
    .join(', ');

/** Each certificate refers to its issuer's, the last one to itself. */
function lengthOf(first: PeerCertificate & { readonly issuerCertificate?: PeerCertificate }): number {
  const seen = new Set<string>();
  let next: (PeerCertificate & { readonly issuerCertificate?: PeerCertificate }) | undefined = first;
  while (next?.fingerprint256 !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    next = next.issuerCertificate;
  }
  return seen.size;
}
