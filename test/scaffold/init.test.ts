import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinned } from '../../src/scaffold/package-root.js';
import { templates } from '../../src/scaffold/templates.js';
import type { InitOptions } from '../../src/scaffold/types.js';
import { attribute, findElements, parseXml } from '../../src/xml/index.js';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const files = [
  'server-socketio.js',
  'inferno.js',
  'lib/stream.js',
  'lib/readings.js',
  'lib/recycle.js',
  'lib/pages.js',
  'lib/transports.js',
  'lib/iisnode.js',
  'lib/adapter.js',
  'index-socketio.html',
  'lib/page.js',
  'lib/connection.js',
  'test/app.test.js',
  'package.json',
  'package-lock.json',
  'README.md',
  '.gitignore',
  'web.config',
];

const bare = (directory: string, more: Partial<InitOptions> = {}): InitOptions => ({
  directory,
  install: false,
  ...more,
});

function settingsOf(folder: string): Record<string, string | undefined> {
  const { root } = parseXml(readFileSync(path.join(folder, 'web.config')));
  return Object.fromEntries(
    findElements(root, 'appSettings/add').map((add) => [attribute(add, 'key'), attribute(add, 'value')]),
  );
}

describe('scaffolding', () => {
  it('writes a complete app into a folder that does not exist yet', async () => {
    const folder = path.join(folderWith(), 'dante');
    const someone = talk();
    const result = await init(bare(folder), someone);
    expect(result).toMatchObject({
      kind: 'scaffolded',
      template: 'dante',
      entry: 'server-socketio.js',
      vdirPath: '/dante',
    });
    expect(result.files).toEqual(files.map((file) => ({ file, action: 'created' })));
    expect(Object.keys(textsIn(folder)).sort()).toEqual([...files].sort());
    expect(settingsOf(folder)).toMatchObject({ virtualDirPath: '/dante', transports: 'websocket' });
    expect(someone.events.map((event) => event.kind)).toEqual(['planned', 'written']);
    expect(result.nextSteps.map((step) => step.command)).toEqual([
      expect.stringContaining('npm install --prefix'),
      expect.stringContaining('npx iisnode-sock deploy'),
    ]);
  });

  it('names the package after the folder and pins socket.io to the version this package runs with', async () => {
    const folder = path.join(folderWith(), 'My Poem');
    await init(bare(folder), talk());
    const own = JSON.parse(readFileSync('node_modules/socket.io/package.json', 'utf8')) as { version: string };
    expect(JSON.parse(textsIn(folder)['package.json'] ?? '')).toMatchObject({
      name: 'my-poem',
      private: true,
      type: 'commonjs',
      dependencies: { 'socket.io': own.version },
    });
    expect(Object.values(textsIn(folder)).join('')).not.toContain('{{');
  });

  it('carries --path, --processes and --transports into web.config and the page', async () => {
    const folder = folderWith();
    const options = { path: '/', processes: 4, transports: ['websocket', 'polling'] };
    const result = await init(bare(folder, options), talk());
    expect(settingsOf(folder)).toMatchObject({ virtualDirPath: '/', transports: 'websocket,polling' });
    expect(textsIn(folder)['web.config']).toContain('nodeProcessCountPerApplication="4"');
    expect(textsIn(folder)['index-socketio.html']).toContain('data-transports="websocket,polling"');
    expect(result.warnings).toEqual([expect.stringContaining('sticky')]);
  });

  it('carries --adapter and --allow-eio3 into package.json, the code and web.config', async () => {
    const folder = folderWith();
    const result = await init(bare(folder, { path: '/x', adapter: 'redis', allowEio3: true, processes: 2 }), talk());
    expect(result).toMatchObject({ adapter: 'redis', typescript: false, warnings: [] });
    expect(settingsOf(folder)).toMatchObject({ REDIS_URL: 'redis://localhost:6379', allowEIO3: 'true' });
    const texts = textsIn(folder);
    expect(JSON.parse(texts['package.json'] ?? '')).toMatchObject({
      dependencies: { '@socket.io/redis-streams-adapter': pinned('@socket.io/redis-streams-adapter') },
    });
    expect(texts).not.toHaveProperty('package-lock.json');
    expect(texts['lib/adapter.js']).toContain('redis');
  });

  it("warns of several processes when what one sends does not reach the others' users", async () => {
    const warnings = async (options: Partial<InitOptions>): Promise<readonly string[]> =>
      (await init(bare(folderWith(), { path: '/x', ...options }), talk())).warnings;
    const alone = [expect.stringMatching(/reaches only the clients of its own process.*Fix: --adapter redis$/)];
    expect(await warnings({ template: 'chat', processes: 2 })).toEqual(alone);
    expect(await warnings({ template: 'chat', processes: 2, adapter: 'redis' })).toEqual([]);
    expect(await warnings({ template: 'chat' })).toEqual([]);
    expect(await warnings({ template: 'minimal', processes: 2 })).toEqual([expect.stringContaining('--template')]);
    expect(await warnings({ template: 'dante', processes: 2 })).toEqual([]); // its viewers have nothing to do with each other
  });

  it.each([
    [{ template: 'dante' }, '0 is one for each CPU; they are independent of each other'],
    [{ template: 'dante-faye' }, '0 is one for each CPU; they are independent of each other'],
    [{ template: 'chat' }, 'more than one process needs an adapter (Redis), or users'],
    [{ template: 'minimal' }, 'more than one process needs an adapter (Redis), or users'],
    [{ template: 'chat', adapter: 'redis' }, '0 is one for each CPU; the adapter connects them'],
  ])('says in web.config what more processes would take (%j)', async (options, comment) => {
    const folder = folderWith();
    await init(bare(folder, { path: '/x', ...options }), talk());
    expect(textsIn(folder)['web.config']).toMatch(
      new RegExp(`nodeProcessCountPerApplication: ${comment.replace(/[()]/g, '.')}`),
    );
  });

  it('says what polling takes of iisnode, and that web.config asks for it', async () => {
    const options = { template: 'chat', adapter: 'redis', processes: 2, transports: ['polling'] };
    const { warnings } = await init(bare(folderWith(), { path: '/x', ...options }), talk());
    expect(warnings).toEqual([expect.stringMatching(/web\.config turns on sticky sessions.*0\.2\.24.*500\.1000/)]);
    expect(warnings.join()).not.toContain('socket.io 2');
  });

  it('says what polling with several processes takes of old clients, when they are let in', async () => {
    const options = { template: 'chat', adapter: 'redis', processes: 2, allowEio3: true };
    const warned = async (transports: string[]): Promise<readonly string[]> =>
      (await init(bare(folderWith(), { path: '/x', ...options, transports }), talk())).warnings;
    expect(await warned(['websocket', 'polling'])).toEqual([
      expect.stringMatching(/sticky sessions.*socket\.io 2 outside a browser keep no cookie.*Cookie header/),
    ]);
    expect(await warned(['websocket'])).toEqual([]);
  });

  it('says which setting has to be filled in, for as long as it is the example', async () => {
    const folder = folderWith();
    const { warnings } = await init(bare(folder, { path: '/x', adapter: 'azure' }), talk());
    expect(warnings).toEqual([
      expect.stringMatching(
        /WEB_PUBSUB_CONNECTION_STRING is the example that init wrote\..*the Keys page of the service/,
      ),
    ]);
    expect(Object.keys(settingsOf(folder))).toContain('WEB_PUBSUB_CONNECTION_STRING');
    expect((await init(bare(folder, { adapter: 'azure' }), talk())).warnings).toEqual(warnings);
    const file = path.join(folder, 'web.config');
    writeFileSync(file, readFileSync(file, 'utf8').replace('//NAME.', '//poems.').replace('=KEY;', '=c2VjcmV0;'));
    expect((await init(bare(folder, { adapter: 'azure' }), talk())).warnings).toEqual([]);
  });

  it.each(templates().map(({ name }) => name))(
    'the README of %s says where the URL of the app is shown, and names none that may be wrong',
    async (template) => {
      const folder = folderWith();
      await init(bare(folder, { template, path: '/My App' }), talk());
      const text = textsIn(folder)['README.md'] ?? '';
      expect(text).toContain(
        '`deploy` prints the URL of the app. On the embedded IIS `npx iisnode-sock status` shows it again.',
      );
      expect(text.match(/http:\/\/localhost\S*/g)).toEqual(['http://localhost:8888/,']); // npm start's own.
    },
  );

  it.each([
    ...templates().flatMap(({ name }) => [{ template: name }, { template: name, typescript: true }]),
    { adapter: 'redis' },
    { adapter: 'azure', typescript: true },
    { template: 'dante-faye', processes: 3, transports: ['websocket'] },
    { template: 'minimal', processes: 1 },
    { template: 'chat', adapter: 'redis', processes: 3, allowEio3: true, transports: ['polling'] },
    { typescript: true, adapter: 'redis', allowEio3: true, processes: 2, transports: ['websocket', 'polling'] },
  ])('a second run with the same options changes nothing, built or not (%j)', async (options) => {
    const folder = folderWith();
    await init(bare(folder, { path: '/x', ...options }), talk());
    const before = textsIn(folder);
    const { template: _, ...again }: Partial<InitOptions> = options;
    const second = await init(bare(folder, again), talk());
    expect(second.advice.filter(({ change }) => change)).toEqual([]);
    expect(second).toMatchObject({
      nothingToDo: true,
      vdirPath: '/x',
      warnings: [
        ...(again.adapter === 'azure' ? [expect.stringContaining('is the example that init wrote')] : []),
        ...(again.transports?.includes('polling') ? [expect.stringContaining('sticky')] : []),
      ],
    });
    expect(textsIn(folder)).toEqual(before);
  });

  it.each([
    [{ allowEio3: true }, 'EIO3_NOT_SUPPORTED'],
    [{ transports: ['websocket', 'polling'] }, 'TRANSPORTS_NOT_SUPPORTED'],
    [{ adapter: 'redis' }, 'ADAPTER_NOT_ADOPTED'],
  ])('a second run with %j in an app with plain WebSockets is refused with %s', async (options, code) => {
    const folder = folderWith();
    await init(bare(folder, { template: 'dante-faye' }), talk());
    const before = textsIn(folder);
    await expect(init(bare(folder, options), talk())).rejects.toMatchObject({ code, exitCode: 2 });
    expect(textsIn(folder)).toEqual(before);
  });

  it('with --dry-run tells the same and writes nothing', async () => {
    const folder = path.join(folderWith(), 'dante');
    const dry = await init(bare(folder, { dryRun: true }), talk());
    expect(existsSync(folder)).toBe(false);
    const real = await init(bare(folder), talk());
    expect({ ...dry, dryRun: false }).toEqual(real);
  });

  it.each([{}, { template: 'dante' }])('a second run changes nothing (%j)', async (options) => {
    const folder = folderWith();
    await init(bare(folder, { path: '/elsewhere' }), talk());
    const before = textsIn(folder);
    const second = await init(bare(folder, options), talk());
    expect(second).toMatchObject({ nothingToDo: true, diff: '', vdirPath: '/elsewhere' });
    expect(second.files.every((file) => file.action === 'unchanged')).toBe(true);
    expect(second.advice.filter((advice) => advice.change)).toEqual([]);
    expect(textsIn(folder)).toEqual(before);
  });

  it('never writes into a folder with other files, and names them', async () => {
    const folder = folderWith({ 'notes.txt': 'mine', 'web.config': '<configuration />' });
    await expect(init(bare(folder), talk())).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      exitCode: 2,
      what: expect.stringMatching(/notes\.txt.*web\.config|web\.config.*notes\.txt/),
    });
    expect(textsIn(folder)).toEqual({ 'notes.txt': 'mine', 'web.config': '<configuration />' });
  });

  it('says both ways on where a folder has other files and no server', async () => {
    const files = { 'index.html': '<p>', 'app.js': 'document.title = "x";\n', 'server.md': 'listen' };
    const folder = folderWith(files);
    await expect(init(bare(folder), talk())).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
      next: expect.stringMatching(/npx iisnode-sock init NAME.*npx iisnode-sock init \S+ --entry FILE.*--force/),
    });
    expect(textsIn(folder)).toEqual(files);
  });

  it('treats a folder with only a repository and editor settings as empty', async () => {
    const folder = folderWith({ '.git/HEAD': 'ref', '.vscode/settings.json': '{}' });
    expect((await init(bare(folder), talk())).kind).toBe('scaffolded');
  });

  it('with --force keeps each replaced file beside the new one, each time under a free name', async () => {
    const folder = folderWith({ 'server-socketio.js': 'mine', 'notes.txt': 'mine', 'server-socketio.js.bak': 'older' });
    const result = await init(bare(folder, { force: true }), talk());
    expect(result.files).toContainEqual({ file: 'server-socketio.js', action: 'changed' });
    expect(result.files).toContainEqual({ file: 'server-socketio.js.bak.1', action: 'kept' });
    expect(result.diff).toContain('-mine');
    expect(textsIn(folder)).toMatchObject({
      'notes.txt': 'mine',
      'server-socketio.js.bak': 'older',
      'server-socketio.js.bak.1': 'mine',
      'server-socketio.js': expect.stringContaining('createServer'),
    });
  });

  it('with --force keeps beside it what the build of a TypeScript app would write over', async () => {
    const folder = folderWith();
    await init(bare(folder, { path: '/x' }), talk());
    writeFileSync(path.join(folder, 'lib/stream.js'), 'edited');
    const options = { template: 'dante', typescript: true, force: true };
    const forced = await init(bare(folder, options), talk());
    expect(forced.files).toContainEqual({ file: 'lib/stream.js.bak', action: 'kept' });
    expect(forced.files.filter(({ file }) => file.startsWith('lib/pages.js'))).toEqual([
      { file: 'lib/pages.js', action: 'unchanged' },
    ]);
    expect(textsIn(folder)['lib/stream.js.bak']).toBe('edited');
    writeFileSync(path.join(folder, 'lib/stream.js'), 'as built');
    expect((await init(bare(folder, { template: 'dante', typescript: true }), talk())).nothingToDo).toBe(true);
  });

  it('with --template refuses to write over an edited app, and --force keeps the edits beside it', async () => {
    const folder = folderWith();
    await init(bare(folder), talk());
    writeFileSync(path.join(folder, 'lib/stream.js'), 'edited');
    await expect(init(bare(folder, { template: 'dante' }), talk())).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
    const forced = await init(bare(folder, { template: 'dante', force: true }), talk());
    expect(forced.files.filter((file) => file.action !== 'unchanged')).toEqual([
      { file: 'lib/stream.js', action: 'changed' },
      { file: 'lib/stream.js.bak', action: 'kept' },
    ]);
    expect(textsIn(folder)['lib/stream.js.bak']).toBe('edited');
  });

  it('on a terminal asks for the vdir path, proposing the folder, and checks the answer', async () => {
    const folder = path.join(folderWith(), 'poem');
    const person = talk({
      '--path': '/inferno/',
      '--template': 'dante',
      '--typescript': 'no',
      '--adapter': 'none',
      '--module': 'iisnode',
    });
    expect((await init(bare(folder), person)).vdirPath).toBe('/inferno');
    const question = person.questions.find(({ flag }) => flag === '--path');
    expect(question).toMatchObject({ initial: '/poem' });
    expect(question?.validate?.('inferno')).toMatch(/start with/);
    expect(question?.validate?.('/inferno')).toBeUndefined();
  });

  it('asks nothing that an option answers', async () => {
    const person = talk({});
    await init(bare(folderWith(), { template: 'dante', adapter: 'none', path: '/x' }), person);
    expect(person.questions).toEqual([]);
  });

  it('refuses a file where a folder is asked for', async () => {
    const folder = folderWith({ 'notes.txt': 'mine' });
    const directory = path.join(folder, 'notes.txt');
    await expect(init(bare(directory), talk())).rejects.toMatchObject({ code: 'NOT_A_FOLDER', exitCode: 2 });
    expect(textsIn(folder)).toEqual({ 'notes.txt': 'mine' });
  });

  it.each([
    [{ template: 'forum' }, 'TEMPLATE_UNKNOWN'],
    [{ path: 'dante' }, 'VDIR_PATH_INVALID'],
    [{ processes: 0 }, 'PROCESSES_INVALID'],
    [{ processes: 1.5 }, 'PROCESSES_INVALID'],
    [{ transports: [] }, 'TRANSPORTS_INVALID'],
    [{ transports: ['websocket', 'websocket'] }, 'TRANSPORTS_INVALID'],
    [{ transports: ['xhr-polling'] }, 'TRANSPORTS_INVALID'],
    [{ adapter: 'mongo' }, 'ADAPTER_UNKNOWN'],
    [{ template: 'minimal', adapter: 'redis' }, 'ADAPTER_NOT_SUPPORTED'],
    [{ template: 'minimal', transports: ['polling'] }, 'TRANSPORTS_NOT_SUPPORTED'],
    [{ template: 'minimal', allowEio3: true }, 'EIO3_NOT_SUPPORTED'],
    [{ template: 'dante-faye', allowEio3: true }, 'EIO3_NOT_SUPPORTED'],
    [{ template: 'dante-faye', adapter: 'redis' }, 'ADAPTER_NOT_SUPPORTED'],
    [{ template: 'dante-faye', transports: ['websocket', 'polling'] }, 'TRANSPORTS_NOT_SUPPORTED'],
    [{ template: 'chat', adapter: 'azure' }, 'ADAPTER_NOT_SUPPORTED'],
    [{ entry: 'server.js' }, 'NOTHING_TO_ADOPT'],
    [{ entry: 'server.js', template: 'dante' }, 'ENTRY_WITH_TEMPLATE'],
  ])('refuses %j with %s and writes nothing', async (options, code) => {
    const folder = folderWith();
    await expect(init(bare(folder, options), talk())).rejects.toMatchObject({ code, exitCode: 2 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [{ adapter: 'reddis' }, '--adapter redis'],
    [{ adapter: 'Redis' }, '--adapter redis'],
    [{ adapter: 'AZURE' }, '--adapter azure'],
    [{ adapter: 'mongo' }, '--adapter none (the default)'],
    [{ template: 'minimul' }, '--template minimal'],
    [{ template: 'Chat' }, '--template chat'],
    [{ template: 'dante-fay' }, '--template dante-faye'],
    [{ template: 'forum' }, '--template dante (the default)'],
  ])('for %j suggests %s', async (options, next) => {
    await expect(init(bare(folderWith(), options), talk())).rejects.toMatchObject({ next });
  });

  it('says what templates there are', async () => {
    await expect(init(bare(folderWith(), { template: 'x' }), talk())).rejects.toMatchObject({
      why: expect.stringContaining('dante'),
    });
  });

  it('refuses a path that is a file', async () => {
    const folder = folderWith({ app: 'a file' });
    await expect(init(bare(path.join(folder, 'app')), talk())).rejects.toMatchObject({ exitCode: 2 });
  });

  it('writes nothing once it is interrupted, and says so', async () => {
    const folder = path.join(folderWith(), 'dante');
    const asked = init(bare(folder, { signal: AbortSignal.abort() }), talk());
    await expect(asked).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    expect(existsSync(folder)).toBe(false);
  });

  it('takes everything back when npm fails, so that the same command can be run again', async () => {
    const npm = folderWith({ 'npm-cli.js': "console.error('npm error no network'); process.exit(1);" });
    const folder = path.join(folderWith({}), 'dante');
    const environment = { ...process.env, npm_execpath: path.join(npm, 'npm-cli.js') };
    await expect(init({ directory: folder, environment }, talk())).rejects.toMatchObject({
      code: 'NPM_FAILED',
      why: 'npm says: no network.',
    });
    expect(existsSync(folder)).toBe(false);
  });
});
