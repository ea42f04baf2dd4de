import { existsSync, readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DeployPlan, deploy, runPlan, status, steps, undeploy } from '../../src/deploy/index.js';
import { bindingText, parseSiteBinding, readNewSite } from '../../src/deploy/new-site.js';
import { checkServer } from '../../src/deploy/plan-deploy.js';
import { removeApp } from '../../src/deploy/remove-app.js';
import { openHome, setCertificateBinding, stopBackgroundHost, storedCertificates } from '../../src/host/index.js';
import { lookupOf } from '../../src/probe/address.js';
import { probeApp } from '../../src/probe/index.js';
import { openSocket } from '../../src/probe/web-socket.js';
import { quoteForShell } from '../../src/quoting.js';
import { smallText } from '../appcmd/support.js';
import { freePort } from '../support/free-port.js';
import { iisOf, iisWith } from './preflight/support.js';
import { type DeployWorld, deployWorld, makeApp, planFor, temporaryDirectory } from './support.js';

const silent = (): void => undefined;
const thumbprint = 'AB12'.repeat(10);

describe('a binding', () => {
  it.each([
    ['http://chat.example.com', 'http/*:80:chat.example.com'],
    ['http://Chat.Example.com:8080/', 'http/*:8080:chat.example.com'],
    ['https://chat.example.com', 'https/*:443:chat.example.com'],
    ['http://*:8090', 'http/*:8090:'],
    ['http://10.0.0.7:81', 'http/10.0.0.7:81:'],
    ['http://[fe80::1]:81', 'http/[fe80::1]:81:'],
    ['http://localhost:8090', 'http/127.0.0.1:8090:'],
    ['http://grüße.example', 'http/*:80:grüße.example'],
  ])('%s is %s', (text, binding) => {
    expect(bindingText(parseSiteBinding(text))).toBe(binding);
  });

  it.each([
    '',
    'chat.example.com',
    'ftp://chat.example.com',
    'http://',
    'http://chat.example.com/app',
    'http://chat.example.com:0',
    'http://chat.example.com:65536',
    'http://user@chat.example.com',
    'http://a,b',
    'http://a b',
    "http://a'b",
    'http://-a',
  ])('%j is refused', (text) => {
    expect(() => parseSiteBinding(text)).toThrow(expect.objectContaining({ code: 'BAD_BINDING', exit: 'usage' }));
  });

  it('is either read or refused, and what is read holds no separator of appcmd', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `http://${text}`),
        ),
        (text) => {
          try {
            expect(bindingText(parseSiteBinding(text))).toMatch(/^https?\/[^\s,]+:\d+:[^\s,:]*$/);
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_BINDING' });
          }
        },
      ),
    );
  });
});

describe('the options of a new site', () => {
  it('make none without --new-site, and one with a port', () => {
    expect(readNewSite({ port: 8090 })).toBeUndefined();
    const http = { protocol: 'http', address: '*', port: 8090, host: '' };
    expect(readNewSite({ newSite: 'chat', port: 8090 })).toEqual({ name: 'chat', bindings: [http] });
    expect(readNewSite({ newSite: 'chat', port: 0 })).toEqual({ name: 'chat', bindings: [] });
  });

  it('take a thumbprint as the certificate dialog copies it', () => {
    const certificate = `\u200e${thumbprint.toLowerCase().replace(/../g, '$& ')}`;
    expect(readNewSite({ newSite: 'chat', binding: ['https://a.example'], certificate })).toMatchObject({
      certificate: thumbprint,
    });
  });

  it.each<[string, Parameters<typeof readNewSite>[0], string]>([
    ['a binding without a site', { binding: ['http://*:1'] }, 'BINDING_WITHOUT_SITE'],
    ['a certificate without a site', { certificate: thumbprint }, 'BINDING_WITHOUT_SITE'],
    ['no name', { newSite: '' }, 'BAD_SITE_NAME'],
    ['a name that IIS refuses', { newSite: 'a/b', port: 1 }, 'BAD_SITE_NAME'],
    ['https without a certificate', { newSite: 'a', binding: ['https://a.example'] }, 'BAD_CERTIFICATE'],
    ['a certificate without https', { newSite: 'a', port: 1, certificate: thumbprint }, 'BAD_CERTIFICATE'],
    [
      'a certificate that is no thumbprint',
      { newSite: 'a', binding: ['https://a.example'], certificate: 'my.pfx' },
      'BAD_CERTIFICATE',
    ],
  ])('refuse %s', (_what, options, code) => {
    expect(() => readNewSite(options)).toThrow(expect.objectContaining({ code, exit: 'usage' }));
  });
});

const newSite = { name: 'chat', bindings: [parseSiteBinding('http://chat.example.com')] };
const plan = (changes: Partial<DeployPlan> = {}): DeployPlan =>
  planFor('/apps/chat', { siteName: 'chat', vdirPath: '/', poolName: 'chat', port: undefined, newSite, ...changes });

/** As netsh behaves: a certificate for each endpoint. */
function withNetsh(world: DeployWorld, certificates: Map<string, string>): DeployWorld {
  const run: DeployWorld['context']['run'] = async (command, [, verb, , endpoint = '', hash = '']) => {
    expect(command).toBe('C:\\Windows\\System32\\netsh.exe');
    if (verb === 'add') certificates.set(endpoint, hash.replace('certhash=', ''));
    else if (verb === 'delete') return { exitCode: certificates.delete(endpoint) ? 0 : 1, stdout: '' };
    const found = certificates.get(endpoint);
    return { exitCode: found === undefined ? 1 : 0, stdout: `Certificate Hash : ${found?.toLowerCase()}` };
  };
  return { ...world, context: { ...world.context, run, environment: { SystemRoot: 'C:\\Windows' } } };
}

describe('on the server', () => {
  it('the site is made with its folder and binding, the root application gets the pool; again nothing is to do', async () => {
    const world = deployWorld(smallText());
    const done = await runPlan(steps, world.context, plan(), silent);
    const lines = done.steps.flatMap(({ commands }) => commands).filter((line) => /chat/.test(line));
    const bindings = quoteForShell('/bindings:http/*:80:chat.example.com');
    expect(lines.slice(0, 4)).toEqual([
      expect.stringContaining('add apppool /name:chat'),
      expect.stringContaining('set apppool'),
      expect.stringContaining(`add site /name:chat ${bindings} /physicalPath:/apps/chat`),
      expect.stringContaining('set app chat/ /applicationPool:chat'),
    ]);
    expect((await runPlan(steps, world.context, plan(), silent)).changed).toBe(false);
  });

  it('a dry run says the same lines as the run', async () => {
    const said = await runPlan(steps, deployWorld(smallText()).context, plan(), silent, { dryRun: true });
    const ran = await runPlan(steps, deployWorld(smallText()).context, plan(), silent);
    expect(said.steps.map(({ commands }) => commands)).toEqual(ran.steps.map(({ commands }) => commands));
  });

  it.each(['site', 'apppool', 'app'])('a failure at `set` or `start` of the %s leaves nothing behind', async (kind) => {
    let isArmed = true;
    const world = deployWorld(smallText(), (appcmd) => ({
      format: (args) => appcmd.format(args),
      run: (args) => {
        if (!isArmed || args[0] !== 'set' || args[1] !== kind) return appcmd.run(args);
        isArmed = false;
        return Promise.resolve({ exitCode: 5, stdout: 'ERROR ( hresult:80070005 )', stderr: '' });
      },
    }));
    const before = world.snapshot();
    const certificates = new Map<string, string>();
    const https = { ...newSite, bindings: [parseSiteBinding('https://chat.example.com')], certificate: thumbprint };
    const { context } = withNetsh(world, certificates);
    await expect(runPlan(steps, context, plan({ newSite: https }), silent)).rejects.toMatchObject({ exit: 'refused' });
    expect(world.snapshot()).toEqual(before);
    expect([...certificates]).toEqual([]);
  });

  it('https gets its certificate by netsh under %SystemRoot%, with SNI; undeploy removes both', async () => {
    const certificates = new Map<string, string>();
    const world = withNetsh(deployWorld(smallText()), certificates);
    const before = await world.world.run('list', 'site');
    const https = { ...newSite, bindings: [parseSiteBinding('https://chat.example.com')], certificate: thumbprint };
    await runPlan(steps, world.context, plan({ newSite: https }), silent);
    expect([...certificates]).toEqual([['hostnameport=chat.example.com:443', thumbprint]]);
    expect(world.world.store.text).toContain('sslFlags="1"');
    expect((await runPlan(steps, world.context, plan({ newSite: https }), silent)).changed).toBe(false);
    const [record] = world.records.list;
    expect(record).toMatchObject({ siteCreated: true });
    const removed = await removeApp(world.context, { siteName: 'chat', vdirPath: '/', record, siteNamed: false });
    expect(removed.said).toContain('removed the site "chat"; the app\'s files stay');
    expect([...certificates]).toEqual([]);
    expect((await world.world.run('list', 'site')).lines).toEqual(before.lines);
    expect(world.world.store.text).not.toContain('chat');
  });

  it('another certificate at the same host name and port is not changed, and everything is undone', async () => {
    const certificates = new Map([['hostnameport=chat.example.com:443', 'CD34'.repeat(10)]]);
    const world = withNetsh(deployWorld(smallText()), certificates);
    const before = world.snapshot();
    const https = { ...newSite, bindings: [parseSiteBinding('https://chat.example.com')], certificate: thumbprint };
    await expect(runPlan(steps, world.context, plan({ newSite: https }), silent)).rejects.toMatchObject({
      code: 'CERTIFICATE_OF_OTHERS',
    });
    expect(world.snapshot()).toEqual(before);
    expect(certificates.size).toBe(1);
  });

  it('a site that has other applications by now stays at undeploy', async () => {
    const world = deployWorld(smallText());
    await runPlan(steps, world.context, plan(), silent);
    await world.world.run('add', 'app', '/site.name:chat', '/path:/more', '/physicalPath:/apps/more');
    const [record] = world.records.list;
    const { said } = await removeApp(world.context, { siteName: 'chat', vdirPath: '/', record, siteNamed: false });
    expect(said[0]).toMatch(/the site "chat" stays.*\/more/);
    expect(world.world.store.text).toContain('path="/more"');
  });

  it('a site of the same name, or with the same binding, is refused; one that deploy made is not', async () => {
    const { context } = deployWorld(smallText());
    const other = { siteName: 'Default Web Site', newSite: { ...newSite, name: 'Default Web Site' } };
    await expect(checkServer(context, plan(other))).rejects.toMatchObject({ code: 'SITE_EXISTS', exit: 'refused' });
    const taken = { ...newSite, bindings: [parseSiteBinding('http://*:80')] };
    await expect(checkServer(context, plan({ newSite: taken }))).rejects.toMatchObject({ code: 'BINDING_TAKEN' });
    await runPlan(steps, context, plan(), silent);
    await expect(checkServer(context, plan())).resolves.toBeUndefined();
  });

  it.each([{}, { releases: true } as const])(
    'a site that deploy has made for another folder is refused, unless it is named by --site: %j',
    async (more) => {
      const iis = iisOf(iisWith(), makeApp({ vdirPath: '/', name: 'chat' }));
      const options = { newSite: 'chat', binding: ['http://*:8090'], releasesDirectory: temporaryDirectory() };
      const { releasesDirectory: _folder, ...inPlace } = options;
      const asked = 'releases' in more ? { ...options, ...more } : inPlace;
      await iis.deploy(asked);
      const before = iis.world.store.text;
      const directory = makeApp({ vdirPath: '/', name: 'other app' });
      await expect(iis.deploy({ ...asked, directory })).rejects.toMatchObject({
        code: 'SITE_EXISTS',
        exit: 'refused',
        what: expect.stringContaining(iis.directory),
        next: expect.stringContaining('--site chat'),
      });
      expect(iis.world.store.text).toBe(before);
      expect(await iis.deploy(asked)).toMatchObject({ changed: false });
      await iis.deploy({ directory, site: 'chat', ...('releases' in more && more) });
      expect(iis.events.map(({ note }) => note)).toContain(`it was ${iis.directory} until now`);
      await expect(iis.deploy(asked)).rejects.toMatchObject({ code: 'SITE_EXISTS' });
    },
  );
});

/** A page, and WebSockets that say nothing. */
const pageServer = `require('node:http').createServer((_request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('the page of NAME');
}).on('upgrade', ({ headers }, socket) => {
  const accept = require('node:crypto').createHash('sha1').update(headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
}).listen(process.env.PORT);`;

/** The text of a site's page over TLS. */
function page(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: host, headers: { host: `${host}:${port}` }, agent: false };
    https
      .get({ ...options, rejectUnauthorized: false }, async (answer) =>
        resolve((await answer.setEncoding('utf8').toArray()).join('')),
      )
      .on('error', reject);
  });
}

describe('the embedded IIS', () => {
  const server = `require('node:http').createServer((_request, response) => response.end('the app')).listen(process.env.PORT);`;

  it('serves an app at a site of its own beside another site; deployed again it stays there; undeploy removes the site', {
    timeout: 180_000,
  }, async () => {
    const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
    const home = openHome(environment);
    onTestFinished(async () => void (await stopBackgroundHost(home)));
    const directory = makeApp({ server, vdirPath: '/', name: 'chat' });
    const other = makeApp({ server: server.replace('the app', 'other'), vdirPath: '/other', name: 'other' });
    const common = { to: 'embedded', environment, verify: false } as const;
    await deploy({ ...common, directory: other, port: 0 });
    const before = readFileSync(home.applicationHostFile, 'utf8');
    const first = await deploy({ ...common, directory, newSite: 'chat', port: 0 });
    expect(await (await fetch(first.url ?? '')).text()).toBe('the app');
    expect((await status(home)).sites).toHaveLength(2);
    const again = await deploy({ ...common, directory });
    expect(again).toMatchObject({ changed: false, url: first.url });
    const removed = await undeploy({ directory, environment });
    expect(removed.said).toContain('removed the site "chat"; the app\'s files stay');
    expect(readFileSync(home.applicationHostFile, 'utf8')).toBe(before);
    expect(existsSync(directory)).toBe(true);
  });

  it('routes by host name, over http and TLS: two sites at one port, each with its certificate; undeploy keeps the other', {
    timeout: 180_000,
  }, async () => {
    const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
    const home = openHome(environment);
    onTestFinished(async () => void (await stopBackgroundHost(home)));
    const [plain, secure] = [await freePort(), await freePort()];
    const common = { to: 'embedded', environment } as const;
    const directory = (name: string): string =>
      makeApp({ server: pageServer.replace('NAME', name), vdirPath: '/', name });
    const at = (scheme: string, host: string, port: number): string => `${scheme}://${host}.example:${port}`;
    // The default site of a new home would take port 8080, which may be in use.
    await deploy({ ...common, directory: directory('first'), port: 0 });
    const chat = directory('chat');
    const binding = [at('https', 'chat', secure)];
    const first = await deploy({ ...common, directory: chat, newSite: 'chat', binding });
    expect(first).toMatchObject({ url: `${binding[0]}/`, probe: { ok: true } });
    const second = await deploy({
      ...common,
      directory: directory('news'),
      newSite: 'news',
      binding: [at('http', 'news', plain), at('https', 'news', secure)],
    });
    expect(second).toMatchObject({ url: `${at('http', 'news', plain)}/`, probe: { ok: true } });
    expect(storedCertificates(home).map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['CN=chat.example', 'CN=news.example']),
    );
    expect(await page(secure, 'news.example')).toMatch(/^the page of news/);
    expect((await status(home)).applications.map(({ url }) => url)).toContain(first.url);
    // Again: nothing changes, and the look accepts the site's own certificate alone.
    expect(await deploy({ ...common, directory: chat })).toMatchObject({ changed: false, url: first.url });
    const [other] = storedCertificates(home).filter(({ subject }) => subject === 'CN=news.example');
    await setCertificateBinding(home, `ipport=0.0.0.0:${secure}`, other?.thumbprint);
    const wrong = probeApp(first.url ?? '', {
      address: '127.0.0.1',
      certificate: other?.thumbprint ?? '',
      timeout: 5_000,
    });
    expect((await wrong).steps[0]).toMatchObject({
      ok: false,
      why: expect.stringContaining('presents the certificate'),
    });
    const [own] = storedCertificates(home).filter(({ subject }) => subject === 'CN=chat.example');
    const upgrade = (certificate: string | undefined) =>
      openSocket(new URL(`wss://chat.example:${secure}/socket.io/`), {
        protocol: 'plain',
        timeout: 5_000,
        eventTimeout: 0,
        signal: undefined,
        origin: 'https://chat.example',
        lookup: lookupOf(new URL('wss://chat.example'), '127.0.0.1'),
        certificate,
      });
    expect(await upgrade(own?.thumbprint)).toMatchObject({ kind: 'open' });
    expect(await upgrade(other?.thumbprint)).toMatchObject({ kind: 'failed' });
    // What is bound once cannot be bound again.
    const again = deploy({ ...common, directory: directory('third'), newSite: 'third', binding });
    await expect(again).rejects.toMatchObject({ code: 'BINDING_TAKEN' });
    const removed = await undeploy({ directory: chat, environment });
    expect(removed.commands).toContainEqual(expect.stringContaining(`hostnameport=chat.example:${secure}`));
    expect(await page(secure, 'news.example')).toMatch(/^the page of news/);
    // Remembered: whoever trusted it does not have to do so again.
    expect(storedCertificates(home)).toHaveLength(2);
  });

  it.each<[string, object, string]>([
    ['a port for two protocols', { binding: ['http://*:8094', 'https://a.example:8094'] }, 'BINDINGS_CONFLICT'],
    [
      'an unknown certificate',
      { binding: ['https://a.example:8094'], certificate: thumbprint },
      'CERTIFICATE_NOT_FOUND',
    ],
    ['an address of another machine', { binding: ['http://192.0.2.1:8094'] }, 'ADDRESS_UNKNOWN'],
    ['a vdir path', { path: '/chat' }, 'NEW_SITE_AT_ROOT'],
    ['another site', { site: 'Default Web Site' }, 'NEW_SITE_AND_SITE'],
  ])('refuses %s for a new site before it does anything', async (_what, options, code) => {
    const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
    const directory = makeApp({ server, vdirPath: 'path' in options ? '/chat' : '/', name: 'chat' });
    await expect(deploy({ directory, to: 'embedded', environment, newSite: 'chat', ...options })).rejects.toMatchObject(
      { code },
    );
    expect((await status(openHome(environment))).sites.map(({ name }) => name)).not.toContain('chat');
  });
});
