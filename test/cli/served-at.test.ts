import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { catchAll } from '../support/catch-all.js';
import { type CliResult, type Running, temporaryFolder } from '../support/cli.js';
import { cliHere, serveHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;
let running: Pick<Running, 'stop'>[];
const environment = () => ({ IISNODE_SOCK_HOME: path.join(folder, 'state') });
const run = (...args: string[]): Promise<CliResult> => cliHere(args, { cwd: folder, environment: environment() });

beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
  running = [];
});
afterEach(async () => {
  for (const one of running) await one.stop();
  await stopBackgroundHost(openHome(environment()));
  await remove();
});

/** An app whose process answers every request. */
function makeApp(name: string, inside = ''): string {
  const app = path.join(folder, 'apps', name);
  mkdirSync(app, { recursive: true });
  const code = "require('node:http').createServer((q, s) => s.end('hello')).listen(process.env.PORT);";
  writeFileSync(path.join(app, 'server.js'), code);
  writeFileSync(path.join(app, 'web.config'), catchAll(inside));
  return app;
}

function emptyFolder(): string {
  const root = path.join(folder, 'root');
  mkdirSync(root);
  return root;
}

/** Its origin, and what it has printed. */
async function serve(...args: readonly string[]): Promise<{ origin: string; output: () => string }> {
  const one = await serveHere([...args, '--port', '0'], { cwd: folder, environment: environment() });
  running.push(one);
  await expect.poll(async () => JSON.parse((await run('status', '--json')).stdout).serving.length).toBe(running.length);
  return { origin: new URL(one.match[1] ?? '').origin, output: one.output };
}

/** An applicationHost.config with these applications. */
function apphost(apps: Readonly<Record<string, string>>): string {
  const file = path.join(folder, 'host.config');
  const applications = Object.entries(apps).map(([at, physicalPath]) => ({ path: at, physicalPath }));
  const text = applicationHostText({
    unlocked: true,
    installed: ['rewrite', 'iisnode'],
    pools: ['DefaultAppPool'],
    sites: [{ name: 'Chat', id: 1, bindings: [{ protocol: 'http', information: '*:8080:' }], applications }],
  });
  writeFileSync(file, text);
  return file;
}

describe('trace of a URL at which a host of this user listens', () => {
  it('is for what that serves, and says so', async () => {
    const [chat, shop] = [makeApp('chat'), makeApp('shop')];
    const { origin } = await serve(chat, '--path', '/talk', '--app', `/shop=${shop}`);
    for (const [url, app] of [
      [`${origin}/talk/a`, 'chat'],
      [`${new URL(origin).host}/shop/a`, 'shop'],
      [`http://LOCALHOST:${new URL(origin).port}/shop/`, 'shop'],
    ] as const) {
      const { code, stdout, stderr } = await run('trace', url, '--json');
      const { outcome } = JSON.parse(stdout);
      expect({ code, script: outcome.script }).toEqual({
        code: 0,
        script: path.join(folder, 'apps', app, 'server.js'),
      });
      expect(stderr).toContain(
        `serve ${chat} (process ${process.pid}) listens there: traced as with --dir ./apps/chat --path /talk --app "/shop=${shop}"\n`,
      );
    }
  });

  it('is for the folder that is named, and for this one where the URL is a path or leads elsewhere', async () => {
    const [chat, other] = [makeApp('chat'), makeApp('other')];
    const { origin } = await serve(chat);
    const { stdout, stderr } = await run('trace', `${origin}/other/a`, '--dir', other, '--json');
    expect(JSON.parse(stdout).outcome.script).toBe(path.join(other, 'server.js'));
    expect(stderr).not.toContain('listens there');
    for (const url of [
      '/chat/a',
      `http://localhost:1/chat/a`,
      `http://example.com:${new URL(origin).port}/`,
      origin.replace('http:', 'https:'),
    ])
      expect((await run('trace', url)).stderr, url).not.toContain('listens there');
  });

  it('takes the applicationHost.config of that serve', async () => {
    const chat = makeApp('chat');
    const file = apphost({ '/': emptyFolder(), '/talk': chat });
    const { origin } = await serve('--apphost', file);
    const { stdout, stderr } = await run('trace', `${origin}/talk/a`, '--json');
    expect(JSON.parse(stdout).outcome.script).toBe(path.join(chat, 'server.js'));
    expect(stderr).toContain(`listens there: traced as with --apphost ${file}\n`);
  });

  it('takes that of the background host', async () => {
    const chat = makeApp('chat');
    const deployed = await run('deploy', chat, '--to', 'embedded', '--port', '0');
    expect(deployed, deployed.stderr).toMatchObject({ code: 0 });
    const url = /^http:\S+$/m.exec(deployed.stdout)?.[0] ?? '';
    const { stdout, stderr } = await run('trace', `${url}a`, '--json');
    expect(JSON.parse(stdout).outcome.script).toBe(path.join(chat, 'server.js'));
    const file = path.join(folder, 'state', 'applicationHost.config');
    expect(stderr).toMatch(
      /the embedded IIS in the background \(process \d+\) listens there: traced as with --apphost /,
    );
    expect(stderr).toContain(file);
    for (const asked of [url, new URL(url).origin]) {
      const examined = await run('doctor', asked, '--no-run', '--json');
      expect(JSON.parse(examined.stdout)).toMatchObject({ target: './apps/chat', live: { url } });
      expect(examined.stderr).toContain(
        `examined as with npx iisnode-sock doctor ./apps/chat --apphost ${file} --url ${url}\n`,
      );
    }
  });
});

describe('doctor of a URL at which a host of this user listens', () => {
  it('examines the folder of its app too, and says so', async () => {
    const chat = makeApp('chat', '<webSocket enabled="true" />');
    const { origin } = await serve(chat, '--path', '/talk');
    for (const url of [`${origin}/talk/`, `${origin}/`, origin]) {
      const { stdout, stderr } = await run('doctor', url, '--no-run', '--json');
      expect(stderr).toContain(
        `listens there: examined as with npx iisnode-sock doctor ./apps/chat --path /talk --url ${origin}/talk/\n`,
      );
      expect(JSON.parse(stdout)).toMatchObject({ target: './apps/chat', live: { url: `${origin}/talk/` } });
    }
  });

  it('is that of this folder where the command runs in it', async () => {
    const chat = makeApp('chat');
    const { origin } = await serve(chat);
    const here = { cwd: chat, environment: environment() };
    const { stdout, stderr } = await cliHere(['doctor', `${origin}/chat/`, '--no-run', '--json'], here);
    expect(stderr).toContain(`examined as with npx iisnode-sock doctor . --url ${origin}/chat/\n`);
    expect(JSON.parse(stdout).target).toBe('.');
    const machine = await cliHere(['doctor', `${origin}/chat/`, '--no-run', '--format', 'sarif'], here);
    expect(machine.stderr).toBe('');
    const traced = await cliHere(['trace', `${origin}/chat/`], here);
    expect(traced.stderr).toContain(`serve ${chat} (process ${process.pid}) listens there\n`);
  });

  it('leaves a URL alone whose site is said, and fixes nothing that is not named', async () => {
    const chat = makeApp('chat');
    const { origin } = await serve(chat);
    const refused = await run('doctor', `${origin}/chat/`, '--path', '/chat');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('URL_TAKES_NO_OPTION') });
    const fixed = await run('doctor', `${origin}/chat/`, '--fix');
    expect(fixed).toMatchObject({ code: 2, stderr: expect.stringContaining('URL_NOT_FIXABLE') });
    expect(fixed.stderr).toContain('  next: npx iisnode-sock doctor ./apps/chat --fix\n');
  });
});

describe('a hint in the log of serve', () => {
  const broken = '<rewrite><rules><rule /></rules></rewrite>';

  it('has the applicationHost.config, and the folder of the app that answers', async () => {
    const shop = makeApp('shop', broken);
    const file = apphost({ '/': emptyFolder(), '/shop': shop });
    const { origin, output } = await serve('--apphost', 'host.config', '--log', 'text');
    expect((await fetch(`${origin}/shop/a`)).status).toBe(500);
    const next = `next: npx iisnode-sock doctor ./apps/shop --apphost host.config finds the place`;
    await expect.poll(output).toContain(next);
    const seen = await run('doctor', './apps/shop', '--apphost', file, '--no-run');
    expect(seen).toMatchObject({ code: 1, stdout: expect.stringContaining('CONFIG_ERROR') });
  });

  it('has the path and the other applications of the site', async () => {
    const [chat, shop] = [makeApp('chat'), makeApp('shop', broken)];
    const { origin, output } = await serve(chat, '--path', '/talk', '--app', `/shop=${shop}`, '--log', 'text');
    expect((await fetch(`${origin}/shop/a`)).status).toBe(500);
    await expect.poll(output).toContain(`doctor ./apps/shop --path /shop --app "/talk=${chat}" finds the place`);
    expect((await fetch(`${origin}/none`)).status).toBe(404);
    const trace = `next: npx iisnode-sock trace /none --dir ./apps/chat --path /talk --app "/shop=${shop}" shows`;
    await expect.poll(output).toContain(trace);
  });
});
