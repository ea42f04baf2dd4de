import { createServer } from 'node:http';
import { createServer as createSecure, type ServerOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { diagnose, type LiveFacts, rules, runRules } from '../../../src/doctor/index.js';
import { type LiveLook, lookAtLive } from '../../../src/probe/index.js';
import { listen } from '../../probe/listen.js';
import { inDays, type Made, makeCertificate } from '../../support/certificate.js';

const authority = makeCertificate({ name: 'An authority', isAuthority: true });
const local = { name: 'localhost', covers: ['localhost', 'shop.example'] };
const good = makeCertificate({ ...local, issuer: authority });

async function secure(tls: Made & ServerOptions): Promise<string> {
  const server = createSecure(tls, (request, response) => {
    asked.push(request.headers.authorization);
    response.setHeader('content-type', 'text/html').end('<title>app</title>');
  });
  asked.length = 0;
  return new URL(await listen(server.on('tlsClientError', () => undefined))).port;
}
const asked: (string | undefined)[] = [];

/** shop.example is this machine, as a name server says it; nothing of it is an address of this machine for the rules. */
const toThisMachine: LookupFunction = (_name, { all }, callback) =>
  all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4);

const look = (url: string, authorities: readonly string[] = [authority.cert]): Promise<LiveLook> =>
  lookAtLive(url, { lookup: toThisMachine, address: '127.0.0.1', authorities });

/** As of a machine elsewhere. */
const elsewhere = ({ transports, ...rest }: LiveLook): LiveLook => ({
  ...rest,
  transports: transports.map((each) => ({
    ...each,
    addresses: each.addresses.map((one) => ({ ...one, privateKind: undefined })),
  })),
});

const found = (seen: LiveLook, at = Date.now()) => {
  const facts: LiveFacts = { kind: 'live', target: 'https://shop.example/', at, ...seen };
  return runRules(rules, facts).diagnoses.map(({ finding }) => finding);
};
const codes = (seen: LiveLook, at?: number): string[] =>
  found(seen, at)
    .map(({ rule, severity }) => `${rule} ${severity}`)
    .filter((each) => each !== 'LIVE_NOTE info');

describe('a certificate', () => {
  it('of a known authority, for the host, in its time is no finding, and the app is looked at', async () => {
    const seen = await look(`https://shop.example:${await secure(good)}/`);
    expect(codes(elsewhere(seen))).toEqual([]);
    expect(seen.exchanges[0]).toMatchObject({ method: 'GET', status: 200, bytes: 18 });
  });

  it.each([
    ['signed by itself', makeCertificate(local), 'LIVE_CERTIFICATE_UNTRUSTED error', /signed by itself/],
    [
      'out of date',
      makeCertificate({ ...local, issuer: authority, to: inDays(-1) }),
      'LIVE_CERTIFICATE_DATES error',
      /has expired \(subject CN=localhost, issuer CN=An authority, valid from/,
    ],
    [
      'not valid yet',
      makeCertificate({ ...local, issuer: authority, from: inDays(2) }),
      'LIVE_CERTIFICATE_DATES error',
      /not valid yet/,
    ],
    [
      'that expires soon',
      makeCertificate({ ...local, issuer: authority, to: inDays(3.5) }),
      'LIVE_CERTIFICATE_DATES warning',
      /expires in 3 days/,
    ],
    [
      'for another name',
      makeCertificate({ name: 'other.example', issuer: authority }),
      'LIVE_CERTIFICATE_NAME error',
      /is for other\.example/,
    ],
  ])('%s is reported with subject, issuer and dates, and the look goes on', async (_says, made, code, message) => {
    const seen = elsewhere(await look(`https://shop.example:${await secure(made)}/`));
    expect(codes(seen)).toEqual([code]);
    expect(found(seen)[0]?.message).toMatch(message);
    expect(found(seen)[0]?.message).toMatch(
      /subject CN=.*, issuer CN=.*, valid from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/,
    );
    expect(seen.exchanges[0]?.status).toBe(200);
  });

  it('of an unknown issuer without its chain is a warning: some clients refuse it', async () => {
    const seen = elsewhere(await look(`https://shop.example:${await secure(good)}/`, []));
    expect(codes(seen)).toEqual(['LIVE_CERTIFICATE_UNTRUSTED warning']);
    expect(found(seen)[0]?.message).toContain('sends no intermediate certificate');
  });

  it('on a machine for tests that is signed by itself is a note', async () => {
    expect(codes(await look(`https://localhost:${await secure(makeCertificate(local))}/`))).toEqual([
      'LIVE_CERTIFICATE_UNTRUSTED info',
    ]);
  });

  it.each([
    ['trusted', good, /^Basic /],
    ['not trusted', makeCertificate(local), /^undefined$/],
  ])('that is %s decides whether a password of the URL is sent, and it is never shown', async (_says, made, sent) => {
    const seen = await look(`https://me:secret@shop.example:${await secure(made)}/`);
    expect(asked.length).toBeGreaterThan(0);
    expect(String(asked[0])).toMatch(sent);
    expect(JSON.stringify([seen.exchanges, found(seen)])).not.toContain('secret');
  });
});

describe('below HTTP', () => {
  const nothing = { url: 'http://shop.example/', ok: false, steps: [], transport: undefined, ms: 0 };
  const base = { origin: 'http://shop.example', host: 'shop.example', port: 80, times: { name: 1 } };
  const withAddresses = (...addresses: LiveLook['transports'][number]['addresses'][number][]): LiveLook => ({
    probe: nothing,
    exchanges: [],
    exposed: [],
    transports: [{ ...base, addresses, connected: addresses.find(({ fault }) => fault === undefined)?.address }],
  });
  const public4 = { address: '93.184.216.34', family: 4, privateKind: undefined } as const;
  const public6 = { address: '2606:2800::1', family: 6, privateKind: undefined } as const;

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'TIMEOUT', 'EOTHER'])('%s of the name is the only finding', (code) => {
    const transports = [{ ...base, addresses: [], connected: undefined, fault: { stage: 'name', code } as const }];
    expect(codes({ probe: nothing, exchanges: [], exposed: [], transports })).toEqual(['LIVE_NAME_NOT_FOUND error']);
  });

  it.each([
    ['ECONNREFUSED', /nothing listens at port 80; tried 93\.184\.216\.34 \(ECONNREFUSED\)/],
    ['TIMEOUT', /no answer from port 80/],
    ['EHOSTUNREACH', /no route/],
  ])('%s of the connection is the only finding', (code, message) => {
    const [transport] = withAddresses({ ...public4, fault: code }).transports;
    if (transport === undefined) throw new Error('none');
    const seen = {
      probe: nothing,
      exchanges: [],
      exposed: [],
      transports: [{ ...transport, fault: { stage: 'connection', code } as const }],
    };
    expect(codes(seen)).toEqual(['LIVE_CONNECTION_FAILS error']);
    expect(found(seen)[0]?.message).toMatch(message);
  });

  it.each([
    ['both kinds of addresses', [public4, public6], []],
    [
      'an address of a private network',
      [{ ...public4, address: '10.0.0.7', privateKind: 'a private network' }],
      ['LIVE_ADDRESS_LIMITED info'],
    ],
    ['IPv6 alone', [public6], ['LIVE_ADDRESS_LIMITED info']],
    ['one address that refuses', [{ ...public6, fault: 'ECONNREFUSED' }, public4], ['LIVE_ADDRESS_LIMITED warning']],
    ['one that this machine has no network for', [{ ...public6, fault: 'ENETUNREACH' }, public4], []],
  ])('%s: %j', (_says, addresses, expected) => {
    expect(codes(withAddresses(...addresses))).toEqual(expected);
  });

  it('http at the port of https is recognised', async () => {
    const origin = await listen(createServer((_request, response) => response.end()));
    const { findings, live } = await diagnose(origin.replace('http:', 'https:'), { cwd: '/' });
    expect(findings).toMatchObject([
      { rule: 'LIVE_TLS_FAILS', message: expect.stringContaining('does not speak TLS') },
    ]);
    expect(live?.requests).toEqual([]);
  });

  it('TLS 1.1 alone is recognised', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    const seen = elsewhere(await look(`https://shop.example:${await secure({ ...good, ...old })}/`));
    expect(codes(seen)).toEqual(['LIVE_TLS_FAILS error']);
    expect(found(seen)[0]?.message).toContain('speaks only TLSv1.1');
  });
});

describe('redirects', () => {
  it('in a circle are one finding, with the circle', async () => {
    const url = await listen(
      createServer(({ url: at = '' }, response) =>
        response.writeHead(302, { location: at.endsWith('/a') ? '/b' : '/a' }).end(),
      ),
    );
    const { findings } = await diagnose(url, { cwd: '/' });
    expect(findings.map(({ rule }) => rule)).toEqual(['LIVE_REDIRECT_LOOP']);
    expect(findings[0]?.message).toContain('which lead in a circle: /b -> /a -> /b');
  });

  it('from https to http are a warning', async () => {
    const plain = await listen(createServer((_request, response) => response.end('<title>app</title>')));
    const server = createSecure(good, (_request, response) => {
      response.writeHead(302, { location: plain.replace('127.0.0.1', 'shop.example') }).end();
    });
    const { port } = new URL(await listen(server));
    const seen = await look(`https://shop.example:${port}/`);
    expect(codes(elsewhere(seen))).toContain('LIVE_REDIRECT_TO_HTTP warning');
  });

  it('from http to https have the certificate looked at as well', async () => {
    const port = await secure(makeCertificate({ ...local, to: inDays(-1) }));
    const front = createServer((_request, response) => {
      response.writeHead(301, { location: `https://shop.example:${port}/` }).end();
    });
    const seen = await look((await listen(front)).replace('127.0.0.1', 'shop.example'));
    expect(seen.transports.map(({ origin }) => origin)).toEqual([
      expect.stringContaining('http://shop.example'),
      `https://shop.example:${port}`,
    ]);
    expect(codes(elsewhere(seen))).toContain('LIVE_CERTIFICATE_DATES error');
  });
});
