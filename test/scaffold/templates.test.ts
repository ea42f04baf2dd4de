import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapterNamed, adapters } from '../../src/scaffold/adapters.js';
import { appFiles } from '../../src/scaffold/app-files.js';
import { pinned } from '../../src/scaffold/package-root.js';
import { renderFiles } from '../../src/scaffold/render.js';
import { readTemplates, templates } from '../../src/scaffold/templates.js';
import type { Adapter, Template } from '../../src/scaffold/types.js';
import { codeText, readFolder, readServerSources, type ServerScript } from '../../src/source/index.js';
import { folderWith } from './workspace.js';

const none: Adapter = { name: 'none', title: '', root: '', dependencies: {}, settings: {}, why: '' };
const values = { name: 'my-app', vdirPath: '/', transports: ['websocket'], typescript: false, adapter: none };

const serversOf = ({ root, entry }: Template): readonly ServerScript[] =>
  readServerSources(readFolder(root, false), [{ name: entry }]).scripts;

/** Every app that can be had: a template in a language with an adapter. */
const apps = templates().flatMap((template) =>
  adapters()
    .filter(({ name }) => name === 'none' || template.adapters?.includes(name))
    .flatMap((adapter) =>
      [false, true].map((typescript) => ({
        template,
        typescript,
        adapter,
        called: `${template.name} ${typescript ? 'in TypeScript' : 'in JavaScript'} with ${adapter.name}`,
      })),
    ),
);

describe('the templates', () => {
  it('have the default one first', () => {
    expect(templates()[0]?.name).toBe('dante');
  });

  it.each(templates())('$name uses every file it has', (template) => {
    const all = readdirSync(template.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'template.json')
      .map((entry) => path.join(entry.parentPath, entry.name));
    const used = [false, true].flatMap((typescript) => [...appFiles(template, { typescript, adapter: none }).values()]);
    expect(all.filter((file) => !used.includes(file))).toEqual([]);
  });

  it.each(apps)('$called has no placeholder left, and only LF line ends', ({ template, typescript, adapter }) => {
    const texts = renderFiles(template, { ...values, typescript, adapter });
    for (const text of texts.values()) expect(text).not.toMatch(/\{\{|\r/);
    expect(texts.get('README.md')).toMatch(/[^\n]\n$/);
    expect([...texts.keys()]).toContain(
      typescript ? template.entry.replace(/^(.*)\.js$/, 'src/$1.ts') : template.entry,
    );
  });

  it.each(apps)(
    '$called has each setting of its adapter in the README, with what it is',
    ({ template, typescript, adapter }) => {
      const readme = renderFiles(template, { ...values, typescript, adapter }).get('README.md') ?? '';
      for (const name of Object.keys(adapter.settings)) {
        const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\``));
        expect(row).toContain(adapter.about?.[name]);
        expect(row).toContain(adapter.fill?.[name] ?? `\`${adapter.settings[name]}\``);
      }
      if (adapter.name === 'none') expect(readme).not.toMatch(/REDIS_URL|WEB_PUBSUB/);
      else expect(readme.replaceAll('\n', ' ')).toContain(adapter.why);
      // The table stays one, with its columns in line.
      const table = /^\| Name .*\n(?:\|.*\n)*/m.exec(readme)?.[0].trimEnd().split('\n') ?? [];
      if (adapter.name !== 'none') expect(new Set(table.map((line) => line.length)).size).toBe(1);
      if (table.length > 0) expect(table.at(-1)).toContain('`PORT`');
    },
  );

  it('says in the README that an app with an adapter has it, and what its tests need', () => {
    const chat = templates().find(({ name }) => name === 'chat');
    if (chat === undefined) throw new Error('not found');
    const [alone, redis] = [adapterNamed('none'), adapterNamed('redis')];
    const readme = (adapter: Adapter) => renderFiles(chat, { ...values, adapter }).get('README.md') ?? '';
    expect(readme(alone)).toContain('--adapter redis');
    expect(readme(alone)).not.toContain('needs a Redis');
    expect(readme(redis)).not.toContain('--adapter redis');
    expect(readme(redis)).toContain('`npm test` needs a Redis at `REDIS_URL`');
  });

  it.each([
    [['websocket'], 'at a time over a WebSocket.', undefined],
    [['websocket', 'polling'], 'at a time over a WebSocket, or by polling where none opens.', '`websocket,polling`'],
    [['polling', 'websocket'], 'at a time by polling, and over a WebSocket where one opens.', '`polling,websocket`'],
    [['polling'], 'at a time by polling.', '`polling`'],
  ])('says in the README that an app goes over %j', (transports, said, set) => {
    const dante = templates().find(({ name }) => name === 'dante');
    if (dante === undefined) throw new Error('not found');
    const readme = renderFiles(dante, { ...values, transports, adapter: adapterNamed('none') }).get('README.md') ?? '';
    expect(readme).toContain(said);
    expect(/web.config sets `transports` to (.*);/.exec(readme)?.[1]).toBe(set);
  });

  it.each(apps)('$called has a lock file just when it fits', ({ template, typescript, adapter }) => {
    const texts = renderFiles(template, { ...values, typescript, adapter });
    const text = texts.get('package-lock.json');
    expect(text !== undefined).toBe(!typescript && adapter.name === 'none');
    if (text === undefined) return;
    const manifest = JSON.parse(texts.get('package.json') ?? '') as Record<string, Record<string, string>>;
    const lock = JSON.parse(text) as { name: string; packages: Record<string, Record<string, unknown>> };
    expect([lock.name, lock.packages['']?.name]).toEqual(['my-app', 'my-app']);
    for (const kind of ['dependencies', 'devDependencies']) {
      expect(lock.packages['']?.[kind]).toEqual(manifest[kind]);
      for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
        expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
      }
    }
  });

  it.each(templates())('$name says truly whether its processes need something of each other', (template) => {
    const servers = serversOf(template);
    const broadcasts = servers.flatMap(({ reach }) => reach.broadcasts);
    expect(servers.length).toBeGreaterThan(0);
    expect(broadcasts.length === 0).toBe(template.independent === true);
  });

  it.each(templates())('$name says truly whether it has a use for --allow-eio3', (template) => {
    const isRead = serversOf(template).some((script) => /\ballowEIO3\b/.test(codeText(script)));
    expect(isRead).toBe(template.allowsEio3 === true);
  });

  it('are found by adding a folder with a template.json', () => {
    const folder = folderWith();
    mkdirSync(path.join(folder, 'empty'));
    mkdirSync(path.join(folder, 'one'));
    const manifest = { title: 'One', description: '', entry: 'one.js', sources: ['one'], files: [] };
    writeFileSync(path.join(folder, 'one', 'template.json'), JSON.stringify(manifest));
    expect(readTemplates(folder)).toEqual([{ ...manifest, name: 'one', root: path.join(folder, 'one') }]);
    expect(readTemplates(path.join(folder, 'nowhere'))).toEqual([]);
  });

  it('share files with each other, take the adapter asked for', () => {
    const folder = folderWith({
      'lent/src/poem.ts': '',
      'lent/poem.js': '',
      'lent/page.js': '',
      'app/template.json': JSON.stringify({
        title: 'App',
        description: '',
        entry: 'server.js',
        sources: ['server', 'rooms'],
        files: ['package.json', 'test/app.test.js', '.gitignore'],
        shared: { 'poem.js': '../lent/poem.js', 'page.js': '../lent/page.js' },
        adapters: ['redis'],
      }),
    });
    const [template] = readTemplates(folder);
    if (template === undefined) throw new Error('not found');
    const adapter = { ...none, root: path.join(folder, 'redis') };
    const from = (typescript: boolean): Record<string, string> =>
      Object.fromEntries(
        [...appFiles(template, { typescript, adapter })].map(([file, source]) => [
          file,
          path.relative(folder, source).split(path.sep).join('/'),
        ]),
      );
    const same = {
      'package.json': 'app/package.json',
      'test/app.test.js': 'app/test/app.test.js',
      '.gitignore': 'app/_gitignore',
      'page.js': 'lent/page.js',
    };
    expect(from(false)).toEqual({
      'server.js': 'app/server.js',
      'rooms.js': 'app/rooms.js',
      'poem.js': 'lent/poem.js',
      'lib/adapter.js': 'redis/lib/adapter.js',
      ...same,
    });
    expect(from(true)).toEqual({
      'src/server.ts': 'app/src/server.ts',
      'src/rooms.ts': 'app/src/rooms.ts',
      'src/poem.ts': 'lent/src/poem.ts',
      'src/lib/adapter.ts': 'redis/src/lib/adapter.ts',
      'tsconfig.json': expect.stringContaining('templates/tsconfig.app.json'),
      ...same,
    });
  });

  it('in TypeScript are built before they start, with the compiler and types that this package itself uses', () => {
    const folder = folderWith({
      'app/src/server.ts': 'export {};\n',
      'app/package.json': JSON.stringify({
        name: 'x',
        scripts: { start: 'node server.js' },
        dependencies: { 'socket.io': '^4.0.0' },
      }),
      'app/_gitignore': 'node_modules/\n',
      'app/README.md': '`server.js` and `index.js`\n\n| `server.js`    | it |\n',
      'app/template.json': JSON.stringify({
        title: 'App',
        description: '',
        entry: 'server.js',
        sources: ['server'],
        files: ['package.json', '.gitignore', 'README.md'],
      }),
    });
    const [template] = readTemplates(folder);
    if (template === undefined) throw new Error('not found');
    const adapter = { ...none, dependencies: { 'a-client': '^2.1.0' } };
    const texts = renderFiles(template, { ...values, typescript: true, adapter });
    expect(JSON.parse(texts.get('package.json') ?? '')).toEqual({
      name: 'my-app',
      scripts: { build: 'tsc', prestart: 'npm run build', pretest: 'npm run build', start: 'node server.js' },
      dependencies: { 'a-client': '^2.1.0', 'socket.io': pinned('socket.io') },
      devDependencies: { '@types/node': pinned('@types/node'), typescript: pinned('typescript') },
    });
    expect(pinned('typescript')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(pinned('a-client')).toBeUndefined();
    expect(texts.get('.gitignore')).toBe('node_modules/\n# npm run build creates these from src\n/server.js\n');
    expect(texts.get('README.md')).toBe('`src/server.ts` and `index.js`\n\n| `src/server.ts` | it |\n');
  });
});
