import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapters } from '../../src/scaffold/adapters.js';
import { templates } from '../../src/scaffold/templates.js';
import { init } from '../support/init.js';
import { readToTheEnd } from './reading.js';
import { folderWith, talk, textsIn } from './workspace.js';

const modules = path.resolve('node_modules');

const apps = templates().flatMap((template) =>
  adapters()
    .filter(({ name }) => name === 'none' || template.adapters?.includes(name))
    .map((adapter) => ({ template: template.name, adapter: adapter.name, entry: template.entry })),
);

describe('a TypeScript app', () => {
  it.each(apps)(
    '$template with the adapter $adapter compiles by itself to the JavaScript that its .gitignore leaves out',
    async ({ template, adapter, entry }) => {
      const folder = path.join(folderWith(), 'app');
      const result = await init({ directory: folder, template, adapter, typescript: true, install: false }, talk());
      symlinkSync(modules, path.join(folder, 'node_modules'), 'junction');
      const sources = result.files.filter(({ file }) => file.startsWith('src/')).map(({ file }) => file);
      expect(existsSync(path.join(folder, entry))).toBe(false);
      expect(result.nextSteps.map(({ command }) => command)).toEqual([
        expect.stringContaining('npm install --prefix'),
        expect.stringContaining('npm run build --prefix'),
        expect.stringContaining('deploy'),
      ]);
      execFileSync(process.execPath, [path.join(modules, 'typescript', 'bin', 'tsc')], { cwd: folder });
      const built = sources.map((file) => file.replace(/^src\/(.*)\.ts$/, '$1.js'));
      const texts = textsIn(folder);
      for (const file of built) {
        expect(texts).toHaveProperty([file]);
        expect(texts['.gitignore']?.split('\n')).toContain(`/${file}`);
      }
    },
  );

  it('is installed and built by init, runs, and init run again changes nothing', async () => {
    const folder = path.join(folderWith(), 'dante');
    const someone = talk();
    const result = await init({ directory: folder, typescript: true }, someone);
    expect(result).toMatchObject({
      typescript: true,
      installed: { ms: expect.any(Number) },
      built: { ms: expect.any(Number) },
    });
    expect(someone.events.map(({ kind }) => kind).filter((kind) => kind !== 'fetched')).toEqual([
      'planned',
      'written',
      'installing',
      'installed',
      'building',
      'built',
    ]);
    expect(result.nextSteps).toHaveLength(1);
    expect(await readToTheEnd(folder)).toHaveLength(46);
    const again = await init({ directory: folder, typescript: true }, talk());
    expect(again).toMatchObject({ nothingToDo: true });
    expect(again.advice.filter(({ change }) => change)).toEqual([]);
  });

  it('that does not build leaves nothing behind', async () => {
    const npm = folderWith({
      'npm-cli.js': `
        const fs = require('node:fs');
        if (process.argv[2] !== 'run') {
          fs.mkdirSync('node_modules');
          fs.writeFileSync('package-lock.json', '{}');
        } else {
          fs.writeFileSync('lib/stream.js', 'half');
          console.log("src/lib/stream.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.");
          process.exit(2);
        }`,
    });
    const folder = path.join(folderWith(), 'dante');
    const environment = { ...process.env, npm_execpath: path.join(npm, 'npm-cli.js') };
    await expect(init({ directory: folder, typescript: true, environment }, talk())).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      exitCode: 1,
      what: 'npm run build failed; the files written by init were removed',
      why: "src/lib/stream.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.",
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('whose product cannot be taken away keeps nothing else from being so, and init says what is left', async () => {
    const npm = folderWith({
      'npm-cli.js': `
        const fs = require('node:fs');
        if (process.argv[2] !== 'run') fs.mkdirSync('node_modules');
        else fs.mkdirSync('lib/stream.js/in-the-way', { recursive: true });
        process.exit(process.argv[2] === 'run' ? 1 : 0);`,
    });
    const folder = folderWith();
    const environment = { ...process.env, npm_execpath: path.join(npm, 'npm-cli.js') };
    const options = { directory: folder, path: '/x', typescript: true, environment };
    await expect(init(options, talk())).rejects.toMatchObject({
      code: 'INIT_INCOMPLETE',
      exitCode: 5,
      why: expect.stringContaining('stream.js'),
    });
    expect(readdirSync(folder, { recursive: true })).toEqual(
      ['lib', 'lib/stream.js', 'lib/stream.js/in-the-way'].map((name) => path.normalize(name)),
    );
  });
});
