import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import type { InitResult } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const manifest = (dependencies: Record<string, string> = { 'socket.io': '^4' }, scripts = {}): string =>
  JSON.stringify({ main: 'server.js', dependencies, scripts });
const head = `const http = require('http');\nconst server = http.createServer((request, response) => response.end('page'));\n`;

async function adopted(files: Record<string, string>, vdirPath = '/'): Promise<{ folder: string; result: InitResult }> {
  const folder = folderWith({ 'package.json': manifest(), ...files });
  return { folder, result: await init({ directory: folder, path: vdirPath }, talk()) };
}

describe('the rule for upgrades of Firefox in a new web.config', () => {
  const patternOf = async (code: string, dependencies: Record<string, string>): Promise<string | undefined> => {
    const { folder, result } = await adopted({ 'package.json': manifest(dependencies), 'server.js': head + code });
    expect(result.findings.map(({ rule }) => rule)).toEqual([]);
    const { findings } = await diagnose('.', { cwd: folder });
    expect(findings.filter(({ rule }) => rule !== 'DEPENDENCIES_NOT_INSTALLED')).toEqual([]);
    const webConfig = readFileSync(path.join(folder, 'web.config'), 'utf8');
    expect(await init({ directory: folder }, talk())).toMatchObject({ nothingToDo: true });
    return /<rule name="Firefox upgrade">\s*<match url="(.*?)"/.exec(webConfig)?.[1];
  };
  const listen = 'server.listen(3000);\n';

  it('is for the usual URL of socket.io', async () => {
    const code = `require('socket.io')(server);\n${listen}`;
    expect(await patternOf(code, { 'socket.io': '^4' })).toBe('^socket\\.io(/|$)');
  });

  it.each([
    ['plain WebSockets', `new (require('ws').WebSocketServer)({ server });\n${listen}`, { ws: '^8' }],
    ['SockJS', `require('sockjs').createServer().installHandlers(server);\n${listen}`, { sockjs: '1' }],
    [
      'both',
      `require('socket.io')(server);\nnew (require('ws').WebSocketServer)({ noServer: true });\n${listen}`,
      { 'socket.io': '^4', ws: '^8' },
    ],
    [
      'a socket.io at another path',
      `require('socket.io')(server, { path: '/live' });\n${listen}`,
      { 'socket.io': '^4' },
    ],
    ['what is not in the code', `require(process.env.APP)(server);\n${listen}`, { x: '1' }],
  ])('is for all URLs with %s', async (_, code, dependencies) => {
    expect(await patternOf(code, dependencies)).toBe('.*');
  });

  it('is not there for an app without sockets', async () => {
    expect(await patternOf(listen, { koa: '^3' })).toBeUndefined();
  });
});

describe('what init says of an app with the loader', () => {
  it('a second server keeps its port: a note, and nothing to change', async () => {
    const code = `${head}require('socket.io')(server);\nserver.listen(3000);\nhttp.createServer().listen(9464);\n`;
    const { result } = await adopted({ 'server.js': code });
    expect(result).toMatchObject({
      advice: [],
      findings: [{ rule: 'FIXED_PORT', severity: 'info', message: expect.stringContaining('9464'), line: 5 }],
    });
  });

  it.each(['/live/socket.io.js', 'live/socket.io.min.js'])(
    'a client of a root-absolute path whose script the server serves: %s',
    async (src) => {
      const files = {
        'server.js': `${head}require('socket.io')(server, { path: '/live' });\nserver.listen(3000);\n`,
        'public/index.html': `<script src="${src}"></script><script>io({ path: '/live', transports: ['websocket'] });</script>`,
      };
      expect((await adopted(files, '/app')).result.findings).toEqual([]);
      const folder = folderWith({ 'package.json': manifest(), ...files });
      const { findings } = await init({ directory: folder, path: '/app', loader: 'never' }, talk());
      expect(findings.map(({ rule }) => rule)).toContain('SOCKET_PATH_MISMATCH_CLIENT');
    },
  );

  it('a client whose script comes from another host still has a finding', async () => {
    const { result } = await adopted(
      {
        'server.js': `${head}require('socket.io')(server, { path: '/live' });\nserver.listen(3000);\n`,
        'public/index.html':
          '<script src="https://cdn.example.com/live/socket.io.js"></script><script>io({ path: "/live" });</script>',
      },
      '/app',
    );
    expect(result.findings).toMatchObject([{ rule: 'SOCKET_PATH_MISMATCH_CLIENT' }]);
  });

  it('a bundle is not reported where its source is, and a long line is cut', async () => {
    const bundle = `${'var padding=1;'.repeat(30)}fetch("/api/items");io().on("count",function(){});fetch("/made/by/a/package");`;
    const { result } = await adopted(
      {
        'package.json': manifest({ 'socket.io': '^4' }, { build: 'vite build' }),
        'server.js': `${head}require('socket.io')(server);\nserver.listen(3000);\n`,
        'src/main.js': "import { io } from 'socket.io-client';\nfetch('/api/items');\nio().on('count', () => {});\n",
        'dist/index.html': '<script src="/main.js"></script>',
        'dist/main.js': bundle,
      },
      '/app',
    );
    const told = result.findings.map(
      ({ rule, file, line }) => `${rule} ${path.relative(result.directory, file ?? '')}:${line}`,
    );
    expect(told.map((each) => each.replaceAll('\\', '/')).toSorted()).toEqual([
      'ROOT_ABSOLUTE_URL dist/main.js:1',
      'ROOT_ABSOLUTE_URL src/main.js:2',
      'SOCKET_PATH_MISMATCH_CLIENT src/main.js:3',
    ]);
    const [cut] = result.findings.filter(({ file }) => file?.includes('dist'));
    expect(cut?.evidence).toMatch(/^\.\..{0,20}fetch\("\/made\/by\/a\/package"\);$/);
  });
});

describe('the processes of pm2', () => {
  const notesOf = async (start: string, processes?: number): Promise<readonly string[]> => {
    const directory = folderWith({
      'package.json': manifest({}, { start }),
      'server.js': `${head}server.listen(process.env.PORT);\n`,
    });
    return (await init({ directory, path: '/', ...(processes && { processes }) }, talk())).notes;
  };

  it('are a setting of iisnode, which init names', async () => {
    expect(await notesOf('pm2-runtime server.js -i 4')).toEqual([
      expect.stringMatching(/4 processes .*--processes 4$/),
    ]);
    expect(await notesOf('pm2-runtime server.js -i max')).toEqual([
      expect.stringMatching(/for each processor .*--processes N$/),
    ]);
    expect(await notesOf('pm2-runtime server.js -i 1')).toEqual([]);
    expect(await notesOf('pm2-runtime server.js -i max', 2)).toEqual([]);
  });

  it('options of node are in the arguments of HttpPlatformHandler: nothing is left to say', async () => {
    const directory = folderWith({
      'package.json': manifest({}, { start: 'node --enable-source-maps server.js' }),
      'server.js': `${head}server.listen(process.env.PORT);\n`,
    });
    const { notes } = await init({ directory, path: '/', module: 'httpplatform' }, talk());
    expect(notes).toEqual([]);
    expect(readFileSync(path.join(directory, 'web.config'), 'utf8')).toMatch(/arguments="--enable-source-maps /);
  });

  it('other apps of its configuration are named: IIS starts only the server', async () => {
    const directory = folderWith({
      'package.json': manifest({}, { start: 'pm2-runtime start ecosystem.config.cjs' }),
      'ecosystem.config.cjs': `const path = require('path');
        module.exports = { apps: [{ name: 'mail', script: 'jobs/mail.js', cron_restart: '0 4 * * *' },
          { name: 'web', cwd: path.join(__dirname, 'web'), script: 'server.js' }] };`,
      'jobs/mail.js': 'console.log(1);\n',
      'web/server.js': `${head}server.listen(process.env.PORT);\n`,
    });
    const { notes } = await init({ directory, path: '/' }, talk());
    expect(notes).toContain(
      'the app is started as several programs, and IIS starts web/server.js, the one that listens; it does not start mail (jobs/mail.js): run the rest in another way, or choose with --entry FILE',
    );
    expect(readFileSync(path.join(directory, 'iisnode-entry.cjs'), 'utf8')).toContain("entry: 'web/server.js'");
  });
});

describe('rewritePages', () => {
  const setting = async (files: Record<string, string>, vdirPath: string): Promise<string | undefined> => {
    const { folder } = await adopted(files, vdirPath);
    return /^ {2}rewritePages: (\w+)/m.exec(readFileSync(path.join(folder, 'iisnode-entry.cjs'), 'utf8'))?.[1];
  };
  const start = `${head}require('socket.io')(server);\nserver.listen(3000);\n`;

  it.each([
    ['a framework whose pages load their scripts from the root', `require('next')({}).prepare();\n${start}`],
    ['tags in strings of the code', `${start}const page = '<script src="/app.js"></script>';\n`],
    [
      'an import in a page',
      `${start}const page = '<script type="module">import "/socket.io/socket.io.esm.min.js"</script>';\n`,
    ],
    ['tags in a template string', `${start}const page = (name) => \`<form action="/save">\${name}</form>\`;\n`],
  ])('is on in a virtual directory, and only there, with %s', async (_, code) => {
    expect(await setting({ 'server.js': code }, '/app')).toBe('true');
    expect(await setting({ 'server.js': code }, '/')).toBe('false');
  });

  it('is on where a framework loads all that answers, and pages are not known', async () => {
    const code = "require('sails').lift();\n";
    expect(await setting({ 'server.js': code }, '/app')).toBe('true');
    expect(await setting({ 'server.js': code }, '/')).toBe('false');
  });

  it('is off where no page has such a URL', async () => {
    expect(await setting({ 'server.js': start, 'index.html': '<script src="app.js"></script>' }, '/app')).toBe('false');
  });
});

describe('an app that is not built yet', () => {
  const source = "import http from 'node:http';\nhttp.createServer().listen(3000);\n";
  const buildSteps = ({ nextSteps }: InitResult): string[] =>
    nextSteps
      .filter(({ command }) => command.includes('npm run'))
      .map(({ command, why }) => `${command.replace(/ --prefix .*?(\/\w+)?$/, ' $1').trim()}: ${why}`);

  it.each([
    [
      'one that deploy builds',
      { 'tsconfig.json': '{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }', 'src/main.ts': source },
      { start: 'node dist/main.js', build: 'tsc' },
      'npm run build: creates dist/main.js, which starts the app; deploy also does this',
    ],
    [
      'a bundle',
      { 'src/main.mjs': source },
      { start: 'node build/server.cjs', build: 'esbuild' },
      'npm run build: creates build/server.cjs, which starts the app',
    ],
    [
      'a build of another name',
      { 'src/main.mjs': source },
      { start: 'node dist/server.js', 'build:server': 'esbuild' },
      'npm run build:server: creates dist/server.js, which starts the app',
    ],
    [
      'Nuxt',
      {},
      { start: 'nuxt preview', build: 'nuxt build' },
      'npm run build: creates .output/server/index.mjs, which starts the app',
    ],
    [
      'Next without a server of its own',
      { 'node_modules/next/dist/bin/next': '', 'node_modules/next/package.json': '{}' },
      { start: 'next start', build: 'next build' },
      'npm run build: creates .next, which starts the app',
    ],
    [
      'a workspace',
      { 'api/package.json': manifest({}, { start: 'node dist/main.js', build: 'tsc' }), 'api/src/main.ts': source },
      { start: 'npm start -w api' },
      'npm run build /api: creates api/dist/main.js, which starts the app',
    ],
  ])('is adopted, and the build is the next step: %s', async (_, files, scripts, step) => {
    const { main, ...rest } = JSON.parse(manifest({}, scripts)) as Record<string, unknown>;
    expect(main).toBe('server.js');
    const { folder, result } = await adopted({ 'package.json': JSON.stringify(rest), ...files });
    expect(buildSteps(result)).toEqual([step]);
    expect(result.loader).toMatchObject({ used: true });
    expect(await init({ directory: folder }, talk())).toMatchObject({ nothingToDo: true, entry: result.entry });
  });

  it('Next is started in the folder of the app, with its command', async () => {
    const next = {
      'node_modules/next/dist/bin/next': '',
      'node_modules/next/package.json': '{}',
      'server.js': '',
    };
    for (const [scripts, entry, args] of [
      [{ start: 'next start -p $PORT' }, undefined, '["start"]'],
      [{ dev: 'next dev' }, 'node_modules/next/dist/bin/next', '["start"]'],
    ] as const) {
      const folder = folderWith({ 'package.json': JSON.stringify({ scripts }), ...next });
      await init({ directory: folder, ...(entry && { entry }) }, talk());
      const loader = readFileSync(path.join(folder, 'iisnode-entry.cjs'), 'utf8');
      expect(loader).toContain("entry: 'node_modules/next/dist/bin/next',");
      expect(loader).toContain(`  args: ${args},`);
      expect(loader).toContain("  root: '.',");
    }
  });
});
