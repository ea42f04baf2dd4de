import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { type DeployEvent, type DeployOptions, deploy } from '../../src/deploy/index.js';
import { isBuilt } from '../../src/deploy/is-built.js';
import { freshWorld } from '../appcmd/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** A build script that makes server.js of src/server.ts, and fails where that has an error in it. */
const compiler = `
  const fs = require('node:fs');
  const code = fs.readFileSync('src/server.ts', 'utf8');
  fs.writeFileSync('server.js', code);
  if (/error/.test(code)) { console.log('src/server.ts(1,1): error TS1: ' + code); process.exit(2); }
`;
const manifest = JSON.stringify({ scripts: { build: 'node compiler.cjs' } });

/** An app of which nothing is built yet. */
function typeScriptApp(files: Readonly<Record<string, string>> = {}): string {
  const directory = makeApp();
  rmSync(path.join(directory, 'server.js'));
  const all = {
    'package.json': manifest,
    'tsconfig.json': '{}',
    'compiler.cjs': compiler,
    'src/server.ts': 'first',
    'node_modules/typescript/package.json': '{}',
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), text);
  }
  return directory;
}

/** Writes a file as if an hour after all others. */
function later(directory: string, file: string, text: string): void {
  writeFileSync(path.join(directory, file), text);
  const then = new Date(Date.now() + 3_600_000);
  utimesSync(path.join(directory, file), then, then);
}

/** Deploys to an IIS that is the embedded appcmd in memory. */
function toIis(directory: string) {
  const world = freshWorld();
  const events: DeployEvent[] = [];
  const options: DeployOptions = {
    directory,
    appcmd: world.appcmd,
    environment: { ...process.env, IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') },
    verify: false,
  };
  const again = (more: Partial<DeployOptions> = {}) => deploy({ ...options, ...more }, (event) => events.push(event));
  return { world, events, again };
}

const built = (directory: string): string => readFileSync(path.join(directory, 'server.js'), 'utf8');
const ofBuild = (events: readonly DeployEvent[]) =>
  events
    .filter(({ step }) => step === 'build-app')
    .map(({ phase, note }) => (note === undefined ? phase : `${phase}: ${note}`));

describe('deploying a TypeScript app', () => {
  it('builds it first', async () => {
    const directory = typeScriptApp();
    const { again, events } = toIis(directory);
    const first = await again();
    expect(first.changed).toBe(true);
    expect(first.steps[0]).toEqual({
      id: 'build-app',
      title: 'Build the app',
      commands: [`npm run build --prefix ${directory}`],
    });
    expect(built(directory)).toBe('first');
    expect(ofBuild(events)).toEqual(['looked', 'doing: npm run build ...', 'done']);
    expect(events.findIndex(({ step }) => step === 'build-app')).toBe(0);
  });

  it('builds it each time, whatever the times of its files say, and changes nothing else', async () => {
    const directory = typeScriptApp();
    const { again, world } = toIis(directory);
    await again();
    const deployed = world.store.text;
    writeFileSync(path.join(directory, 'src/server.ts'), 'second');
    later(directory, 'server.js', 'first');
    const second = await again();
    expect(second.changed).toBe(true);
    expect(second.steps.filter(({ commands }) => commands.length > 0).map(({ id }) => id)).toEqual([
      'build-app',
      'restart-app',
    ]);
    expect(built(directory)).toBe('second');
    expect(world.store.text).toBe(deployed);
  });

  it('lets no error through that was written at the very time of what is built, as a copy has it', async () => {
    const directory = typeScriptApp();
    const { again } = toIis(directory);
    await again();
    writeFileSync(path.join(directory, 'src/server.ts'), 'error');
    const { atime, mtime } = statSync(path.join(directory, 'server.js'));
    utimesSync(path.join(directory, 'src/server.ts'), atime, mtime);
    await expect(again()).rejects.toMatchObject({ code: 'BUILD_FAILED', exitCode: 1 });
  });

  it('deploys nothing when it does not build, and tries again although the compiler has written', async () => {
    const directory = typeScriptApp({ 'src/server.ts': 'error' });
    const { again, events, world } = toIis(directory);
    const before = world.store.text;
    for (const _ of [1, 2]) {
      events.length = 0;
      await expect(again()).rejects.toMatchObject({
        code: 'BUILD_FAILED',
        exitCode: 1,
        what: 'npm run build failed; nothing was deployed',
        why: 'src/server.ts(1,1): error TS1: error',
      });
      expect(world.store.text).toBe(before);
      expect(existsSync(path.join(directory, 'server.js'))).toBe(true);
      expect(ofBuild(events).at(-1)).toMatch(/^failed: npm run build failed/);
    }
  });

  it('refuses what it can see before it builds', async () => {
    const directory = typeScriptApp();
    await expect(toIis(directory).again({ site: 'Missing' })).rejects.toMatchObject({ code: 'SITE_NOT_FOUND' });
    expect(existsSync(path.join(directory, 'server.js'))).toBe(false);
  });

  it('says that its tools are missing, before anything is deployed', async () => {
    const directory = typeScriptApp();
    rmSync(path.join(directory, 'node_modules'), { recursive: true });
    await expect(toIis(directory).again()).rejects.toMatchObject({
      code: 'BUILD_TOOLS_MISSING',
      exitCode: 1,
      next: `npm install --include=dev --prefix ${directory}`,
    });
  });

  it('refuses a build that makes something else', async () => {
    const directory = typeScriptApp({ 'compiler.cjs': '' });
    await expect(toIis(directory).again()).rejects.toMatchObject({ code: 'ENTRY_NOT_FOUND', exitCode: 1 });
  });

  it.each([
    ['nothing is built yet', undefined],
    ['it is built', 'as it was'],
  ])('says in a dry run that it would build, and builds nothing, where %s', async (_what, made) => {
    const directory = typeScriptApp(made === undefined ? {} : { 'server.js': made });
    const { again, events } = toIis(directory);
    const { steps, changed } = await again({ dryRun: true });
    expect(steps[0]?.commands).toEqual([`npm run build --prefix ${directory}`]);
    expect(changed).toBe(true);
    expect(ofBuild(events)).toEqual(['looked']);
    expect(existsSync(path.join(directory, 'server.js')) ? built(directory) : undefined).toBe(made);
  });

  it('with build: false takes what is there, or says that it is not', async () => {
    const directory = typeScriptApp();
    await expect(toIis(directory).again({ build: false })).rejects.toMatchObject({
      code: 'ENTRY_NOT_FOUND',
      exitCode: 2,
    });
    writeFileSync(path.join(directory, 'server.js'), 'by hand');
    later(directory, 'src/server.ts', 'newer');
    const { steps } = await toIis(directory).again({ build: false });
    expect(steps.map(({ id }) => id)).not.toContain('build-app');
    expect(built(directory)).toBe('by hand');
  });

  it('builds here what a script is to deploy there', async () => {
    const directory = typeScriptApp();
    const to = path.join(temporaryDirectory(), 'deploy.bat');
    const { steps } = await toIis(directory).again({ to });
    expect(steps[0]?.id).toBe('build-app');
    expect(built(directory)).toBe('first');
    expect(readFileSync(to, 'utf8')).not.toContain('npm');
  });

  it('takes the server back when a later step fails, and says that the app stays built', async () => {
    const directory = typeScriptApp();
    const { world, again } = toIis(directory);
    const before = world.store.text;
    const appcmd = {
      format: (args: readonly string[]) => world.appcmd.format(args),
      run: async (args: readonly string[]) =>
        args[0] === 'add' && args[1] === 'app'
          ? { exitCode: 5, stdout: 'ERROR ( message:no )' }
          : world.appcmd.run(args),
    };
    await expect(again({ appcmd })).rejects.toMatchObject({
      exitCode: 1,
      what: expect.stringMatching(/everything done before was undone; the app stays built$/),
    });
    expect(world.store.text).toBe(before);
    expect(built(directory)).toBe('first');
  });

  it("reads the server's state again after the build: it may have changed meanwhile", async () => {
    const directory = typeScriptApp();
    const { world, again } = toIis(directory);
    await again();
    const compiler = path.join(directory, 'compiler.cjs');
    const begun = path.join(directory, 'begun');
    writeFileSync(compiler, `require('node:fs').writeFileSync('begun', ''); ${readFileSync(compiler, 'utf8')}`);
    const appcmd = {
      format: (args: readonly string[]) => world.appcmd.format(args),
      async run(args: readonly string[]) {
        if (existsSync(begun)) {
          // What somebody else does while it builds; deploy has asked for the site's applications before.
          rmSync(begun);
          await world.run('delete', 'app', 'Default Web Site/dante');
        }
        return world.appcmd.run(args);
      },
    };
    await again({ appcmd });
    expect(existsSync(begun)).toBe(false);
    expect((await world.run('list', 'app', '/text:path')).lines).toContain('/dante');
  });

  it('ends when it is interrupted while it builds', async () => {
    const directory = typeScriptApp({
      'compiler.cjs': "require('node:fs').writeFileSync('begun', String(process.pid)); setInterval(() => {}, 1000);",
    });
    const abort = new AbortController();
    const ended = expect(toIis(directory).again({ signal: abort.signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 130,
    });
    const begun = path.join(directory, 'begun');
    const pid = (): string => (existsSync(begun) ? readFileSync(begun, 'utf8') : '');
    await expect.poll(pid).not.toBe('');
    abort.abort();
    await ended;
    const isGone = (): boolean => {
      try {
        return process.kill(Number(pid()), 0) && false;
      } catch {
        return true;
      }
    };
    await expect.poll(isGone).toBe(true);
  });
});

describe('an app is built', () => {
  it.each([
    ['its source is in src', {}, 'server.js', true],
    ['its source is beside it', { 'app.ts': '' }, 'app.js', true],
    ['it is in a folder for that', {}, 'dist/main.js', true],
    ['it is written by hand, and the build is for a page', { 'index.js': '' }, 'index.js', false],
    ['there is no build script', { 'package.json': '{ "scripts": { "build:page": "vite" } }' }, 'server.js', false],
    ['there is no readable package.json', { 'package.json': '{' }, 'server.js', false],
  ])('when %s: %s', (_what, files, entry, wanted) => {
    expect(isBuilt(readApp(typeScriptApp(files)), entry)).toBe(wanted);
  });

  it('only with a tsconfig.json', () => {
    const directory = typeScriptApp();
    rmSync(path.join(directory, 'tsconfig.json'));
    expect(isBuilt(readApp(directory), 'server.js')).toBe(false);
  });
});
