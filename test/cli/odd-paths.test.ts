import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli.js';
import { temporaryFolder } from '../support/cli.js';

// In this process: it is about two hundred commands, each of which ends before it does anything.

let folder: string;
let remove: () => Promise<void>;
let before: string;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  before = process.cwd();
  process.chdir(folder);
  await mkdir('app');
  await writeFile('app/server.js', "require('http').createServer().listen(process.env.PORT);");
  await writeFile('app/package.json', '{"name":"app","main":"server.js"}');
  await writeFile(
    'app/web.config',
    '<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
  );
  await writeFile('file', '');
  if (process.platform !== 'win32') await symlink('loop', 'loop');
});
beforeEach(() => {
  process.env.IISNODE_SOCK_HOME = path.join(folder, 'iis');
});
afterAll(async () => {
  process.chdir(before);
  await remove();
});

const paths = [
  ['a name that is too long', 'a'.repeat(300)],
  ['a path that is too long', 'a/'.repeat(3000)],
  ['a path below a file', 'file/below'],
  ['a link to itself', 'loop'],
  ['a path below a link to itself', 'loop/below'],
  ['a name with a NUL', 'a\0b'],
] as const;
const lines = [
  'init PATH --no-install --template minimal --path /x',
  'init PATH --no-install --dry-run --template minimal --path /x',
  'init app --no-install --dry-run --path /x --static PATH',
  'init app --no-install --dry-run --path /x --entry PATH',
  'deploy PATH --dry-run --to embedded',
  'deploy app --to PATH/x.bat',
  'doctor PATH',
  'serve PATH --port 0',
  'serve app --port 0 --app /b=PATH',
  'serve app --port 0 --apphost PATH',
  'trace /x --dir PATH',
  'trace /x --dir app --app /b=PATH',
  'trace /x --apphost PATH',
  'capacity --viewers 5 --dir PATH',
  'undeploy PATH',
  'logs PATH',
  'logs PATH --follow',
];

/** Runs a command line in this process. */
async function run(words: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  let stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  try {
    process.exitCode = undefined;
    await main(['node', 'iisnode-sock', ...words]);
    return { code: Number(process.exitCode ?? 0), stderr };
  } finally {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  }
}

describe.skipIf(process.platform === 'win32').each(paths)('%s', (_what, odd) => {
  it.each(lines)('is refused by %s', async (line) => {
    const words = line.split(' ').map((word) => word.replace('PATH', odd));
    const { code, stderr } = await run(words);
    expect(stderr).toMatch(/^error (?!INTERNAL)[A-Z0-9_]+ {2}.*\n {2}.*\n {2}next: /m);
    expect([1, 2]).toContain(code);
    expect((await readdir(folder)).sort()).toEqual(['app', 'file', 'loop']);
  });

  it.each(['status', 'deploy app', 'undeploy app', 'logs app', 'appcmd list app'])(
    'is refused as the home of %s',
    async (line) => {
      process.env.IISNODE_SOCK_HOME = path.join(folder, odd);
      const { stderr } = await run(line.split(' '));
      expect(stderr).not.toContain('INTERNAL');
    },
  );
});
