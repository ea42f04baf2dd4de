import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { startServe, temporaryFolder } from '../support/cli.js';
import { cliHere, serveHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

const handler = '<handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers>';
async function app(name: string, vdirPath: string | undefined): Promise<string> {
  const directory = path.join(folder, name);
  await mkdir(directory, { recursive: true });
  const settings =
    vdirPath === undefined
      ? ''
      : `<appSettings><add key="virtualDirPath" value="${vdirPath.replaceAll('&', '&amp;')}" /></appSettings>`;
  await writeFile(
    path.join(directory, 'web.config'),
    `<configuration>${settings}<system.webServer>${handler}</system.webServer></configuration>`,
  );
  return directory;
}

/** What it says until it ends. */
async function said(...args: string[]): Promise<string> {
  const running = await serveHere([...args, '--port', '0'], { cwd: folder });
  await fetch(running.match[1] ?? '').then((response) => response.arrayBuffer()); // what is said at start is out by then
  expect(await running.stop()).toBe(0);
  return running.output();
}

it('serve --time-scale shows how a pool ends an idle worker process; without it a folder has no such pool', async () => {
  const directory = await app('idle', '/idle');
  const running = await serveHere([directory, '--port', '0', '--time-scale', '100000'], { cwd: folder });
  await fetch(running.match[1] ?? '').then((response) => response.arrayBuffer());
  await vi.waitFor(() => expect(running.output()).toContain('had no request for 20 minutes'), { timeout: 60_000 });
  expect(await running.stop()).toBe(0);
  expect(await said(directory)).not.toContain('had no request');
});

describe('serve says at once', () => {
  it('what fixes the app, with its folder: the command can be pasted', async () => {
    const mismatch = 'Fix: npx iisnode-sock init .';
    await mkdir(path.join(folder, 'unwritten'));
    await mkdir(path.join(folder, 'other'));
    await writeFile(path.join(folder, 'unwritten', 'server.js'), '');
    expect(await said('unwritten')).toContain(`${mismatch}${path.sep}unwritten adds a web.config`);
    const output = await said(path.join(folder, 'other'));
    expect(output).toContain(`${mismatch}${path.sep}other adds a web.config`);
  });

  it('where the applications of an applicationHost.config are, the one of the folder first', async () => {
    const directory = await app('hosted', '/elsewhere');
    const root = await app('hosting', undefined);
    const text = applicationHostText({
      unlocked: true,
      pools: ['p'],
      sites: [
        {
          name: 's',
          id: 1,
          bindings: [{ protocol: 'http', information: '*:80:' }],
          applications: [
            { path: '/', physicalPath: root },
            { path: '/app', physicalPath: directory },
          ],
        },
      ],
    });
    await writeFile(path.join(folder, 'own.config'), text);
    const listens = (...paths: string[]) =>
      new RegExp(`^Listening on (http://\\S+?:\\d+)${paths[0]}\\n +\\1${paths[1]}$`, 'm');
    expect(await said('hosted', '--apphost', path.join(folder, 'own.config'))).toMatch(listens('/app/', '/'));
    expect(await said('.', '--apphost', path.join(folder, 'own.config'))).toMatch(listens('/', '/app/'));
  });

  it('that the app is made for another vdir path', async () => {
    await app('dante', '/dante');
    const text = await said('dante', '--path', '/');
    expect(text).toContain('warning VDIR_PATH_MISMATCH');
    expect(text).toContain('--path is /, but appSettings pass virtualDirPath="/dante" to node');
    expect(await said('dante', '--path', '/Dante/')).not.toContain('VDIR_PATH_MISMATCH');
    expect(await said('dante')).not.toContain('warning');
  });

  it('that there is no web.config, unless the folder only holds applications', async () => {
    await mkdir(path.join(folder, 'empty'));
    expect(await said('empty')).toContain('warning WEB_CONFIG_NOT_FOUND');
    await app('site/chat', undefined);
    expect(await said('site', '--path', '/')).not.toContain('WEB_CONFIG_NOT_FOUND');
  });

  it('that a TypeScript app is not built yet, until it is', async () => {
    const directory = await app('typed', undefined);
    await mkdir(path.join(directory, 'src'));
    await writeFile(path.join(directory, 'src', 'server.ts'), '');
    await writeFile(path.join(directory, 'tsconfig.json'), '{}');
    await writeFile(path.join(directory, 'package.json'), '{ "scripts": { "build": "tsc" } }');
    expect(await said('typed')).toContain('warning ENTRY_NOT_BUILT');
    await writeFile(path.join(directory, 'server.js'), '');
    expect(await said('typed')).not.toContain('ENTRY_NOT_BUILT');
  });

  it('where each further application is, after the ready line', async () => {
    await app('first', undefined);
    await app('second', undefined);
    const lines = (await said('first', '--app', '/two=second', '--app', '/two/three=first')).split('\n');
    const [, origin] = /^Listening on (http:\/\/127\.0\.0\.1:\d+)\/first\/$/.exec(lines[0] ?? '') ?? [];
    expect(lines.slice(1, 3).map((line) => line.trim())).toEqual([`${origin}/two/`, `${origin}/two/three/`]);
  });
});

describe('serve takes', () => {
  it.each(['/a b/ü', "/a'b", '/a(b)'])('the vdir path %s that the web.config names', async (vdirPath) => {
    await app('odd', vdirPath);
    const running = await serveHere(['odd', '--port', '0'], { cwd: folder });
    await running.stop();
    expect(decodeURI(new URL(running.match[1] ?? '').pathname)).toBe(`${vdirPath}/`);
  });

  it('a folder whose name cannot be a vdir path', async () => {
    await app('a+b', undefined);
    const running = await startServe(['a+b', '--port', '0'], { cwd: folder });
    await running.stop();
    expect(new URL(running.match[1] ?? '').pathname).toBe('/a-b/');
  });

  it('no vdir path that init refuses, by the same code', async () => {
    await app('plain', undefined);
    // What follows `next:` is the command itself.
    const why = async (...args: string[]) =>
      (await cliHere(args, { cwd: folder })).stderr.replace(/ {2}next: .*\n/, '');
    for (const wrong of ['dante', '/a*b', '//', 'C:/Program Files/Git/dante']) {
      const served = await why('serve', 'plain', '--path', wrong);
      expect(served).toContain('VDIR_PATH_INVALID');
      expect(served).toBe(await why('init', 'new', '--path', wrong, '--no-install'));
      expect(served).toBe(await why('undeploy', '--to', 'embedded', '--path', wrong));
    }
    expect(await why('serve', 'plain', '--app', '/PLAIN=plain')).toContain('VDIR_PATH_TAKEN');
  });

  it('no file, and names its folder', async () => {
    const directory = await app('named', undefined);
    const { code, stderr } = await cliHere(['serve', path.join('named', 'web.config')], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('is a file');
    expect(stderr).toContain(`next: npx iisnode-sock serve ${directory}\n`);
  });
});

const printing = `
  console.log('hello from the app');
  require('node:http').createServer((_, response) => response.end('x')).listen(process.env.PORT);`;

describe('serve --log', () => {
  it('names what the client asked for, where a rule leads every URL to the script and the process ends', async () => {
    const directory = await app('ending', '/ending');
    const rule =
      '<rewrite><rules><rule name="all"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>';
    const config = path.join(directory, 'web.config');
    await writeFile(
      config,
      (await readFile(config, 'utf8')).replace('</system.webServer>', `${rule}</system.webServer>`),
    );
    const ends = "require('node:http').createServer(() => process.exit(3)).listen(process.env.PORT);";
    await writeFile(path.join(directory, 'server.js'), ends);
    const running = await serveHere(['ending', '--port', '0', '--log', 'text'], { cwd: folder });
    await fetch(`${running.match[1]}night/7?a`);
    await expect
      .poll(running.output)
      .toMatch(/PROCESS_EXITED .* while it answered GET \/ending\/night\/7\?a \(500\.1013\)/);
    expect(await running.stop()).toBe(0);
  });

  it('text shows the app, each request and what the app prints', async () => {
    const directory = await app('printing', '/printing');
    await writeFile(path.join(directory, 'server.js'), printing);
    const running = await serveHere(['printing', '--port', '0', '--log', 'text'], { cwd: folder });
    expect((await fetch(`${running.match[1]}server.js?a`)).status).toBe(200);
    await expect.poll(running.output).toMatch(/^#(\d+) {3}hello from the app$/m);
    expect((await fetch(`${running.match[1]}none.txt`)).status).toBe(404);
    await expect
      .poll(running.output)
      .toMatch(
        /^ {4}404: IIS finds no such file, .*; next: \S+ iisnode-sock trace \/printing\/none\.txt --dir \.\/printing shows/m,
      );
    expect(await running.stop()).toBe(0);
    expect(running.output()).toContain(
      `  app       ${directory} at /printing, started by server.js\n  module    iisnode, 1 process, started by the first request\n  logs      ${path.join(directory, 'iisnode')}\n  stop      Ctrl-C`,
    );
    expect(running.output()).toMatch(/^GET 200 \/printing\/server\.js\?a {2}[\d.]+ m?s {2}handler n, process \d+$/m);
  });

  it.runIf(process.platform !== 'win32')(
    'text shows the log of HttpPlatformHandler, and what is written to it',
    async () => {
      const directory = await app('platform', '/platform');
      await writeFile(path.join(directory, 'server.js'), `${printing}; console.error('and from', process.pid);`);
      await writeFile(path.join(directory, 'node.log_1_202611200.log'), 'of another day\n');
      await writeFile(
        path.join(directory, 'web.config'),
        `<configuration><system.webServer>
        <handlers><add name="h" path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" /></handlers>
        <httpPlatform processPath="${process.execPath}" arguments="server.js" processesPerApplication="2" stdoutLogEnabled="true" stdoutLogFile=".\\node.log">
          <environmentVariables><environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" /></environmentVariables>
        </httpPlatform>
      </system.webServer></configuration>`,
      );
      const running = await serveHere(['platform', '--port', '0', '--log', 'text'], { cwd: folder });
      await expect.poll(running.output).toMatch(/stop {6}Ctrl-C/);
      expect((await fetch(running.match[1] ?? '')).status).toBe(200);
      await expect.poll(running.output).toMatch(/^#(\d+) {3}hello from the app\n(.*\n)*#\1 {3}and from \1$/m);
      expect(await running.stop()).toBe(0);
      expect(running.output()).not.toContain('of another day');
      expect(running.output()).toContain(
        ` at /platform, started by server.js\n  module    HttpPlatformHandler, 2 processes, started by the first request\n  logs      .\\node.log\n`,
      );
      expect(running.output()).toContain("entry server.js: web.config's httpPlatform\n");
    },
  );

  it('json writes one document a line on stdout, and where it listens on stderr', async () => {
    await app('json', '/json');
    const running = await serveHere(['json', '--port', '0', '--log', 'json'], { cwd: folder });
    expect((await fetch(`${running.match[1]}none.txt`)).status).toBe(404);
    await expect.poll(running.output).toContain('"url":"/json/none.txt"');
    expect(await running.stop()).toBe(0);
  });

  it('is not written with --quiet, and not where the output is no terminal', async () => {
    await app('quiet', '/quiet');
    for (const flags of [[], ['--log', 'text', '--quiet']])
      expect(await said('quiet', ...flags)).not.toMatch(/GET|module {2}/);
  });
});

it('serve --watch recycles when a program changes, in a folder below too, and says what iisnode watches', async () => {
  const directory = await app('changing', '/changing');
  const own = "require('node:http').createServer((_, response) => response.end(require('./lib/text.js')))";
  await mkdir(path.join(directory, 'lib'));
  await mkdir(path.join(directory, 'node_modules', 'm'), { recursive: true });
  await writeFile(path.join(directory, 'lib', 'text.js'), "module.exports = 'before';");
  await writeFile(path.join(directory, 'server.js'), `${own}.listen(process.env.PORT);`);
  const running = await serveHere(['changing', '--port', '0', '--watch'], { cwd: folder });
  const text = async () => (await fetch(`${running.match[1]}server.js`)).text();
  await expect.poll(running.output).toContain('WATCHES_FILES');
  expect(running.output()).toMatch(/iisnode watches \*\.js;iisnode\.yml beside the entry point alone/);
  expect(await text()).toBe('before');
  await writeFile(path.join(directory, 'node_modules', 'm', 'index.js'), '');
  await writeFile(path.join(directory, 'lib', 'notes.txt'), '');
  await writeFile(path.join(directory, 'lib', 'text.js'), "module.exports = 'after';");
  await expect.poll(running.output).toContain('RECYCLED');
  await expect.poll(text).toBe('after');
  expect(await running.stop()).toBe(0);
  expect(running.output().match(/RECYCLED .*/g)).toEqual([
    expect.stringContaining(`${path.join('lib', 'text.js')} changed`),
  ]);
});
