import { createServer as createHttpServer } from 'node:http';
import type { LookupFunction } from 'node:net';
import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { privateKindOf } from '../../src/probe/private-address.js';
import type { TransportOptions } from '../../src/probe/tls-look.js';
import { lookAtTransport } from '../../src/probe/transport.js';
import { inDays, makeCertificate } from '../support/certificate.js';

async function portOf(server: Server): Promise<number> {
  const open = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => void open.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const each of open) each.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const authority = makeCertificate({ name: 'An authority', isAuthority: true });
const authorities = [authority.cert];
const signed = makeCertificate({ name: 'localhost', covers: ['localhost', '127.0.0.1'], issuer: authority });

const secure = (tls: TlsOptions): Promise<number> => portOf(createTlsServer(tls).on('tlsClientError', () => undefined));
const look = (url: string, options: Partial<TransportOptions> = {}) =>
  lookAtTransport(new URL(url), { timeout: 10_000, ...options });

/** A name server that answers with these addresses, or an error. */
const answering =
  (...answer: readonly string[]): LookupFunction =>
  (_name, _options, callback) => {
    const [first = ''] = answer;
    if (/^[A-Z]/.test(first)) callback(Object.assign(new Error(first), { code: first }), []);
    else
      callback(
        null,
        answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  };

describe('the name', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN'])('that the name server answers with %s ends the look', async (code) => {
    const seen = await look('http://shop.example/', { lookup: answering(code) });
    expect(seen).toMatchObject({ host: 'shop.example', fault: { stage: 'name', code }, addresses: [] });
  });

  it('without an answer of the name server is not waited for', async () => {
    const seen = await look('http://shop.example/', { timeout: 1, lookup: () => undefined });
    expect(seen.fault).toEqual({ stage: 'name', code: 'TIMEOUT' });
  });

  it.each([
    ['10.1.2.3', 'a private network'],
    ['172.31.255.255', 'a private network'],
    ['172.32.0.0', undefined],
    ['192.168.0.1', 'a private network'],
    ['fd00::1', 'a private network'],
    ['100.64.0.1', "a provider's own network"],
    ['169.254.1.1', 'one cable (link-local)'],
    ['127.8.8.8', 'this machine'],
    ['::1', 'this machine'],
    ['93.184.216.34', undefined],
    ['2606:2800:220:1::1', undefined],
  ])('%s leads to %s', (address, kind) => expect(privateKindOf(address)).toBe(kind));
});

describe('the connection', () => {
  it('is made to each address; one that refuses is named, and the others are used', async () => {
    const port = await portOf(createServer());
    const seen = await look(`http://shop.example:${port}/`, { lookup: answering('127.0.0.2', '127.0.0.1') });
    expect(seen).toMatchObject({ connected: '127.0.0.1', addresses: [{ fault: 'ECONNREFUSED' }, {}] });
    expect(seen.fault).toBeUndefined();
    expect(seen.tls).toBeUndefined();
  });

  it('that is refused by all ends the look', async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const seen = await look(`http://127.0.0.1:${port}/`);
    expect(seen).toMatchObject({ connected: undefined, fault: { stage: 'connection', code: 'ECONNREFUSED' } });
  });
});

describe('TLS', () => {
  it('with a certificate of a known authority, for the name, in its time, has nothing against it', async () => {
    const port = await secure({ ...signed, ALPNProtocols: ['h2', 'http/1.1'] });
    const { tls } = await look(`https://localhost:${port}/`, { authorities });
    expect(tls).toMatchObject({
      protocol: 'TLSv1.3',
      isOld: false,
      offersHttp2: true,
      coversHost: true,
      certificate: { subject: 'CN=localhost', issuer: 'CN=An authority', isSelfSigned: false },
    });
    expect(tls?.distrust).toBeUndefined();
    expect(tls?.certificate?.names).toEqual(['localhost', '127.0.0.1']);
    expect(Date.parse(tls?.certificate?.validTo ?? '')).toBeGreaterThan(Date.now());
  });

  it.each([
    ['signed by itself', makeCertificate({ name: 'localhost' }), /^DEPTH_ZERO_SELF_SIGNED_CERT$/, true],
    ['of an authority nobody knows', signed, /^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/, true],
    ['for another name', makeCertificate({ name: 'other.example', issuer: authority }), undefined, false],
    ['that is out of date', makeCertificate({ name: 'localhost', issuer: authority, to: inDays(-1) }), undefined, true],
  ])('with a certificate %s is looked at all the same', async (says, made, distrust, coversHost) => {
    const port = await secure(made);
    const known = says.includes('nobody') ? {} : { authorities };
    const { tls, fault } = await look(`https://localhost:${port}/`, known);
    expect(fault).toBeUndefined();
    expect(tls?.coversHost).toBe(coversHost);
    if (distrust === undefined) expect(tls?.distrust).toBeUndefined();
    else expect(tls?.distrust).toMatch(distrust);
    expect(tls?.certificate?.subject).toBe(`CN=${made.name}`);
  });

  it('of a version that browsers refuse is recognised', async () => {
    const port = await secure({ ...signed, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' });
    const { tls } = await look(`https://localhost:${port}/`, { authorities });
    expect(tls).toMatchObject({ isOld: true, protocol: 'TLSv1.1' });
  });

  it('is not at the port: http answers, something answers garbage, nothing answers, or the connection is cut', async () => {
    const plain = await portOf(createHttpServer((_request, response) => response.end()));
    const garbage = await portOf(createServer((socket) => socket.end('garbage\r\n'.repeat(100))));
    const silent = await portOf(createServer());
    const cut = await portOf(createServer((socket) => socket.destroy()));
    const codes = [];
    for (const port of [plain, garbage, cut]) codes.push((await look(`https://127.0.0.1:${port}/`)).fault);
    codes.push((await look(`https://127.0.0.1:${silent}/`, { timeout: 100 })).fault);
    expect(codes).toEqual([
      { stage: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
      { stage: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
      { stage: 'tls', code: 'ECONNRESET' },
      { stage: 'tls', code: 'TIMEOUT' },
    ]);
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const port = await portOf(createServer(() => stop.abort()));
    expect((await look(`https://127.0.0.1:${port}/`, { signal: stop.signal })).fault?.code).toBe('ABORT');
  });

  it.each(['localhost', '127.0.0.1'])('does not begin where the signal came before: %s', async (host) => {
    let connections = 0;
    const port = await portOf(createServer(() => (connections += 1)));
    const { fault } = await look(`https://${host}:${port}/`, { signal: AbortSignal.abort() });
    expect([fault?.code, connections]).toEqual(['ABORT', 0]);
  });
});
