import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launcher, temporaryFolder } from '../support/cli.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

/** Runs the program with a stdout (and stderr) that nobody reads. */
async function unread(args: readonly string[], closed: readonly ('stdout' | 'stderr')[] = ['stdout']) {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: folder,
    env: { ...process.env, IISNODE_SOCK_HOME: path.join(folder, 'iis') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  for (const name of closed) child[name].destroy();
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

describe('output without a reader', () => {
  it.each([[['--help']], [['status']], [['appcmd', 'list', 'config']]])(
    '%j exits with 0 and prints nothing',
    async (args) => {
      expect(await unread(args)).toEqual({ code: 0, stderr: '' });
    },
  );

  it('still finishes the work', async () => {
    const { code, stderr } = await unread(['init', 'chat', '--no-install']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('EPIPE') });
    expect(existsSync(path.join(folder, 'chat', 'web.config'))).toBe(true);
  });

  it('keeps the exit code of what failed, stderr closed too', async () => {
    expect((await unread(['bogus'], ['stdout', 'stderr'])).code).toBe(2);
    expect((await unread(['doctor', 'nowhere', '--json'], ['stdout', 'stderr'])).code).toBe(2);
  });

  it('ends logs --follow', async () => {
    const app = path.join(folder, 'logging');
    await mkdir(path.join(app, 'iisnode'), { recursive: true });
    await writeFile(path.join(app, 'server.js'), '');
    await writeFile(
      path.join(app, 'web.config'),
      '<configuration><system.webServer><handlers><add name="n" path="server.js" verb="*" modules="iisnode"/></handlers></system.webServer></configuration>',
    );
    await writeFile(path.join(app, 'iisnode', 'host-17-stdout-1.txt'), 'one\ntwo\n');
    expect(await unread(['logs', app, '--follow'])).toEqual({ code: 0, stderr: '' });
  });

  it.runIf(existsSync('/dev/full'))('says that a disk is full, in three lines, and ends with 1', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${launcher}" --help > /dev/full`], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect(stderr).toMatch(/^error OUTPUT_FAILED {2}\S.*\n {2}\S.*\n {2}next: \S.*\n$/);
    expect(code).toBe(1);
  });
});
