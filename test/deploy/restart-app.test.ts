import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isReading } from '../../src/appcmd/index.js';
import { fingerprintOf } from '../../src/deploy/fingerprint.js';
import { iisOf, iisWith } from './preflight/support.js';
import { makeApp } from './support.js';

/** An app with these files, with empty content and an old time. */
function appWith(...names: string[]): {
  directory: string;
  write: (name: string, text: string, time?: number) => void;
} {
  const directory = makeApp();
  const write = (name: string, text: string, time = 1_000_000): void => {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, time, time);
  };
  for (const name of names) write(name, '');
  return { directory, write };
}

/** A source that writes one file by its name, and others by names that are not known. */
const writing = `
const fs = require('node:fs'), path = require('path');
const file = path.join(__dirname, '..', 'data', 'scores.json');
const settings = JSON.parse(fs.readFileSync(path.join(__dirname, '../config/production.json')));
exports.save = (scores) => fs.promises.writeFile(file, JSON.stringify(scores));
exports.keep = (id, room) => fs.writeFileSync(\`rooms/\${id}.json\`, room);
`;

type Write = ReturnType<typeof appWith>['write'];

describe('the fingerprint of what runs', () => {
  it.each<[string, boolean, (write: Write) => void]>([
    ['nothing', true, () => undefined],
    ['a source that was written again with the same text', true, (write) => write('lib/rooms.js', '', 2_000_000)],
    ['a log', true, (write) => write('iisnode/index.html', 'x')],
    ['a log, where web.config wants it', true, (write) => write('out/logs/index.html', 'x')],
    ['what its users have sent', true, (write) => write('uploads/1.json', '{}')],
    ['a database', true, (write) => write('data/rooms.sqlite', 'x')],
    ['a file that it writes', true, (write) => write('data/scores.json', '{}')],
    ['one of a name that is not known', true, (write) => write('rooms/7.json', '{}')],
    ['a test', true, (write) => write('test/rooms.js', '1')],
    ['what .deployignore names', true, (write) => write('notes/todo.json', '{}')],
    ["a page that a framework's server writes", true, (write) => write('.next/server/index.html', '1')],
    ['its code', false, (write) => write('.next/server/page.js', '1')],
    ['a setting', false, (write) => write('config/production.json', '{}')],
    ['a setting beside what it writes', false, (write) => write('data/questions.json', '{}')],
    ['another setting', false, (write) => write('config/default.yaml', 'a: 1')],
    ['a variable', false, (write) => write('.env.production', 'A=1')],
    ['a template', false, (write) => write('views/index.ejs', '<%= 1 %>')],
    ['a source in a folder with the name of logs', false, (write) => write('log/index.js', '1')],
    ['a source in a folder with the name of tests', false, (write) => write('lib/test/index.js', '1')],
    ['a source far below', false, (write) => write('a/b/c/d/e/f/g/h/i/j/k.js', '1')],
    ['a source', false, (write) => write('lib/rooms.js', '1')],
    ['a new source', false, (write) => write('lib/new.mjs', '')],
    ['the lock file', false, (write) => write('package-lock.json', '{}')],
    ['a package', false, (write) => write('node_modules/ws/package.json', '{}', 3_000_000)],
    ['a package of a scope', false, (write) => write('node_modules/@x/y/package.json', '{}', 3_000_000)],
    ["npm's list of the packages", false, (write) => write('node_modules/.package-lock.json', '{}')],
  ])('is the same after a change of %s: %s', (_what, isSame, change) => {
    const { directory, write } = appWith(
      'lib/rooms.js',
      'node_modules/ws/package.json',
      'node_modules/@x/y/package.json',
      'iisnode/index.html',
      'log/index.js',
      'config/production.json',
    );
    write('.deployignore', 'notes/');
    write('lib/scores.js', writing);
    const app = { directory, entry: 'server.js', logDirectory: path.join(directory, 'out', 'logs') };
    const before = fingerprintOf(app);
    change(write);
    expect(fingerprintOf(app) === before).toBe(isSame);
  });

  it('of a folder that is not there is one, too', () => {
    expect(fingerprintOf({ directory: '/missing/here' })).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe('a second deployment', () => {
  const recycled = 'recycle apppool dante';

  it('recycles the pool when a package has changed, once', async () => {
    const { directory, write } = appWith('node_modules/ws/package.json');
    const iis = iisOf(iisWith(), directory);
    await iis.deploy();
    expect(iis.ran).not.toContain(recycled);
    expect(await iis.deploy()).toMatchObject({ changed: false });
    write('node_modules/ws/package.json', '{"version":"8.0.1"}', 2_000_000);
    iis.ran.length = 0;
    expect((await iis.deploy({ dryRun: true })).steps.flatMap(({ commands }) => commands)).toEqual([
      expect.stringContaining(recycled),
    ]);
    expect(iis.ran).toEqual([]);
    expect(await iis.deploy()).toMatchObject({ changed: true });
    expect(iis.ran).toEqual([recycled]);
    expect(await iis.deploy()).toMatchObject({ changed: false });
  });

  it.each([
    ['a setting', 'config/production.json'],
    ['a source below a folder with the name of logs', 'log/index.js'],
  ])('recycles it when %s has changed, once', async (_what, name) => {
    const { directory, write } = appWith(name);
    const iis = iisOf(iisWith(), directory);
    await iis.deploy();
    iis.ran.length = 0;
    write(name, '"changed"');
    expect(await iis.deploy()).toMatchObject({ changed: true });
    expect(iis.ran).toEqual([recycled]);
    expect(await iis.deploy()).toMatchObject({ changed: false });
  });

  it('recycles it once where the switch from a release to the changed folder does it, and again after the next change', async () => {
    const { directory, write } = appWith('lib/rooms.js');
    const iis = iisOf(iisWith(), directory);
    await iis.deploy();
    await iis.deploy({ releases: 2 });
    write('lib/rooms.js', '1');
    iis.ran.length = 0;
    await iis.deploy({ inPlace: true });
    expect(iis.ran.filter((command) => command === recycled)).toHaveLength(1);
    iis.ran.length = 0;
    expect(await iis.deploy()).toMatchObject({ changed: false });
    write('lib/rooms.js', '2');
    await iis.deploy();
    expect(iis.ran).toEqual([recycled]);
  });

  it('does it the next time, where it failed', async () => {
    const { directory, write } = appWith('node_modules/ws/package.json');
    const iis = iisOf(iisWith(), directory);
    await iis.deploy();
    write('node_modules/ws/package.json', '{"version":"8.0.1"}', 2_000_000);
    const refusing: typeof iis.appcmd = {
      format: iis.appcmd.format,
      run: async (args) => (isReading(args) ? iis.appcmd.run(args) : { exitCode: 5, stdout: 'ERROR ( message:no )' }),
    };
    await expect(iis.deploy({ appcmd: refusing })).rejects.toMatchObject({ exit: 'refused' });
    iis.ran.length = 0;
    await iis.deploy();
    expect(iis.ran).toEqual([recycled]);
  });
});
