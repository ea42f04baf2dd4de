import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import {
  certificateBindings,
  certificateFor,
  certificatesFolder,
  makeOwnCertificate,
  ownTls,
  setCertificateBinding,
  storedCertificates,
} from '../../src/host/background/certificates.js';
import { makeSelfSigned } from '../../src/host/background/self-signed.js';
import { type HostEvent, openHome, serveSite, startHost } from '../../src/host/index.js';
import { freePort } from '../support/free-port.js';
import { exchange, folderWith, put, webConfig } from './harness.js';
import { handshake, off } from './iisnode-app.js';

const script = `
const server = require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ proto: request.headers['x-forwarded-proto'], https: request.headers['x-iisnode-https'] }));
});
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n');
  socket.pipe(socket);
});
server.listen(process.env.PORT);
`;
const toHttps =
  '<rewrite><rules><rule name="https" stopProcessing="true"><match url="^secure" /><conditions><add input="{HTTPS}" pattern="^off$" /></conditions><action type="Redirect" url="https://{HTTP_HOST}/{R:0}" /></rule></rules></rewrite>';
const appConfig = webConfig(
  `<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>${toHttps}${off}<iisnode enableXFF="true" promoteServerVars="HTTPS" />`,
);

/** One request over TLS to 127.0.0.1. */
function ask(port: number, host: string, ca: string, url = '/'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: url, servername: host, headers: { host }, ca, agent: false };
    const sent = https.get(options, async (incoming) => {
      const body = (await incoming.setEncoding('utf8').toArray()).join('');
      resolve({ status: incoming.statusCode ?? 0, body });
    });
    sent.on('error', reject);
  });
}

async function world() {
  const folder = folderWith({
    'a/server.js': script,
    'a/web.config': appConfig,
    'b/index.htm': 'site b',
    'plain/index.htm': 'plain http',
    'plain/web.config': webConfig(toHttps),
  });
  const [secure, plain] = [await freePort(), await freePort()];
  const site = (name: string, id: number, protocol: string, information: string) => ({
    name,
    id,
    bindings: [{ protocol, information }],
    applications: [{ path: '/', physicalPath: path.join(folder, name), pool: name }],
  });
  const text = applicationHostText({
    unlocked: true,
    pools: ['a', 'b', 'plain'],
    sites: [
      site('a', 1, 'https', `*:${secure}:a.example`),
      site('b', 2, 'https', `*:${secure}:b.example`),
      site('plain', 3, 'http', `*:${plain}:`),
    ],
  });
  put(folder, 'applicationHost.config', text);
  const home = openHome({ IISNODE_SOCK_HOME: path.join(folder, 'home') });
  const events: HostEvent[] = [];
  const host = await startHost({
    loadConfig: serveSite({
      directory: folder,
      vdirPath: '/',
      applicationHostFile: path.join(folder, 'applicationHost.config'),
    }),
    certificateFor: (point, name) => certificateFor(home, point, name),
    onEvent: (event) => events.push(event),
  });
  onTestFinished(() => host.close());
  return { home, host, events, secure, plain };
}

describe('an https binding', () => {
  it('has the certificate of the name that the client sends, node and the rules see https, and WebSockets work', async () => {
    const { home, host, secure, plain } = await world();
    expect(host.addresses.map(({ origin }) => origin)).toEqual([
      `https://a.example:${secure}`,
      `https://b.example:${secure}`,
      `http://127.0.0.1:${plain}`,
    ]);
    // Before it has a certificate, the handshake fails, as HTTP.sys ends it.
    await expect(ask(secure, 'a.example', '')).rejects.toThrow();
    const [a, b] = ['a.example', 'b.example'].map((name) => makeOwnCertificate(home, [name]));
    if (a === undefined || b === undefined) throw new Error('no certificates');
    await setCertificateBinding(home, `hostnameport=a.example:${secure}`, a.thumbprint);
    await setCertificateBinding(home, `hostnameport=b.example:${secure}`, b.thumbprint);
    const pem = (name: string) => certificateFor(home, { address: '127.0.0.1', port: secure }, name)?.pem ?? '';
    expect(JSON.parse((await ask(secure, 'a.example', pem('a.example'), '/server.js')).body)).toEqual({
      proto: 'https',
      https: 'on',
    });
    expect(await ask(secure, 'B.example', pem('b.example'))).toEqual({ status: 200, body: 'site b' });
    await expect(ask(secure, 'b.example', pem('a.example'))).rejects.toThrow(/self.signed/);
    // No site has this host name, and no certificate: neither by its name nor for the address.
    await expect(ask(secure, 'c.example', pem('b.example'))).rejects.toThrow();
    // {HTTPS}: redirected where it is off, answered where it is on.
    const redirect = await exchange(plain, 'GET /secure HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
    expect(redirect).toMatch(/^HTTP\/1\.1 301 [\s\S]*\r\nLocation: https:\/\/a\.example\/secure\r\n/);
    expect((await ask(secure, 'a.example', pem('a.example'), '/secure')).status).toBe(404);
    const socket = tls.connect({ host: '127.0.0.1', port: secure, servername: 'a.example', ca: pem('a.example') });
    socket.setEncoding('latin1').write(`${handshake('/server.js').replace('Host: x', 'Host: a.example')}early`);
    let seen = '';
    for await (const piece of socket) {
      seen += String(piece);
      if (seen.endsWith('early')) socket.write('late');
      if (seen.endsWith('late')) break;
    }
    expect(seen).toMatch(/^HTTP\/1\.1 101 [\s\S]*earlylate$/);
  });

  it('uses the certificate of the address for a client without SNI and for other names; a new one without a restart', async () => {
    const { home, secure } = await world();
    const first = makeOwnCertificate(home, ['first.example']);
    const second = makeOwnCertificate(home, ['second.example']);
    const presented = async (): Promise<string | undefined> => {
      const socket = tls.connect({ host: '127.0.0.1', port: secure, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint.replaceAll(':', '');
    };
    for (const { thumbprint } of [first, second]) {
      await setCertificateBinding(home, `ipport=0.0.0.0:${secure}`, thumbprint);
      expect(await presented()).toBe(thumbprint);
    }
    const pem = certificateFor(home, { address: '127.0.0.1', port: secure }, 'second.example')?.pem ?? '';
    // The certificate is there and the site is not: HTTP.sys itself answers.
    expect(await ask(secure, 'second.example', pem)).toMatchObject({
      status: 400,
      body: expect.stringContaining('Invalid Hostname'),
    });
    await setCertificateBinding(home, `ipport=0.0.0.0:${secure}`, undefined);
    expect(certificateBindings(home).size).toBe(0);
    await expect(presented()).rejects.toThrow();
  });

  it('survives clients that speak http, nothing, or end in the handshake; closing does not wait for them', async () => {
    const { home, host, secure, events } = await world();
    const { thumbprint } = makeOwnCertificate(home, ['b.example']);
    await setCertificateBinding(home, `ipport=0.0.0.0:${secure}`, thumbprint);
    await exchange(secure, 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n').catch(() => '');
    const silent = net.connect(secure, '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    silent.write(Buffer.from([0x16, 3, 1])); // the start of a handshake
    const pem = certificateFor(home, { address: '127.0.0.1', port: secure }, undefined)?.pem ?? '';
    await expect(ask(secure, 'b.example', pem)).resolves.toMatchObject({ body: 'site b' });
    const closed = once(silent, 'close');
    await host.close();
    await closed;
    expect(events.filter(({ code }) => code === 'HOST_FAULT')).toEqual([]);
  });
});

describe('the certificates of a home', () => {
  it('are the one that `serve --https` presents', async () => {
    const environment = { IISNODE_SOCK_HOME: folderWith() };
    const tlsOptions = ownTls(environment, '127.0.0.1');
    const host = await startHost({
      loadConfig: serveSite({ directory: folderWith({ 'index.htm': 'served' }), vdirPath: '/' }),
      listen: { protocol: 'https', host: '127.0.0.1', port: 0 },
      ...tlsOptions,
    });
    onTestFinished(() => host.close());
    const [{ port, origin } = { port: 0, origin: '' }] = host.addresses;
    expect(origin).toBe(`https://127.0.0.1:${port}`);
    const pem = ownTls(environment, '127.0.0.1').certificateFor({ address: '127.0.0.1', port }, undefined)?.pem ?? '';
    expect(await ask(port, 'localhost', pem)).toEqual({ status: 200, body: 'served' });
  });

  it('are made once for a name, for this user alone, and again when they end soon; a file of the user is taken too', () => {
    const folder = folderWith();
    const home = openHome({ IISNODE_SOCK_HOME: folder });
    expect(storedCertificates(home)).toEqual([]);
    const made = makeOwnCertificate(home, ['a.example']);
    expect(makeOwnCertificate(home, ['a.example']).thumbprint).toBe(made.thumbprint);
    expect(made.validTo).toBeGreaterThan(Date.now() + 800 * 86_400_000);
    if (process.platform !== 'win32') expect(statSync(made.file).mode & 0o077).toBe(0);
    for (const address of ['127.0.0.1', '::1', 'fe80::12:1']) {
      expect(makeOwnCertificate(home, [address]).fits(address)).toBe(true);
    }
    const own = makeSelfSigned(['own.example'], 20);
    writeFileSync(path.join(certificatesFolder(home), 'own.pem'), own.certificate + own.key);
    writeFileSync(path.join(certificatesFolder(home), 'no-key.pem'), own.certificate);
    writeFileSync(path.join(certificatesFolder(home), 'broken.pem'), own.key);
    expect(storedCertificates(home).filter((each) => each.fits('own.example'))).toHaveLength(1);
    // It ends within 30 days, and is not one of ours.
    expect(path.basename(makeOwnCertificate(home, ['own.example']).file)).toMatch(/^self-signed-/);
    mkdirSync(path.join(folder, 'other', 'certificates'), { recursive: true });
    const soon = path.join(folder, 'other', 'certificates', 'self-signed-1.pem');
    copyFileSync(path.join(certificatesFolder(home), 'own.pem'), soon);
    const other = openHome({ IISNODE_SOCK_HOME: path.join(folder, 'other') });
    expect(makeOwnCertificate(other, ['own.example']).file).not.toBe(soon);
    expect(existsSync(soon)).toBe(true);
  });
});
