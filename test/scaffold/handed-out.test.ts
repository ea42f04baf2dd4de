import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InitOptions } from '../../src/scaffold/types.js';
import { serve, type TestHost } from '../host/harness.js';
import { root } from '../support/cli.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const { Client } = createRequire(import.meta.url)('faye-websocket') as {
  Client: new (url: string) => NodeJS.EventEmitter & { close(): void };
};

const secret = 'for nobody outside';

/** Files as they come to lie in an app's folder one day. */
const added = [
  'mycode.js',
  'lib/secret.js',
  'lib/Deep/Util.cjs',
  'loader.mjs',
  'src/a.ts',
  'dist/app.js.map',
  'config.json',
  'config/db.json',
  '.env',
  '.env.local',
  '.npmrc',
  '.git/config',
  '.vscode/launch.json',
  'npm-debug.log',
  'logs/app.txt',
  'iisnode/index.html',
  'iisnode/HOST-1-stdout-1.txt',
  'yarn.lock',
  'tsconfig.json',
  'data.db',
  'dump.csv',
  'old/server.js.bak',
  'mycode.js.bak',
  'backup.zip',
  'server.key',
  'keys/cert.pem',
  'web.config.bak',
  'Web.Debug.config',
  'SECRETS.TXT',
  'docs/index.html',
  'docs/Default.htm',
  'notes.html',
  'uploads/me.png',
];

/** Other ways to ask for a file, and ways to ask for what is there anyway. */
const asked = [
  ...added,
  'MYCODE.JS',
  'LIB/SECRET.JS',
  'lib//secret.js',
  'lib/./secret.js',
  'docs/../mycode.js',
  'lib%2Fsecret.js',
  'lib%5Csecret.js',
  '%6Dycode.js',
  'config%2Ejson',
  'mycode.js?v=1',
  'mycode.js.',
  'mycode.js%20',
  'mycode.js::$DATA',
  'mycode.js/',
  'mycode.js/more',
  'mycode.js%0A',
  'docs',
  'docs/',
  'lib/',
  'package.json',
  'package-lock.json',
  'README.md',
  'web.config',
  'WEB.CONFIG',
  'node_modules/socket.io/package.json',
  'node_modules/socket.io/client-dist/socket.io.js',
  'node_modules/',
  'test/app.test.js',
  'iisnode.yml',
];

/** An app that `init` wrote or adopted, with all that has come into its folder since, served by the embedded IIS. */
async function running(files: Readonly<Record<string, string>>, options: Omit<InitOptions, 'directory'>) {
  const folder = folderWith(files);
  await init({ ...options, directory: folder, install: false }, talk());
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  for (const name of added) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), secret);
  }
  writeFileSync(path.join(folder, 'iisnode.yml'), `node_env: ${secret}\n`);
  const host = await serve({ directory: folder, vdirPath: options.path ?? '/' });
  return { host, folder, base: options.path === '/' ? '/' : `${options.path}/` };
}

async function expectNothingHandedOut({ get }: TestHost, base: string): Promise<void> {
  const answers = await Promise.all(asked.map(async (url) => ({ url, ...(await get(base + url)) })));
  const wrong = answers.filter(({ status, body }) => ![400, 404].includes(status) || body.includes(secret));
  expect(wrong.map(({ url, status, body }) => [url, status, body.slice(0, 60)])).toEqual([]);
}

/** Connects at the path that the page says, by each transport; the name of the one it has. */
function connected(origin: string, base: string, namespace: string, transport: string): Promise<string | undefined> {
  const socket = io(origin + namespace, {
    path: `${base}socket.io`,
    transports: [transport],
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.close());
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket.io.engine.transport.name));
    socket.on('connect_error', reject);
  });
}

describe.each(['/', '/My App'])('of an app at %s', (vdirPath) => {
  it.each([
    ['dante', '/'],
    ['chat', '/chat'],
    ['minimal', '/'],
    ['dante-faye', undefined],
  ])(
    'that the template %s is, IIS hands out no file, and the page, what it loads and its sockets work',
    async (template, namespace) => {
      const { host, base } = await running({}, { template, path: vdirPath });
      const home = base.replaceAll(' ', '%20');
      const page = await host.get(home);
      expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
      const loaded = [...page.body.matchAll(/<(?:script|link)[^>]* (?:src|href)="(?!data:)([^"]+)"/g)].map(
        ([, url]) => url,
      );
      for (const url of loaded) expect([url, (await host.get(home + url)).status]).toEqual([url, 200]);
      if (namespace !== undefined) {
        expect((await host.get(`${home}socket.io/socket.io.js`)).status).toBe(200);
        expect(await connected(host.origin, home, namespace, 'websocket')).toBe('websocket');
      } else {
        const socket = new Client(`${host.origin.replace('http', 'ws')}${home}stream`);
        onTestFinished(() => socket.close());
        await once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
      }
      await expectNothingHandedOut(host, home);
    },
  );

  const server = `const fs = require('fs');
const http = require('http');
const path = require('path');
const base = '${vdirPath}'.replace(/ /g, '%20').replace(/\\/$/, '');
const server = http.createServer((request, response) => {
  const url = decodeURIComponent(request.url.slice(base.length));
  response.setHeader('X-Powered-By', 'node');
  if (url === '/') return response.end('page of node');
  fs.readFile(path.join(__dirname, 'public', path.normalize('/' + url)), (error, content) => {
    response.statusCode = error ? 404 : 200;
    response.end(error ? 'no such page' : content);
  });
});
const io = require('socket.io')(server, { path: base + '/socket.io' });
io.on('connection', (socket) => socket.emit('hello'));
server.listen(process.env.PORT || 3000);
`;
  const app = {
    'package.json': JSON.stringify({ main: 'server.js', dependencies: { 'socket.io': '^4' } }),
    'package-lock.json': '{}',
    'server.js': server,
    'public/app.js': 'the page’s script',
    'public/Deep/style.css': 'the page’s style',
    'public/data.webmanifest': 'the page’s manifest',
    'public/server.js': 'the page’s script of that name',
  };
  const isPublic = ['app.js', 'Deep/style.css', 'data.webmanifest', 'server.js'];

  it.each([
    ['no web.config', {}],
    [
      'a web.config that carries no app',
      {
        'web.config': `<configuration><appSettings><add key="A" value="1" /></appSettings><system.webServer>
<rewrite><rules><rule name="host" stopProcessing="true"><match url=".*" /><conditions><add input="{HTTP_HOST}" pattern="^www\\." /></conditions>
<action type="Redirect" url="https://example.com/{R:0}" /></rule></rules></rewrite></system.webServer></configuration>`,
      },
    ],
  ])(
    'that had %s when it was adopted IIS hands out no file, and its page, assets and sockets work',
    async (_, more) => {
      const { host, base } = await running({ ...app, ...more }, { path: vdirPath });
      const home = base.replaceAll(' ', '%20');
      expect((await host.get(home)).body).toBe('page of node');
      for (const name of isPublic) {
        const answer = await host.get(home + name);
        expect([name, answer.status, answer.body.startsWith('the page’s')]).toEqual([name, 200, true]);
        expect(answer.headers['x-powered-by']).toBe('node');
      }
      for (const transport of ['websocket', 'polling']) {
        expect(await connected(host.origin, home, '/', transport)).toBe(transport);
      }
      await expectNothingHandedOut(host, home);
    },
  );

  // A handler runs its path as a name in any folder, and without the loader that is the app's own entry.
  it.each([
    ['auto', 'IIS'],
    ['never', 'node'],
  ] as const)(
    'with --static and --loader %s has the files of that folder from IIS, server.js from %s',
    async (loader, from) => {
      const { host, base, folder } = await running(app, { path: vdirPath, static: ['public'], loader });
      const home = base.replaceAll(' ', '%20');
      const visit = async (name: string) => {
        const { status, headers, body } = await host.get(home + name);
        return [name, status, headers['x-powered-by'] ?? 'IIS', body.startsWith('the page’s')];
      };
      expect(await Promise.all(isPublic.map(visit))).toEqual([
        ['app.js', 200, 'IIS', true],
        ['Deep/style.css', 200, 'IIS', true],
        ['data.webmanifest', 200, 'node', true], // IIS knows no such type and would answer 404.3.
        ['server.js', 200, from, true],
      ]);
      expect((await host.get(home)).body).toBe('page of node');
      expect(await connected(host.origin, home, '/', 'websocket')).toBe('websocket');
      await expectNothingHandedOut(host, home);
      const before = readFileSync(path.join(folder, 'web.config'), 'utf8');
      expect(await init({ directory: folder, static: ['public'], loader }, talk())).toMatchObject({
        changes: [],
        nothingToDo: true,
      });
      expect((await init({ directory: folder, loader }, talk())).nothingToDo).toBe(true);
      expect(readFileSync(path.join(folder, 'web.config'), 'utf8')).toBe(before);
    },
  );
});

describe('--static', () => {
  const app = {
    'package.json': '{ "main": "server.js" }',
    'server.js': "require('http').createServer((request, response) => response.end('node')).listen(process.env.PORT);",
    'client/dist/a.js': 'of IIS',
    'client/secret.js': secret,
  };

  it('serves a folder at the URL at which the app does, also when it is declared later', async () => {
    const folder = folderWith(app);
    await init({ directory: folder, path: '/x' }, talk());
    const later = await init({ directory: folder, static: ['/assets=client/dist'] }, talk());
    expect(later.changes).toEqual(['rules: added "static files of client/dist": IIS serves the files of client/dist']);
    const { get } = await serve({ directory: folder, vdirPath: '/x' });
    const bodies = [
      'assets/a.js',
      'Assets/A.js',
      'assets/b.js',
      'a.js',
      'client/dist/a.js',
      'assets/../client/secret.js',
    ];
    expect(await Promise.all(bodies.map(async (url) => (await get(`/x/${url}`)).body))).toEqual([
      'of IIS',
      expect.stringMatching(/^(of IIS|node)$/), // As the disk tells one case from the other.
      ...Array(4).fill('node'),
    ]);
  });

  it.each([
    ['.', 'STATIC_INVALID'],
    ['', 'STATIC_INVALID'],
    ['..', 'STATIC_INVALID'],
    ['client/../..', 'STATIC_INVALID'],
    ['/etc', 'STATIC_INVALID'],
    ['/a=/client', 'STATIC_INVALID'],
    ['/a=', 'STATIC_INVALID'],
    ['/a=b=c', 'STATIC_INVALID'],
    ['a*', 'STATIC_INVALID'],
    ['nowhere', 'STATIC_NOT_A_FOLDER'],
    ['server.js', 'STATIC_NOT_A_FOLDER'],
  ])('refuses %j with %s and writes nothing', async (name, code) => {
    const folder = folderWith(app);
    await expect(init({ directory: folder, path: '/x', static: [name] }, talk())).rejects.toMatchObject({
      code,
      exitCode: 2,
    });
    expect(() => readFileSync(path.join(folder, 'web.config'))).toThrow('ENOENT');
  });

  it('says so where the rules of web.config decide already', async () => {
    const own = `<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
</system.webServer></configuration>`;
    const folder = folderWith({ ...app, 'web.config': own });
    const { warnings } = await init({ directory: folder, path: '/x', static: ['client/dist'] }, talk());
    expect(warnings.join()).toContain('--static has no effect');
  });
});
