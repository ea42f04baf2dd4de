import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createExclusive, inScratchFolder, writeFileAtomic } from '../../src/files/index.js';
import { createPipeNames } from '../../src/host/backend/pipe-names.js';
import { testFolder } from './folder.js';

let folder: string;
/** Not in the temporary folder of a test. */
let beside: string;
const formerTemp = process.env.TMPDIR;
beforeEach(() => {
  [folder, beside] = [testFolder(), testFolder()];
});
afterEach(() => {
  if (formerTemp === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = formerTemp;
});

/** Code with src/files in a process of its own, which is killed in the middle: it never ends by itself. */
async function killed(code: string): Promise<void> {
  const child = await running(code);
  await new Promise((resolve) => child.once('exit', resolve).kill('SIGKILL'));
}

async function running(code: string): Promise<ChildProcess> {
  const bundle = path.join(beside, 'files.mjs');
  const source = path.join(import.meta.dirname, '../../src/files/index.ts');
  buildSync({ entryPoints: [source], outfile: bundle, bundle: true, platform: 'node', format: 'esm' });
  const text = `const files = await import(${JSON.stringify(bundle)}); setInterval(() => {}, 1000);
    const never = () => { process.stdout.write('!'); return new Promise(() => {}); };
    ${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

const writing = (name: string): string =>
  `await files.writeFileAtomic('${name}', (async function* () { yield Buffer.from('a part'); await never(); })());`;

/** As another machine, or an older version, names it. */
const foreign = (name: string): string => `.${name}.12345678-1234-1234-1234-123456789abc.tmp`;

describe.skipIf(process.platform === 'win32')('what a killed process has left', () => {
  it.each([
    ['by a write of the same file', () => writeFileAtomic(path.join(folder, 'app.zip'), 'x'), ['app.zip']],
    ['by a write of another file there', () => writeFileAtomic(path.join(folder, 'b.zip'), 'x'), ['b.zip']],
    ['by a file that must be new', async () => createExclusive(path.join(folder, 'lock'), 'x'), ['lock']],
  ])('of a file is removed %s', async (_what, write, left) => {
    await killed(writing('app.zip'));
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.app\.zip\..*\.tmp$/)]);
    await write();
    expect(readdirSync(folder)).toEqual(left);
  });

  it('stays while its process runs', async () => {
    await running(writing('app.zip'));
    await writeFileAtomic(path.join(folder, 'app.zip'), 'x');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('of an unknown owner is removed with its file, a day later', async () => {
    const names = ['app.zip', 'other.zip', 'fresh.zip'].map((name) => foreign(name));
    for (const name of names) writeFileSync(path.join(folder, name), '');
    const before = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const name of names.slice(0, 2)) utimesSync(path.join(folder, name), before, before);
    for (const name of ['app.zip', 'fresh.zip']) await writeFileAtomic(path.join(folder, name), 'x');
    expect(readdirSync(folder).sort()).toEqual([foreign('fresh.zip'), foreign('other.zip'), 'app.zip', 'fresh.zip']);
  });

  it('of other programs is not touched', async () => {
    const others = ['.x.tmp', '.app.zip.tmp', 'app.zip.2147483647-abcdef.tmp'];
    for (const name of others) writeFileSync(path.join(folder, name), '');
    await writeFileAtomic(path.join(folder, 'app.zip'), 'x');
    expect(readdirSync(folder).sort()).toEqual([...others, 'app.zip'].sort());
  });

  it('of a folder for a time is removed by the next one, and what it links to stays', async () => {
    process.env.TMPDIR = folder;
    await killed(`await files.inScratchFolder('trial', never);`);
    const [left = ''] = readdirSync(folder);
    expect(left).toMatch(/^iisnode-sock-trial-/);
    const kept = path.join(beside, 'kept');
    mkdirSync(kept);
    symlinkSync(kept, path.join(folder, left, 'node_modules'));
    expect(await inScratchFolder('fix', async () => readdirSync(folder))).toEqual([
      expect.stringMatching(/^iisnode-sock-fix-/),
    ]);
    expect([readdirSync(folder), existsSync(kept)]).toEqual([[], true]);
  });

  it('of pipes too', async () => {
    process.env.TMPDIR = folder;
    await killed(`(await import('node:fs')).mkdirSync('iisnode-' + files.ownerInName() + '-aB3xyz'); await never();`);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^iisnode-\d+-/)]);
    const pipes = createPipeNames();
    expect([path.join(folder, readdirSync(folder)[0] ?? ''), readdirSync(folder).length]).toEqual([pipes.directory, 1]);
    // The longest path of a socket: sun_path of macOS, with its end.
    expect(pipes.next().length - folder.length + 55).toBeLessThan(104);
    pipes.remove();
  });
});
