import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { clientsOfPage, importsOfPage, importsOfScript, readFolder, readImportMap } from '../../src/source/index.js';
import { readPages } from '../../src/source/pages.js';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { talk } from '../scaffold/workspace.js';
import { init } from '../support/init.js';

const client = '/socket.io/socket.io.esm.min.js';

/** A page with an import map, and a module of its own. */
const page = (imports: object, code: string): string =>
  `<!-- <script type="importmap">{ "imports": { "no": "/no.js" } }</script> -->
<script type="importmap">
${JSON.stringify({ imports }, undefined, 2)}
</script>
<script type="module">
${code}
</script>
`;

function appWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'import-map-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const pageOf = (files: Readonly<Record<string, string>>) => readPages(readFolder(appWith(files), false))[0];

it('stands for the longest name that fits, and the last of two that are the same', () => {
  const map = readImportMap(
    '<script type=importmap>{"imports":{"a":"/0.js","a":"/a.js","a/":"/A/","a/b/":"./B/","c":7,"/":"/top/"}}</script>',
  );
  expect(['a', 'a/x.js', 'a/b/x.js', '/x.js', 'c', 'ab', './a'].map((each) => map.resolve(each))).toEqual([
    '/a.js',
    '/A/x.js',
    './B/x.js',
    '/top/x.js',
    undefined,
    undefined,
    undefined,
  ]);
});

it.each([
  ['a page without one', ''],
  ['one that is not closed', '<script type="importmap">'],
  ['one that is no JSON', '<script type="importmap">{ "imports": }</script>'],
  ['a list', '<script type="importmap">[]'],
  [
    'one that no object can be',
    '<script type=importmap>{"imports":{"__proto__":"/a.js","__proto__":"/b.js"}}</script>',
  ],
  ['one of great depth', `<script type=importmap>{"imports":${'['.repeat(20_000)}${']'.repeat(20_000)}}</script>`],
])('%s has no names', (_what, text) => {
  expect(readImportMap(text).names).toEqual([]);
});

it('tells where the client of a page comes from, whatever its name', () => {
  const read = (name: string, url: string) =>
    pageOf({ 'index.html': page({ [name]: url }, `import { io as open } from '${name}';\nopen();`) })?.clients.map(
      ({ from }) => from,
    );
  expect(read('socket.io-client', client)).toEqual([client]);
  expect(read('live', client)).toEqual([client]);
  // A copy of the app's own, by a name of its own.
  expect(read('socket.io-client', '/vendor/client.js')).toEqual(['socket.io-client']);
  expect(read('live', '/vendor/client.js')).toEqual([]);
});

it('leads to the scripts of the app, and from these to others', () => {
  const read = pageOf({
    'public/index.html': page({ 'chat/': '/js/', 'socket.io-client': client }, "import 'chat/main.js';"),
    'public/js/main.js':
      "import { show } from 'chat/show.js'; import { io } from 'socket.io-client'; io().on('a', show);",
    'public/js/show.js': 'export const show = (text) => fetch(`/seen`, { body: text });',
  });
  expect(read?.files).toEqual(['public/js/main.js', 'public/js/show.js']);
  expect(read?.clients.map(({ from }) => from)).toEqual([client]);
  expect(read?.requests.map(({ url, at }) => `${url} ${at.line}`)).toEqual(['/js/ 5', `${client} 6`, '/seen 1']);
});

it('is followed in a live page, from the page and not from the script', () => {
  const address = new URL('http://host/chat/');
  const text = page({ live: client, 'js/': './js/' }, "import { io } from 'live'; import 'js/a.js'; io();");
  const live = { file: address.href, text };
  expect(importsOfPage(live).map((each) => [each.address, each.isMapped])).toEqual([
    [client, true],
    ['./js/a.js', true],
  ]);
  expect(clientsOfPage(live, { address, base: address })).toHaveLength(1);
  const script = { file: 'http://host/chat/js/a.js', text: "import './b.js'; import 'js/c.js'; import 'other';" };
  expect(importsOfScript(script, readImportMap(text)).map((each) => [each.address, each.isMapped])).toEqual([
    ['./b.js', undefined],
    ['./js/c.js', true],
  ]);
});

it('is read with its scopes, also in a template of Pug', () => {
  const scopes = { '/js/': { lodash: '/vendor/lodash.js', own: './own.js' } };
  const map = JSON.stringify({ imports: { live: client }, scopes });
  const requests = (name: string, text: string) =>
    pageOf({ [name]: text })?.requests.map(({ url, at }) => `${url} ${at.line}`);
  const wanted = [`${client} 2`, '/vendor/lodash.js 2'];
  expect(requests('index.html', `<script type="importmap">\n${map}</script>`)).toEqual(wanted);
  const pug = `script(type='importmap').\n  ${map}\nscript(type='module').\n  import { io } from 'live';\n  io();\n`;
  expect(requests('views/index.pug', pug)).toEqual(wanted);
  expect(pageOf({ 'views/index.pug': pug })?.clients.map(({ from }) => from)).toEqual([client]);
  expect(requests('views/a.pug', "script(type='importmap')!= JSON.stringify(map)\n")).toEqual([]);
});

it('is changed by the loader, which init tells to', async () => {
  const cwd = appWith({
    'package.json': '{ "name": "app", "main": "server.js" }',
    'server.js': "require('http').createServer().listen(3000);\n",
    'views/index.pug': `script(type='importmap').\n  { "imports": { "lib/": "/lib/" } }\n`,
  });
  const { findings } = await init({ directory: cwd, path: '/chat' }, talk());
  expect(findings).toEqual([]);
  expect(readFileSync(path.join(cwd, 'iisnode-entry.cjs'), 'utf8')).toMatch(/rewritePages: true/);
});

it('is what is wrong in a virtual directory, and not the client', async () => {
  const server = `import { createServer } from 'node:http';
import { Server } from 'socket.io';
const server = createServer();
new Server(server, { path: \`\${process.env.virtualDirPath}/socket.io\` });
server.listen(process.env.PORT);
`;
  const found = async (url: string, vdirPath = '/chat'): Promise<readonly string[]> => {
    const cwd = appWith({
      'web.config': generateWebConfig({ entry: 'server.mjs', vdirPath, transports: ['polling', 'websocket'] }),
      'server.mjs': server,
      'index.html': page(
        { 'socket.io-client': url },
        "import { io } from 'socket.io-client';\nio({ path: '/chat/socket.io' });",
      ),
    });
    const { findings } = await diagnose('.', { cwd, only: ['ROOT_ABSOLUTE_URL', 'SOCKET_PATH_MISMATCH_CLIENT'] });
    return findings.map(({ rule, line, fix }) => `${rule} ${line} ${fix}`);
  };
  expect(await found(client)).toEqual(['ROOT_ABSOLUTE_URL 5 ./socket.io/socket.io.esm.min.js']);
  expect(await found('./socket.io/socket.io.esm.min.js')).toEqual([]);
});
