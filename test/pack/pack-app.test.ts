import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { hashFiles, listAppFiles, type PackOptions, packApp } from '../../src/pack/index.js';
import { temporaryDirectory } from '../appcmd/temporary.js';

const server = { platform: 'win32', arch: 'x64' };

/** A folder with these files; a value that begins with "->" is a link. */
function folderWith(files: Readonly<Record<string, string | Buffer>>, directory = temporaryDirectory()): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (typeof content === 'string' && content.startsWith('->')) symlinkSync(content.slice(2), file);
    else writeFileSync(file, content);
  }
  return directory;
}

const manifest = (fields: object): string => JSON.stringify(fields);
async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of from) list.push(each);
  return list;
}

const listed = (directory: string, options: Partial<PackOptions> = {}): string[] =>
  listAppFiles({ directory, target: server, ...options }).map((file) => file.path);

function refusalOf(directory: string, options: Partial<PackOptions> = {}): UserError {
  try {
    listed(directory, options);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was packed');
}

/** The first bytes of a native add-on. */
function addon(format: 'linux-x64' | 'win32-x64' | 'darwin'): Buffer {
  const bytes = Buffer.alloc(128);
  if (format === 'linux-x64') {
    bytes.write('\x7fELF\x02\x01', 'latin1');
    bytes.writeUInt16LE(62, 18);
  } else if (format === 'win32-x64') {
    bytes.write('MZ', 'latin1');
    bytes.writeUInt32LE(64, 0x3c);
    bytes.writeUInt16LE(0x8664, 68);
  } else bytes.writeUInt32BE(0xcffaedfe, 0);
  return bytes;
}

describe('the files of an app that run', () => {
  it('are without tests, logs, the repository and what .deployignore names, and sorted', () => {
    const directory = folderWith({
      'web.config': '',
      'server.js': '',
      'lib/a.js': '',
      'lib/a.test.js': '',
      'lib-b.js': '',
      'test/x.js': '',
      '.git/HEAD': '',
      '.env': '',
      'npm-debug.log': '',
      'iisnode/HOST-1-stdout-2.txt': '',
      'drafts/x.md': '',
      'public/drafts.html': '',
      'pipe.ignored/x': '',
      '.deployignore': '/drafts\n*.ignored\n',
    });
    expect(listed(directory, { leaveOut: [path.join(directory, 'iisnode')] })).toEqual([
      '.env',
      'lib-b.js',
      'lib/a.js',
      'public/drafts.html',
      'server.js',
      'web.config',
    ]);
  });

  it('contain a folder of tests again where .deployignore says so, and always what IIS needs', () => {
    const directory = folderWith({
      'web.config': '',
      'iisnode.yml': '',
      'test/server.js': '',
      'out/main.js': '',
      '.deployignore': '!/test/\n*.config\n*.yml\n/out/',
    });
    expect(listed(directory, { keep: ['out/main.js'] })).toEqual([
      'iisnode.yml',
      'out/main.js',
      'test/server.js',
      'web.config',
    ]);
  });

  it('contain the packages that the app needs, and those that these need, and no others', () => {
    const directory = folderWith({
      'package.json': manifest({ dependencies: { a: '1' }, devDependencies: { tool: '1' } }),
      'node_modules/a/package.json': manifest({
        dependencies: { b: '1' },
        peerDependencies: { peer: '*', typescript: '*' },
        peerDependenciesMeta: { typescript: { optional: true } },
      }),
      'node_modules/a/test/x.js': '',
      'node_modules/a/node_modules/b/package.json': manifest({}),
      'node_modules/b/package.json': manifest({}),
      'node_modules/peer/package.json': manifest({}),
      'node_modules/typescript/package.json': manifest({}),
      'node_modules/tool/package.json': manifest({ dependencies: { c: '1' } }),
      'node_modules/c/package.json': manifest({}),
      'node_modules/.bin/a': '',
      'node_modules/.cache/x': '',
      'node_modules/.prisma/client/index.js': '',
      'node_modules/.package-lock.json': '',
      'admin/package.json': manifest({ dependencies: { d: '1', absent: '1' } }),
      'admin/node_modules/d/package.json': manifest({}),
    });
    expect(listed(directory)).toEqual([
      'admin/node_modules/d/package.json',
      'admin/package.json',
      'node_modules/.prisma/client/index.js',
      'node_modules/a/node_modules/b/package.json',
      'node_modules/a/package.json',
      'node_modules/a/test/x.js',
      'node_modules/peer/package.json',
      'package.json',
    ]);
  });

  it('contain all packages where no package.json says which are needed', () => {
    const directory = folderWith({ 'node_modules/a/x.js': '', 'node_modules/a/node_modules/b/y.js': '' });
    const all = ['node_modules/a/node_modules/b/y.js', 'node_modules/a/x.js'];
    expect(listed(directory)).toEqual(all);
    writeFileSync(path.join(directory, 'package.json'), manifest({ name: 'app', scripts: {} }));
    expect(listed(directory)).toEqual([...all, 'package.json']);
  });

  it("get a node_modules without links where pnpm's are links, in which each package finds its own version", () => {
    const store = 'node_modules/.pnpm';
    const directory = folderWith({
      'package.json': manifest({ dependencies: { a: '1', b: '1' }, devDependencies: { tool: '1' } }),
      [`${store}/a@1/node_modules/a/package.json`]: manifest({ name: 'a', dependencies: { b: '2' } }),
      [`${store}/b@1/node_modules/b/package.json`]: manifest({ name: 'b', version: '1.0.0' }),
      [`${store}/b@2/node_modules/b/package.json`]: manifest({ name: 'b', version: '2.0.0', dependencies: { c: '1' } }),
      [`${store}/c@1/node_modules/c/package.json`]: manifest({ name: 'c' }),
      [`${store}/tool@1/node_modules/tool/package.json`]: manifest({ name: 'tool' }),
      [`${store}/b@2/node_modules/.generated/x.js`]: '',
      [`${store}/a@1/node_modules/b`]: '->../../b@2/node_modules/b',
      [`${store}/b@2/node_modules/c`]: '->../../c@1/node_modules/c',
      'node_modules/a': '->.pnpm/a@1/node_modules/a',
      'node_modules/b': '->.pnpm/b@1/node_modules/b',
      'node_modules/tool': '->.pnpm/tool@1/node_modules/tool',
    });
    const files = listAppFiles({ directory, target: server });
    expect(files.map((file) => [file.path, path.relative(directory, file.source).split('/')[2]])).toEqual([
      ['node_modules/a/node_modules/.generated/x.js', 'b@2'],
      ['node_modules/a/node_modules/b/package.json', 'b@2'],
      ['node_modules/a/package.json', 'a@1'],
      ['node_modules/b/package.json', 'b@1'],
      ['node_modules/c/package.json', 'c@1'],
      ['package.json', undefined],
    ]);
  });

  it('replace a link in the app by what it leads to', () => {
    const directory = folderWith({ 'real/x.js': '', linked: '->real', 'y.js': '->real/x.js' });
    expect(listed(directory)).toEqual(['linked/x.js', 'real/x.js', 'y.js']);
  });
});

describe('an app is refused, with all its faults at once,', () => {
  it('for names that Windows has not, or has once', () => {
    const directory = folderWith({
      'aux.js': '',
      'a:b': '',
      'end.': '',
      'Foo.js': '',
      'foo.js': '',
      'lib/x': '',
      'LIB/y': '',
    });
    const { code, what, why } = refusalOf(directory);
    expect([code, what.replace(directory, 'APP')]).toEqual(['APP_NOT_PACKABLE', '5 parts of APP cannot be deployed']);
    expect(why.split('; ').sort()).toEqual(
      [
        'a:b: Windows allows no : in a name',
        'aux.js: aux is a device of Windows',
        'end.: Windows removes the dot at the end of a name',
        'foo.js: on Windows it is the same as Foo.js',
        'lib: on Windows it is the same as LIB',
      ].sort(),
    );
  });

  it('of which the first ten are named, and all with --verbose', () => {
    const names = Array.from({ length: 12 }, (_, index) => `a:${index}`);
    const error = refusalOf(folderWith(Object.fromEntries(names.map((name) => [name, '']))));
    expect(error.why).toMatch(/; and 2 more$/);
    expect(error.next).toContain('with --verbose lists them all');
    const listed = String((error.cause as Error).stack);
    for (const name of names) expect(listed).toContain(`\n  ${name}: `);
  });

  it('for links out of the app, in a circle, and to nothing, and for pipes', () => {
    const directory = folderWith({ out: '->/etc', 'lib/up': '->..', gone: '->nowhere' });
    execFileSync('mkfifo', [path.join(directory, 'pipe')]);
    expect(refusalOf(directory).why.split('; ').sort()).toEqual([
      'gone: it is a link to nothing',
      'lib/up: it is a link to a folder above it',
      "out: it is a link to /etc, outside the app's folder",
      'pipe: it is neither a file nor a folder',
    ]);
    writeFileSync(path.join(directory, '.deployignore'), 'out\npipe\ngone\nlib/up\n');
    expect(listed(directory)).toEqual([]);
  });

  it('for packages that are missing, or above its folder', () => {
    const above = folderWith({ 'node_modules/shared/package.json': '{}' });
    const directory = folderWith(
      { 'package.json': manifest({ dependencies: { shared: '1', gone: '1' } }) },
      path.join(above, 'apps', 'one'),
    );
    const { why, next } = refusalOf(directory);
    expect(why).toBe(
      `shared: it is in ${path.join(above, 'node_modules', 'shared')}, outside the app's folder; gone: it is not installed`,
    );
    expect(next).toContain('npm install --prefix');
  });

  it("for packages of yarn's Plug'n'Play, which are no files", () => {
    const directory = folderWith({ 'package.json': manifest({ dependencies: { gone: '1' } }), '.pnp.cjs': '' });
    expect(refusalOf(directory).next).toMatch(/^nodeLinker: node-modules in .yarnrc.yml, then yarn install/);
  });

  it('for native add-ons that are for other platforms only', () => {
    const directory = folderWith({
      'package.json': manifest({ dependencies: { built: '1', prebuilt: '1', sharp: '1', watcher: '1' } }),
      'node_modules/built/package.json': '{}',
      'node_modules/built/build/Release/x.node': addon('linux-x64'),
      'node_modules/prebuilt/package.json': '{}',
      'node_modules/prebuilt/prebuilds/linux-x64/x.node': addon('linux-x64'),
      'node_modules/prebuilt/prebuilds/win32-x64/x.node': addon('win32-x64'),
      'node_modules/sharp/package.json': manifest({
        optionalDependencies: { '@img/sharp-linux-x64': '1', '@img/sharp-win32-x64': '1' },
      }),
      'node_modules/@img/sharp-linux-x64/package.json': manifest({ os: ['linux'], cpu: ['x64'] }),
      'node_modules/@img/sharp-linux-x64/lib/x.node': addon('linux-x64'),
      'node_modules/watcher/package.json': manifest({ optionalDependencies: { fsevents: '1' } }),
      'node_modules/fsevents/package.json': manifest({ os: ['darwin'] }),
      'node_modules/fsevents/fsevents.node': addon('darwin'),
    });
    const { why, next } = refusalOf(directory);
    expect(why).toBe(
      'sharp: @img/sharp-linux-x64 is for another platform, and the one for win32-x64 is not installed; ' +
        'built: its native add-on is for linux-x64, not for win32-x64',
    );
    expect(next).toBe('install the packages on the server, or deploy from Windows');
    expect(listed(directory, { target: { platform: 'linux', arch: 'x64' } })).toContain(
      'node_modules/@img/sharp-linux-x64/lib/x.node',
    );
  });
});

describe('a packed app', () => {
  it('has the same hash for the same names and contents, whatever their times are', async () => {
    const files = { 'web.config': 'x', 'server.js': 'one' };
    const [one, other] = [folderWith(files), folderWith({ ...files })];
    utimesSync(path.join(other, 'server.js'), 1, 1);
    const [first, second] = [
      await packApp({ directory: one, target: server }),
      await packApp({ directory: other, target: server }),
    ];
    expect(first).toMatchObject({ size: 4, hash: second.hash });
    expect(first.files[0]).toMatchObject({
      path: 'server.js',
      size: 3,
      sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
    });
    writeFileSync(path.join(one, 'server.js'), 'two');
    expect((await packApp({ directory: one, target: server })).hash).not.toBe(first.hash);
  });

  it('takes the hash of a file that is as it was, but reads one that changed shortly before it was hashed', async () => {
    const directory = folderWith({ old: 'x', young: 'x' });
    utimesSync(path.join(directory, 'old'), 1000, 1000);
    const listing = listAppFiles({ directory, target: server });
    const known = new Map(
      listing.map(({ path: name, size, mtimeMs }) => [name, { path: name, size, mtimeMs, sha256: 'known' }]),
    );
    const hashed = await all(hashFiles(listing, { known: { files: known, at: Date.now() } }));
    expect(hashed.map(({ path: name, sha256 }) => [name, sha256 === 'known'])).toEqual([
      ['old', true],
      ['young', false],
    ]);
  });

  it('fails for a file that is gone meanwhile, and ends when it is interrupted', async () => {
    const directory = folderWith({ 'a.js': '', 'b.js': '' });
    const listing = listAppFiles({ directory, target: server });
    rmSync(path.join(directory, 'a.js'));
    await expect(all(hashFiles(listing))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(packApp({ directory, target: server, signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
      'stop',
    );
  });
});
