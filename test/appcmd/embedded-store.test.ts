import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddedAppcmd, fileStore } from '../../src/appcmd/index.js';
import { freshText, freshWorld } from './support.js';
import { temporaryDirectory } from './temporary.js';

const fileWorld = () => {
  const file = path.join(temporaryDirectory(), 'applicationHost.config');
  writeFileSync(file, freshText());
  return { file, appcmd: embeddedAppcmd(fileStore(file)) };
};

describe('two at once', () => {
  it('lose no change, although they are independent', async () => {
    const { file } = fileWorld();
    const several = Array.from({ length: 12 }, (_, index) =>
      embeddedAppcmd(fileStore(file)).run(['add', 'apppool', `/name:P${index}`]),
    );
    expect((await Promise.all(several)).map(({ exitCode }) => exitCode)).toEqual(Array(12).fill(0));
    for (let index = 0; index < 12; index++) expect(readFileSync(file, 'utf8')).toContain(`name="P${index}"`);
  });

  it('one of two with the same name succeeds, the other gets an error', async () => {
    const { file } = fileWorld();
    const both = [1, 2].map(() => embeddedAppcmd(fileStore(file)).run(['add', 'apppool', '/name:P']));
    expect((await Promise.all(both)).map(({ exitCode }) => exitCode).sort((a, b) => a - b)).toEqual([0, 183]);
  });

  it('take over the lock of a dead process, and leave no lock file', async () => {
    const { file, appcmd } = fileWorld();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(`${file}.appcmd.lock`, `${pid} x`);
    expect((await appcmd.run(['add', 'apppool', '/name:P'])).exitCode).toBe(0);
    expect(readdirSync(path.dirname(file))).toEqual(['applicationHost.config']);
  });

  it('take over a lock whose owner died before it wrote its name', async () => {
    const { file, appcmd } = fileWorld();
    const lock = `${file}.appcmd.lock`;
    writeFileSync(lock, '');
    utimesSync(lock, new Date(0), new Date(0));
    expect((await appcmd.run(['add', 'apppool', '/name:P'])).exitCode).toBe(0);
    expect(existsSync(lock)).toBe(false);
  });
});

describe('/apphostconfig', () => {
  it('works on another file', async () => {
    const { file } = fileWorld();
    const { run, store } = freshWorld();
    expect((await run('add', 'apppool', '/name:P', `/apphostconfig:${file}`)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('name="P"');
    expect(store.text).toBe(freshText());
  });
});

describe('random command lines', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abX 09-_.\'"&<>/\\%é]'.split('')), minLength: 1, maxLength: 10 });
  const known = new Set([0, 1, 13, 50, 87, 183, 1056, 1062, 1168, 4312, 16385]);
  const word = fc.oneof(
    fc.constantFrom(
      'list',
      'add',
      'set',
      'delete',
      'start',
      'stop',
      'recycle',
      'lock',
      'unlock',
      'clear',
      'search',
      'site',
      'sites',
      'app',
      'vdir',
      'apppool',
      'config',
      'wp',
    ),
    fc.constantFrom(
      'Default Web Site',
      'Default Web Site/',
      'DefaultAppPool',
      '/xml',
      '/text:*',
      '/config:*',
      '/?',
      '-',
      '/in',
      '/section:system.webServer/handlers',
      '/section:appSettings',
      '/commit:apphost',
      '/site.name:Default Web Site',
      '/app.name:Default Web Site/',
      '/path:/x',
      '/name:N',
      "/[path='/'].applicationPool:P",
      "/+bindings.[protocol='http',bindingInformation='*:1:']",
      '/-name',
      '/processModel.idleTimeout:00:00:00',
      '/__proto__:1',
      '/constructor.x:1',
    ),
    fc
      .tuple(fc.constantFrom('/name:', '/path:/', '/physicalPath:', '/id:', '/bindings:', '/+[', '/[', ''), name)
      .map((parts) => parts.join('')),
    fc.string(),
  );

  it('never throw, end with an exit code of the table, and leave a file that can be read', {
    timeout: 180_000,
  }, async () => {
    const { appcmd, store } = freshWorld();
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 7 }), async (args) => {
        if (args.some((arg) => /apphostconfig/i.test(arg))) return;
        const { exitCode, stdout } = await appcmd.run(args);
        expect(known, `${JSON.stringify(args)} -> ${stdout}`).toContain(exitCode);
        expect(stdout).not.toMatch(/\n {4}at /);
        expect((await appcmd.run(['list', 'site', '/xml'])).exitCode).toBe(0);
        store.text = freshText();
      }),
      { numRuns: 300 },
    );
  });

  it('that add an object and delete it again restore the original bytes', async () => {
    const { run, store } = freshWorld();
    const pool = fc.string({ unit: fc.constantFrom(..."abX 09-_.'é".split('')), minLength: 1, maxLength: 10 });
    const segment = fc.string({ unit: fc.constantFrom(...'abX09-_é'.split('')), minLength: 1, maxLength: 6 });
    const commands = fc.oneof(
      pool.map((one): [string[], string[]] => [
        ['add', 'apppool', `/name:${one}`, '/processModel.idleTimeout:00:00:00'],
        ['delete', 'apppool', `/apppool.name:${one}`],
      ]),
      fc.tuple(segment, name).map(([at, folder]): [string[], string[]] => [
        [
          'add',
          'app',
          '/site.name:Default Web Site',
          `/path:/${at}`,
          `/physicalPath:${folder}`,
          '/preloadEnabled:true',
        ],
        ['delete', 'app', `/app.name:Default Web Site/${at}`],
      ]),
      fc.tuple(segment, name).map(([at, folder]): [string[], string[]] => [
        ['add', 'vdir', '/app.name:Default Web Site/', `/path:/${at}`, `/physicalPath:${folder}`],
        ['delete', 'vdir', `/vdir.name:Default Web Site/${at}`],
      ]),
      segment.map((one): [string[], string[]] => [
        ['add', 'site', `/name:${one}`, '/physicalPath:C:\\x', '/bindings:http/*:81:'],
        ['delete', 'site', `/site.name:${one}`],
      ]),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(commands, { minLength: 1, maxLength: 3 }), async (pairs) => {
        const done: string[][] = [];
        for (const [add, remove] of pairs) {
          const { code } = await run(...add);
          expect([0, 183]).toContain(code);
          if (code === 0) done.unshift(remove);
        }
        for (const remove of done) expect((await run(...remove)).code).toBe(0);
        expect(store.text).toBe(freshText());
      }),
      { numRuns: 60 },
    );
  });
});
