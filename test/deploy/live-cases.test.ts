import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedAppcmd } from '../../src/appcmd/index.js';
import { DeployFailed, type DeployOptions, type DeployResult, deploy } from '../../src/deploy/index.js';
import { embeddedStore, type Home, hostStatus, openHome, stopBackgroundHost } from '../../src/host/index.js';
import type { ProbeReport, ProbeStep } from '../../src/probe/index.js';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { root } from '../support/cli.js';
import { temporaryDirectory } from './support.js';

const fixtures = path.join(root, 'test', 'fixtures', 'live');
const step = ({ steps }: ProbeReport, id: ProbeStep['id']) => steps.find((one) => one.id === id);
const looks = ({ steps }: ProbeReport) => steps.map(({ id, ok }) => [id, ok]);

interface Site {
  readonly home: Home;
  readonly directory: string;
  deploy(options?: Partial<DeployOptions>): Promise<DeployResult>;
  fails(options?: Partial<DeployOptions>): Promise<DeployFailed>;
}

/** An embedded IIS of its own with a copy of the fixture; it ends with the test. */
function site(name: string): Site {
  const folder = temporaryDirectory();
  const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(folder, 'home') };
  const home = openHome(environment);
  onTestFinished(async () => {
    await stopBackgroundHost(home);
  });
  const directory = path.join(folder, 'site', path.basename(name));
  mkdirSync(path.dirname(directory), { recursive: true });
  cpSync(path.join(fixtures, name), directory, { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'site', 'node_modules'), 'junction');
  const run = (options?: Partial<DeployOptions>): Promise<DeployResult> =>
    deploy({ directory, to: 'embedded', port: 0, environment, ...options });
  return {
    home,
    directory,
    deploy: run,
    async fails(options) {
      const error: unknown = await run(options).catch((cause: unknown) => cause);
      if (!(error instanceof DeployFailed)) throw new Error('it did not fail as expected', { cause: error });
      expect(error).toMatchObject({ code: 'VERIFICATION_FAILED', exit: 'refused', exitCode: 1 });
      expect(error.what).toContain('everything done before was undone');
      expect(await hostStatus(home)).toBeUndefined();
      return error;
    },
  };
}
const probeOf = ({ probe }: DeployResult): ProbeReport => probe ?? expect.fail('it was not looked at');
const long = { timeout: 180_000 };

describe('deploy leaves what is right', () => {
  it('a server without a page, which never answers /', long, async () => {
    const probe = probeOf(await site('socket-only').deploy({ path: '/' }));
    expect(probe).toMatchObject({ ok: true, transport: 'websocket' });
    expect(step(probe, 'page')).toMatchObject({
      ok: true,
      status: undefined,
      note: 'no page: no answer within 10000 ms; the sockets answer',
    });
  });

  it('a site whose first rule redirects to https, which the embedded IIS does not serve', long, async () => {
    const probe = probeOf(await site('https-redirect-first').deploy({ path: '/' }));
    expect(probe.ok).toBe(true);
    for (const { note } of probe.steps) expect(note).toContain('correct for a site with an https binding');
  });

  it('an app that refuses a handshake without a token', long, async () => {
    const probe = probeOf(await site('handshake-login').deploy({ path: '/' }));
    expect(looks(probe)).toEqual([
      ['page', true],
      ['client-script', true],
      ['handshake', true],
      ['websocket', true],
    ]);
    expect(step(probe, 'handshake')).toMatchObject({ status: 403, note: expect.stringContaining('code 4: forbidden') });
    expect(JSON.stringify(probe)).not.toContain('WebSocket module');
  });

  it('an app whose page is behind a redirect, at the root of the site', long, async () => {
    const { directory, ...app } = site('param-route');
    writeConfig(directory, '/');
    const probe = probeOf(await app.deploy());
    expect(step(probe, 'page')?.url).toMatch(/\/login$/);
    expect(probe).toMatchObject({ ok: true, transport: 'websocket' });
  });

  it('an app whose web.config has another spelling', long, async () => {
    const { directory, ...app } = site('handshake-login');
    renameSync(path.join(directory, 'web.config'), path.join(directory, 'Web.config'));
    expect((await app.deploy({ path: '/' })).probe?.ok).toBe(true);
  });

  it('an API whose page is 404, when all that is expected of it is met', long, async () => {
    const { directory, ...app } = site('socket-only');
    const api =
      "require('node:http').createServer(({ url }, response) => response.writeHead(url === '/api/health' ? 200 : 404).end('{}'))";
    writeFileSync(path.join(directory, 'server.js'), `${api}.listen(process.env.PORT);`);
    const unexpected = probeOf(await app.deploy({ path: '/api' }));
    expect(step(unexpected, 'page')?.note).toContain('its source code opens no sockets');
    const expected = [{ path: '/health', status: 200 }];
    const probe = probeOf(await app.deploy({ path: '/api', expect: expected }));
    expect(step(probe, 'page')).toMatchObject({ ok: true, status: 404 });
    const error = await site('handshake-login').fails({ path: '/', expect: [{ path: '/health', status: 404 }] });
    expect(error.what).toContain('the URL /health (http://');
    expect(error.why).toBe('404 was expected');
  });
});

describe('deploy undoes what is wrong, and says what', () => {
  it('settings in another file, which node never gets: 404 everywhere', long, async () => {
    const error = await site('app-settings-file').fails({ path: '/chat' });
    expect(looks(error.probe)).toEqual([
      ['page', false],
      ['handshake', false],
    ]);
    expect(error.what).toContain('HTTP 404');
    expect(error.why).toBe(
      'the app itself answers 404; and at /chat/socket.io/: the app itself answers 404: socket.io is not at this path',
    );
    expect(error.next).toContain('must reach node (appSettings in web.config itself');
    expect(JSON.stringify(error.probe)).not.toMatch(/no script tag asks|WebSocket module/);
  });

  it('a redirect to https behind a rule that rewrites', long, async () => {
    const error = await site('https-redirect-last').fails({ path: '/' });
    expect(error.why).toContain('leads to /server.js, not to /');
    expect(error.next).toContain('before all others');
    expect(`${error.what} ${error.why}`).not.toMatch(/EPROTO|SSL|entry/);
  });

  it('the rule of a parent that sends the child into another pool', long, async () => {
    const { home, directory, ...app } = site('spa-parent');
    const chat = path.join(directory, 'chat');
    const appcmd = embeddedAppcmd(embeddedStore(home));
    const set = await appcmd.run(['set', 'vdir', 'Default Web Site/', `/physicalPath:${directory}`]);
    expect(set.exitCode).toBe(0);
    const error = await app.fails({ directory: chat });
    expect(error.what).toContain('the handshake');
    expect(error.why).toMatch(/^403\.18: a rewrite rule sends the request into another application/);
    expect(error.next).toContain('inheritInChildApplications');
    expect(JSON.stringify(error.probe)).not.toContain('WebSocket module');
  });

  it("a page whose files are at the site's root", long, async () => {
    const error = await site('root-absolute-urls').fails();
    expect(error.what).toContain('the page');
    expect(error.why).toContain('the style sheet /style.css (line 1 of the page): HTTP 404');
    expect(error.why).toContain('the script /app.js (line 2 of the page): HTTP 404');
    expect(step(error.probe, 'page')?.missing).toHaveLength(3);
  });

  it('a redirect out of the vdir path', long, async () => {
    const { directory, ...app } = site('param-route');
    writeConfig(directory, '/board');
    const error = await app.fails();
    expect(error.why).toBe('the page redirects to /login, where the answer is 404.0');
    expect(step(error.probe, 'websocket')).toMatchObject({ ok: true, status: 101 });
  });

  it('socket.io on a port of its own, which does not go through IIS', long, async () => {
    const error = await site('gateway-port').fails({ path: '/' });
    expect(JSON.stringify(error.probe)).toContain('server.js:3');
    expect(JSON.stringify(error.probe)).toContain('a port of its own');
  });
});

function writeConfig(directory: string, vdirPath: string): void {
  const config = generateWebConfig({
    entry: 'server.js',
    vdirPath,
    processes: 1,
    transports: ['polling', 'websocket'],
  });
  writeFileSync(path.join(directory, 'web.config'), config);
  expect(readFileSync(path.join(directory, 'web.config'), 'utf8')).toContain('server.js');
}
