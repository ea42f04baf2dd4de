import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmBuild } from '../../src/npm/build.js';
import { folderWith, textsIn } from '../scaffold/workspace.js';

describe('npm run build', () => {
  const silent = { event: () => undefined };
  const options = (directory: string, script?: string) => ({
    directory,
    environment:
      script === undefined
        ? process.env
        : { ...process.env, npm_execpath: path.join(folderWith({ 'npm-cli.js': script }), 'npm-cli.js') },
    signal: undefined,
    outcome: 'nothing was deployed',
  });
  const app = (build: string) =>
    folderWith({ 'package.json': JSON.stringify({ scripts: { build } }), 'node_modules/a/index.js': '' });

  it('runs the script of package.json', async () => {
    const folder = app(`node -e "require('fs').writeFileSync('made.js', '')"`);
    expect((await npmBuild(options(folder), silent)).ms).toBeGreaterThan(0);
    expect(textsIn(folder)).toHaveProperty(['made.js']);
  });

  it.each([
    [
      [
        'one',
        'a.ts(1,1): error TS1: A.',
        'b.ts(1,1): error TS2: B.',
        '  more of it',
        'c: error C.',
        'd: error D.',
        'e: error E.',
      ],
      'a.ts(1,1): error TS1: A. | b.ts(1,1): error TS2: B. | c: error C. | and 2 more',
    ],
    [['one', 'two', 'three', 'last', ''], 'two | three | last'],
    [[], 'It ended with exit code 1 and gave no reason.'],
  ])('that fails with %j is quoted', async (lines, why) => {
    const script = `for (const line of ${JSON.stringify(lines)}) console.log(line); process.exit(1);`;
    await expect(npmBuild(options(app('x'), script), silent)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      exitCode: 1,
      why,
    });
  });

  it('finds its tools at the root of a workspace', async () => {
    const root = folderWith({
      'node_modules/a/index.js': '',
      'packages/app/package.json': JSON.stringify({ scripts: { build: `node -e "require('a')"` } }),
    });
    expect((await npmBuild(options(path.join(root, 'packages', 'app')), silent)).ms).toBeGreaterThan(0);
  });

  it('fails if its tools are not installed', async () => {
    const folder = app('no-such-compiler --all');
    await expect(npmBuild(options(folder), silent)).rejects.toMatchObject({
      code: 'BUILD_TOOLS_MISSING',
      why: 'Its build script runs no-such-compiler, which is not installed.',
      next: expect.stringMatching(/^npm install --include=dev --prefix /),
    });
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    await expect(npmBuild(options(folder), silent)).rejects.toMatchObject({
      code: 'BUILD_TOOLS_MISSING',
      exitCode: 1,
      what: `${folder} cannot be built; nothing was deployed`,
    });
  });

  it('does not start after an interrupt', async () => {
    const building = npmBuild({ ...options(app('x')), signal: AbortSignal.abort() }, silent);
    await expect(building).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
  });

  it('ends when it is interrupted', async () => {
    const abort = new AbortController();
    const folder = app('x');
    const script = "require('node:fs').writeFileSync('begun', ''); setInterval(() => {}, 1000);";
    const building = npmBuild({ ...options(folder, script), signal: abort.signal }, silent);
    const ended = expect(building).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    await expect.poll(() => existsSync(path.join(folder, 'begun'))).toBe(true);
    abort.abort();
    await ended;
  });
});
