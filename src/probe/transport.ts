import { lookup as askName } from 'node:dns';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { privateKindOf } from './private-address.js';
import { lookAtTls, type TlsLook, type TransportOptions } from './tls-look.js';

/** One address of the host. */
export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
  /** `a private network`, `this machine`; undefined for an address of the internet. */
  readonly privateKind: string | undefined;
  /** The code of the error, where a connection to it fails. */
  readonly fault?: string;
}

/** What lies below HTTP: the name, the connection, TLS. */
export interface TransportLook {
  /** `https://example.com`, with a port where it is not the usual one. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly HostAddress[];
  /** The address that was connected to. */
  readonly connected: string | undefined;
  /** The first thing that fails; without it HTTP can begin. */
  readonly fault?: TransportFault;
  /** Of https. */
  readonly tls?: TlsLook;
  /** ms for the name, the connection and TLS. */
  readonly times: { readonly name: number; readonly connection?: number; readonly tls?: number };
}

export interface TransportFault {
  readonly stage: 'name' | 'connection' | 'tls';
  /** ENOTFOUND, ECONNREFUSED, TIMEOUT, and others of node. */
  readonly code: string;
}

/** More are not tried. */
const mostAddresses = 4;

/** Finds the address of a host, connects to each, and for https begins TLS, without trust in any certificate. It sends no request, and never throws. */
export async function lookAtTransport(url: URL, options: TransportOptions): Promise<TransportLook> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const base = { origin: url.origin, host, port };
  const found = await timed(() => addressesOf(host, options));
  const { addresses, code } = found.result;
  const none = { ...base, addresses, connected: undefined };
  if (code !== undefined) return { ...none, fault: { stage: 'name', code }, times: { name: found.ms } };
  const tried = await timed(() => Promise.all(addresses.map((each) => connectTo(each, port, options))));
  const times = { name: found.ms, connection: tried.ms };
  const reached = tried.result.find(({ fault }) => fault === undefined);
  if (reached === undefined) {
    const fault = { stage: 'connection', code: tried.result[0]?.fault ?? 'ENOTFOUND' } as const;
    return { ...none, addresses: tried.result, fault, times };
  }
  const open = { ...base, addresses: tried.result, connected: reached.address };
  if (url.protocol !== 'https:') return { ...open, times };
  const tls = await timed(() => lookAtTls({ host, address: reached.address, port }, options));
  const all = { ...times, tls: tls.ms };
  return typeof tls.result === 'string'
    ? { ...open, fault: { stage: 'tls', code: tls.result }, times: all }
    : { ...open, tls: tls.result, times: all };
}

async function timed<Result>(run: () => Promise<Result>): Promise<{ readonly result: Result; readonly ms: number }> {
  const began = performance.now();
  const result = await run();
  return { result, ms: performance.now() - began };
}

interface Found {
  readonly addresses: readonly HostAddress[];
  readonly code?: string;
}

function addressesOf(host: string, { timeout, signal, lookup = askName }: TransportOptions): Promise<Found> {
  if (signal?.aborted) return Promise.resolve({ addresses: [], code: 'ABORT' });
  const family = isIP(host);
  if (family !== 0) return Promise.resolve({ addresses: [addressOf(host, family)] });
  return new Promise((resolve) => {
    const end = (found: Found): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(found);
    };
    const stop = (): void => end({ addresses: [], code: 'ABORT' });
    const timer = setTimeout(() => end({ addresses: [], code: 'TIMEOUT' }), timeout);
    signal?.addEventListener('abort', stop, { once: true });
    lookup(host, { all: true }, (error, found) => {
      if (error !== null) return end({ addresses: [], code: error.code ?? 'ENOTFOUND' });
      const all = Array.isArray(found) ? found.map((each) => addressOf(each.address, each.family)) : [];
      end(all.length === 0 ? { addresses: [], code: 'ENOTFOUND' } : { addresses: all.slice(0, mostAddresses) });
    });
  });
}

const addressOf = (address: string, family: number): HostAddress => ({
  address,
  family: family === 6 ? 6 : 4,
  privateKind: privateKindOf(address),
});

function connectTo(each: HostAddress, port: number, { timeout, signal }: TransportOptions): Promise<HostAddress> {
  if (signal?.aborted) return Promise.resolve({ ...each, fault: 'ABORT' });
  return new Promise((resolve) => {
    const socket: Socket = connectTcp({ host: each.address, port });
    const end = (fault?: string): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      socket.destroy();
      resolve(fault === undefined ? each : { ...each, fault });
    };
    const stop = (): void => end('ABORT');
    const timer = setTimeout(() => end('TIMEOUT'), timeout);
    signal?.addEventListener('abort', stop, { once: true });
    socket.on('connect', () => end());
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'ECONNREFUSED'));
  });
}
