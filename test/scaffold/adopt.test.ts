import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { initWithoutLoader as init, init as initApp } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const server = `const { createServer } = require('http');
const { Server } = require('socket.io');
const server = createServer();
const io = new Server(server);
server.listen(3000);
`;
const app = { 'package.json': '{ "name": "chat", "dependencies": { "socket.io": "^4" } }', 'server.js': server };

it('names a site of its own where lines of the code do not fit the vdir path, and nothing of it at the root', async () => {
  const at = async (path: string) =>
    (await initApp({ directory: folderWith(app), path, loader: 'never' }, talk())).warnings.filter((line) =>
      / not fit /.test(line),
    );
  expect(await at('/chat')).toEqual([
    '1 line of the code does not fit /chat; on its own site (--path /) the app needs none of these changes',
  ]);
  expect(await at('/')).toEqual([]);
});

describe('adopting', () => {
  it('adds only web.config, shows it as a diff first, and says what the code must do', async () => {
    const folder = folderWith(app);
    const someone = talk();
    const result = await init({ directory: folder, path: '/chat' }, someone);
    expect(result).toMatchObject({ kind: 'adopted', entry: 'server.js', vdirPath: '/chat' });
    expect(result.files).toEqual([{ file: 'web.config', action: 'created' }]);
    expect(someone.events.map((event) => event.kind)).toEqual(['planned', 'written']);
    expect(someone.events[0]).toMatchObject({ plan: { diff: expect.stringContaining('+++ b/web.config') } });
    expect(textsIn(folder)).toMatchObject(app);
    expect(
      result.advice.filter((advice) => advice.change).map(({ topic, file, line, code }) => [topic, file, line, code]),
    ).toEqual([
      ['server-path', 'server.js', 4, 'const io = new Server(server);'],
      ['listen', 'server.js', 5, 'server.listen(3000);'],
    ]);
  });

  it('fixes a web.config in place and loses nothing that the user wrote', async () => {
    const own = `<?xml version="1.0"?>
<!-- ours -->
<configuration>
\t<appSettings>
\t\t<add key='API_KEY' value='&quot;x&quot;'/>
\t</appSettings>
\t<system.webServer>
\t\t<urlCompression doStaticCompression="true"/> <!-- keep -->
\t</system.webServer>
</configuration>
`.replaceAll('\n', '\r\n');
    const folder = folderWith({ ...app, 'web.config': own });
    const result = await init({ directory: folder, path: '/chat' }, talk());
    const patched = readFileSync(path.join(folder, 'web.config'), 'utf8');
    expect(result.files).toEqual([{ file: 'web.config', action: 'changed' }]);
    expect(result.changes.length).toBeGreaterThan(0);
    for (const line of own.split('\r\n')) expect(patched).toContain(line);
    expect(patched).not.toMatch(/[^\r]\n/);
    expect(patched).toMatch(/<webSocket enabled=['"]false/);
    expect(result.diff).not.toMatch(/^-[^-]/m);
  });

  it('takes the entry point that web.config gives to iisnode, so that a second run needs no --entry', async () => {
    const folder = folderWith({
      'package.json': '{}',
      'app.js': server,
      'server.js': server,
      'chat-server.js': server,
    });
    await init({ directory: folder, path: '/chat', entry: 'chat-server.js' }, talk());
    const second = await init({ directory: folder }, talk());
    expect(second).toMatchObject({ entry: 'chat-server.js', nothingToDo: true });
  });

  it('writes no setting for transports that its code does not read, unless asked', async () => {
    const [plain, asked] = [folderWith(app), folderWith(app)];
    await init({ directory: plain, path: '/chat' }, talk());
    await init({ directory: asked, path: '/chat', transports: ['websocket'] }, talk());
    expect(textsIn(plain)['web.config']).not.toContain('"transports"');
    expect(textsIn(asked)['web.config']).toContain('<add key="transports" value="websocket" />');
  });

  describe('with what only a new app can have', () => {
    const redis = { '@socket.io/redis-streams-adapter': '^0.3.1', '@redis/client': '^6.3.1' };
    const withRedis = { ...app, 'package.json': JSON.stringify({ dependencies: { 'socket.io': '^4', ...redis } }) };
    const broadcasting = `${server}io.on('connection', () => io.emit('news'));\n`;

    it.each([
      [{ typescript: true }, 'TYPESCRIPT_NOT_ADOPTED'],
      [{ adapter: 'redis' }, 'ADAPTER_NOT_ADOPTED'],
    ])('refuses %j with %s and writes nothing', async (options, code) => {
      const folder = folderWith(app);
      await expect(init({ directory: folder, path: '/chat', ...options }, talk())).rejects.toMatchObject({
        code,
        exitCode: 2,
      });
      expect(textsIn(folder)).toEqual(app);
    });

    it('adds the settings of an adapter that is there, and keeps those that the user wrote', async () => {
      const folder = folderWith(withRedis);
      await init({ directory: folder, path: '/chat', adapter: 'redis' }, talk());
      const file = path.join(folder, 'web.config');
      const text = readFileSync(file, 'utf8');
      expect(text).toContain('<add key="REDIS_URL" value="redis://localhost:6379" />');
      writeFileSync(file, text.replace('redis://localhost:6379', 'redis://db:6379'));
      const second = await init({ directory: folder, adapter: 'redis' }, talk());
      expect(second.nothingToDo).toBe(true);
    });

    it('warns of several processes without one, when something is sent to all clients', async () => {
      const warned = async (files: Record<string, string>) =>
        (await init({ directory: folderWith(files), path: '/chat', processes: 2 }, talk())).warnings.filter((warning) =>
          warning.includes('adapter'),
        );
      expect(await warned({ ...app, 'server.js': broadcasting })).toEqual([
        expect.stringContaining('reaches only the clients of its own process'),
      ]);
      expect(await warned(app)).toEqual([]);
      // A package that no code gives to the server joins nothing.
      expect(await warned({ ...withRedis, 'server.js': broadcasting })).toEqual([
        expect.stringContaining(
          '@socket.io/redis-streams-adapter is installed, but the code does not attach it to the server',
        ),
      ]);
      const attached = `${broadcasting}io.adapter(require('@socket.io/redis-streams-adapter').createAdapter());\n`;
      expect(await warned({ ...withRedis, 'server.js': attached })).toEqual([]);
    });

    it('warns of what a TypeScript app sends to all clients, as its build shows', async () => {
      const files = {
        'package.json': '{ "main": "dist/index.js", "scripts": { "build": "tsc" } }',
        'src/index.ts': `import { Server } from 'socket.io';\nconst io: Server = new Server({ transports: ['websocket'] });\nio.emit('news');\n`,
        'dist/index.js': `const { Server } = require('socket.io');\nconst io = new Server();\nio.emit('news');\n`,
      };
      const options = { directory: folderWith(files), path: '/chat', processes: 2, transports: ['websocket'] };
      const { warnings } = await init(options, talk());
      expect(warnings).toEqual([expect.stringContaining('reaches only the clients of its own process')]);
    });

    it('says what the code has to do with --transports, until it does', async () => {
      const webConfig = '<configuration />';
      const asked = async (code: string) => {
        const folder = folderWith({ ...app, 'web.config': webConfig, 'server.js': code });
        const options = { directory: folder, path: '/chat', transports: ['websocket'] };
        const { warnings } = await init(options, talk());
        expect(textsIn(folder)['web.config']).toContain('<add key="transports" value="websocket" />');
        expect(await init(options, talk())).toMatchObject({ nothingToDo: true, warnings });
        return warnings;
      };
      const transports = "process.env.transports.split(',')";
      expect(await asked(server)).toEqual([expect.stringContaining(`transports: ${transports}`)]);
      expect(await asked(server.replace('Server(server)', `Server(server, { transports: ${transports} })`))).toEqual(
        [],
      );
    });

    it.each([
      ["{ transports: ['websocket'] }", '', false],
      ["{ transports: ['polling', 'websocket'] }", '', true],
      ["{ transports: ['polling'] }", 'websocket', true],
      ["{ transports: process.env.transports.split(',') }", 'websocket', false],
      ["{ transports: process.env.transports.split(',') }", '', true],
      ['{}', '', true],
      ["{ transports: ['websocket'] }); new Server(server, { path: '/other' }", '', true],
      ["{ transports: ['websocket'] }); new Server(3001, { path: '/other' }", '', false],
    ])(
      'asks for sticky sessions where the code lets clients poll: %s, web.config: %j',
      async (code, setting, sticky) => {
        const settings = setting && `<appSettings><add key="transports" value="${setting}" /></appSettings>`;
        const files = { ...app, 'server.js': server.replace('Server(server)', `Server(server, ${code})`) };
        const folder = folderWith({ ...files, 'web.config': `<configuration>${settings}</configuration>` });
        const { warnings } = await init({ directory: folder, path: '/chat', processes: 3 }, talk());
        expect(textsIn(folder)['web.config']?.includes('nodeProcessStickySessions="true"')).toBe(sticky);
        expect(warnings).toEqual(sticky ? [expect.stringContaining('sticky sessions')] : []);
      },
    );

    it('says of old clients what sticky sessions take of them', async () => {
      const code = server.replace('Server(server)', 'Server(server, { allowEIO3: true })');
      const folder = folderWith({ ...app, 'server.js': code });
      const options = { directory: folder, path: '/chat', processes: 2, allowEio3: true };
      expect((await init(options, talk())).warnings).toEqual([
        expect.stringMatching(/sticky sessions.*socket\.io 2 outside a browser keep no cookie.*Cookie header/),
      ]);
    });

    it('keeps a list of transports that the user wrote', async () => {
      const own = '<appSettings><add key="transports" value="websocket, polling" /></appSettings>';
      const folder = folderWith({ ...app, 'web.config': `<configuration>${own}</configuration>` });
      await init({ directory: folder, path: '/chat' }, talk());
      expect(textsIn(folder)['web.config']).toContain('"websocket, polling"');
    });

    it('says what the code has to do with --allow-eio3, until it does', async () => {
      const warned = async (code: string) => {
        const folder = folderWith({ ...app, 'server.js': code });
        const { warnings } = await init({ directory: folder, path: '/chat', allowEio3: true }, talk());
        expect(textsIn(folder)['web.config']).toContain('<add key="allowEIO3" value="true" />');
        return warnings;
      };
      expect(await warned(server)).toEqual([expect.stringContaining("allowEIO3: process.env.allowEIO3 === 'true'")]);
      expect(
        await warned(
          server.replace('Server(server)', "Server(server, { allowEIO3: process.env.allowEIO3 === 'true' })"),
        ),
      ).toEqual([]);
    });
  });

  /** What runs the app already: its rules are its own, and files go to IIS. */
  const own = `<configuration>
  <system.webServer>
    <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
  </system.webServer>
</configuration>
`;

  it("warns of the server's files that rules of web.config's own leave to IIS, for as long as they do", async () => {
    const files = { 'server.js': `${server}require('./lib/secrets.js');\n`, 'lib/secrets.js': '', 'web.config': own };
    const folder = folderWith({ ...app, ...files });
    const warned = async () => (await init({ directory: folder, path: '/chat' }, talk())).warnings.join();
    const file = path.join(folder, 'web.config');
    const add = (before: string, xml: string) => {
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(before);
      writeFileSync(file, text.replace(before, `${xml}${before}`));
    };
    expect(await warned()).toContain('lib/secrets.js');
    const isFile = '<add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" />';
    const action = '<action type="Rewrite" url="server.js" />';
    add('</rules>', `<rule name="app"><match url=".*" /><conditions>${isFile}</conditions>${action}</rule>`);
    expect(await warned()).toContain('lib/secrets.js');
    add('</hiddenSegments>', '<add segment="lib" />');
    expect(await warned()).not.toContain('lib/secrets.js');
  });

  it('a second run changes nothing and keeps the vdir path that web.config says', async () => {
    const folder = folderWith(app);
    await init({ directory: folder, path: '/somewhere', transports: ['websocket'], processes: 3 }, talk());
    const before = textsIn(folder);
    const second = await init({ directory: folder }, talk());
    expect(second).toMatchObject({ nothingToDo: true, vdirPath: '/somewhere', diff: '', changes: [] });
    expect(textsIn(folder)).toEqual(before);
  });

  it('a second run keeps the vdir path that was asked for beside one under another name', async () => {
    const own = '<configuration><appSettings><add key="basePath" value="/old" /></appSettings></configuration>';
    const folder = folderWith({ ...app, 'web.config': own });
    await init({ directory: folder, path: '/new' }, talk());
    expect(await init({ directory: folder }, talk())).toMatchObject({ nothingToDo: true, vdirPath: '/new' });
  });

  it('does not use a setting of a folder below', async () => {
    const below = `<location path="admin"><appSettings><add key="transports" value="websocket" /></appSettings>
<system.webServer><iisnode nodeProcessCountPerApplication="8" /></system.webServer></location>`;
    const folder = folderWith({ ...app, 'web.config': `<configuration>\n${below}\n</configuration>\n` });
    const { warnings } = await init({ directory: folder, path: '/chat' }, talk());
    expect(warnings).toEqual([]);
    const text = textsIn(folder)['web.config'] ?? '';
    expect(text).toContain('nodeProcessCountPerApplication="1"');
    expect(text).toContain('flushResponse="true"');
  });

  it('sets the number of processes that is asked for, one as well', async () => {
    const folder = folderWith(app);
    await init({ directory: folder, path: '/chat', processes: 4 }, talk());
    const result = await init({ directory: folder, processes: 1 }, talk());
    expect(result.changes).toEqual(['iisnode: nodeProcessCountPerApplication is "1", was "4"']);
    expect(result.findings.map(({ rule }) => rule)).toContain('STICKY_SESSIONS_NEED_IISNODE'); // of the four
    expect(result.warnings).toHaveLength(1);
    expect(await init({ directory: folder }, talk())).toMatchObject({ nothingToDo: true });
  });

  it('with --dry-run writes nothing and shows the diff', async () => {
    const folder = folderWith(app);
    const result = await init({ directory: folder, dryRun: true }, talk());
    expect(result.diff).toContain('+<configuration>');
    expect(textsIn(folder)).toEqual(app);
  });

  it('refuses a web.config that is not well-formed, with the place, and changes nothing', async () => {
    const folder = folderWith({ ...app, 'web.config': '<configuration>\n  <system.webServer>\n</configuration>\n' });
    const before = textsIn(folder);
    await expect(init({ directory: folder }, talk())).rejects.toMatchObject({
      code: 'WEB_CONFIG_INVALID',
      exitCode: 2,
      what: `${path.join(folder, 'web.config')}:2:3 is not well-formed XML`,
    });
    expect(textsIn(folder)).toEqual(before);
  });

  it.each([
    [
      'UTF-8 that is declared as UTF-16',
      Buffer.from('<?xml version="1.0" encoding="utf-16"?>\n<configuration />\n'),
      '1:21',
    ],
    ['a byte that is no UTF-8', Buffer.from('<configuration>\n<!-- \xe9 -->\n</configuration>\n', 'latin1'), '2:6'],
  ])('refuses, as IIS does, %s', async (_what, bytes, place) => {
    const folder = folderWith(app);
    const file = path.join(folder, 'web.config');
    writeFileSync(file, bytes);
    await expect(init({ directory: folder }, talk())).rejects.toMatchObject({
      code: 'WEB_CONFIG_INVALID',
      what: `${file}:${place} is not well-formed XML`,
    });
    expect(readFileSync(file)).toEqual(bytes);
  });

  it.each(['utf-16le', 'utf-16be'])('keeps %s', async (encoding) => {
    const folder = folderWith(app);
    const file = path.join(folder, 'web.config');
    const text =
      '\uFEFF<?xml version="1.0" encoding="utf-16"?>\r\n<!-- \u00e9 -->\r\n<configuration>\r\n</configuration>\r\n';
    const bytes = Buffer.from(text, 'utf16le');
    writeFileSync(file, encoding === 'utf-16be' ? bytes.swap16() : bytes);
    await init({ directory: folder }, talk());
    const written = readFileSync(file);
    expect(written.subarray(0, 2).toString('hex')).toBe(encoding === 'utf-16be' ? 'feff' : 'fffe');
    const now = new TextDecoder(encoding).decode(written);
    expect(now).toMatch(/^<\?xml version="1.0" encoding="utf-16"\?>\r\n<!-- \u00e9 -->\r\n<configuration>\r\n/);
    expect(now).toContain('path="server.js"');
    expect(now).not.toMatch(/[^\r]\n/);
  });

  it('says what IIS refuses in what it leaves as it was, with its place after the change', async () => {
    const twice = '<add name="x" path="server.js" verb="*" modules="iisnode" />';
    const text = `<configuration>\n<system.webServer>\n<handlers>${twice}\n${twice}</handlers>\n</system.webServer>\n</configuration>\n`;
    const folder = folderWith({ ...app, 'web.config': text });
    const { warnings } = await init({ directory: folder, dryRun: true }, talk());
    await init({ directory: folder }, talk());
    const lines = (textsIn(folder)['web.config'] ?? '').split('\n');
    const line = lines.findIndex((each) => each.startsWith('<add name="x"')) + 1;
    expect(line).toBeGreaterThan(1);
    expect(warnings).toEqual([
      `web.config:${line}: Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to 'x'. IIS answers 500.19 with 0x800700b7: a collection may hold each key once, inherited entries included. Fix: Remove the second one.`,
    ]);
  });

  it('fixes a web.config with a name in other case, and creates no second one', async () => {
    const folder = folderWith({ ...app, 'Web.config': '<configuration />' });
    const result = await init({ directory: folder, path: '/chat' }, talk());
    expect(result.files).toEqual([{ file: 'Web.config', action: 'changed' }]);
    expect(Object.keys(textsIn(folder)).sort()).toEqual(['Web.config', 'package.json', 'server.js']);
    expect(await init({ directory: folder }, talk())).toMatchObject({ nothingToDo: true, vdirPath: '/chat' });
  });

  it('keeps a byte order mark', async () => {
    const folder = folderWith(app);
    writeFileSync(
      path.join(folder, 'web.config'),
      '\uFEFF<?xml version="1.0" encoding="utf-8"?>\n<configuration>\n</configuration>\n',
    );
    await init({ directory: folder }, talk());
    const text = readFileSync(path.join(folder, 'web.config'), 'utf8');
    expect(text).toMatch(/^\uFEFF<\?xml/);
  });

  it('warns that iisnode loads an ES module with require()', async () => {
    const folder = folderWith({
      'package.json': '{ "type": "module", "main": "server.js" }',
      'server.js': 'export {};\n',
    });
    const { warnings } = await init({ directory: folder }, talk());
    expect(warnings).toEqual([expect.stringContaining('ES module')]);
  });

  it('knows an ES module by its import statements, and top-level await as what no version of node requires', async () => {
    const files = { 'package.json': '{ "main": "server.js" }', 'server.js': "import 'node:http';\n\nawait start();\n" };
    const { warnings } = await init({ directory: folderWith(files), path: '/chat' }, talk());
    expect(warnings).toEqual([
      expect.stringMatching(
        /^server\.js:3: server\.js is an ES module .* no version of node can require\(\) a module with top-level await.*run\.cjs/,
      ),
    ]);
  });

  it('does not take a module of another package.json for one, nor a CommonJS file', async () => {
    const files = {
      'package.json': '{ "type": "module" }',
      'server/package.json': '{ "type": "commonjs" }',
      'server/main.js': '',
      'run.cjs': '',
    };
    for (const entry of ['server/main.js', 'run.cjs']) {
      expect((await init({ directory: folderWith(files), entry }, talk())).warnings).toEqual([]);
    }
  });

  it('leaves the app’s own URL to a page that IIS finds by itself', async () => {
    const folder = folderWith({ ...app, 'Index.html': '<p>hello</p>' });
    await init({ directory: folder, path: '/chat' }, talk());
    const text = textsIn(folder)['web.config'] ?? '';
    expect(text).toContain('url="^socket\\.io(/|$)"');
    expect(text).not.toContain('<rule name="home"');
  });

  it('says which file it takes when the main of package.json is not there', async () => {
    const files = { ...app, 'package.json': '{ "main": "index.js" }' };
    const { warnings } = await init({ directory: folderWith(files), path: '/chat' }, talk());
    expect(warnings).toEqual([expect.stringContaining('main, index.js, does not exist: server.js is used')]);
    const given = await init({ directory: folderWith(files), path: '/chat', entry: 'server.js' }, talk());
    expect(given.warnings).toEqual([]);
  });

  it('names the build rather than take a source of what is built', async () => {
    const manifest = '{ "main": "dist/index.js", "scripts": { "build": "babel src -d dist" } }';
    const folder = folderWith({ 'package.json': manifest, 'src/index.js': server });
    expect(await init({ directory: folder, path: '/chat' }, talk())).toMatchObject({
      entry: 'dist/index.js',
      nextSteps: [{ command: expect.stringContaining('npm run build') }, {}],
    });
  });

  it('takes bin for hidden only where web.config says so: IIS without ASP.NET hands it out', async () => {
    const files = { ...app, 'server.js': `require('./bin/db');\n${server}`, 'bin/db.js': '', 'web.config': own };
    const { warnings } = await init({ directory: folderWith(files), path: '/chat' }, talk());
    expect(warnings).toEqual([expect.stringContaining('IIS sends bin/db.js')]);
  });

  it('warns of files of the server that anybody may download, until they are hidden', async () => {
    const files = {
      ...app,
      'server.js': `require('./db');\nrequire('./lib/rooms');\n${server}`,
      'db.js': '',
      'lib/rooms.js': '',
      'web.config': own,
    };
    const folder = folderWith(files);
    const { warnings } = await init({ directory: folder, path: '/chat' }, talk());
    expect(warnings).toEqual([expect.stringContaining('IIS sends db.js, lib/rooms.js')]);
    const config = path.join(folder, 'web.config');
    const hidden = '<hiddenSegments><add segment="lib" /><add segment="db.js" />';
    writeFileSync(config, readFileSync(config, 'utf8').replace('<hiddenSegments>', hidden));
    expect((await init({ directory: folder }, talk())).warnings).toEqual([]);
  });

  it('warns where every URL goes to node and nothing shows that it serves the page beside web.config', async () => {
    const warned = async (files: Readonly<Record<string, string>>) => {
      const folder = folderWith({ ...app, 'index.html': '<!doctype html>', ...files });
      return (await init({ directory: folder, path: '/chat' }, talk())).warnings;
    };
    expect(await warned({})).toEqual([
      expect.stringMatching(/All URLs go to node, and its code does not serve index\.html\..*--static/),
    ]);
    expect(await warned({ 'web.config': own })).toEqual([]); // IIS opens it.
    expect(await warned({ 'server.js': server.replace('createServer()', 'createServer(page("index.html"))') })).toEqual(
      [],
    );
    expect(await warned({ 'server.js': `const app = require('express')();\napp.get('/', page);\n${server}` })).toEqual(
      [],
    );
  });
});
