import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, launcher, runToEnd, temporaryFolder } from '../support/cli.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

/** Runs a command in a process where `code` runs a turn after its start. */
async function withFault(code: string, ...args: string[]) {
  const preload = path.join(folder, 'fault.cjs');
  await writeFile(preload, `setTimeout(() => { ${code} }, 0);`);
  return cli(args, { cwd: folder, environment: { NODE_OPTIONS: `--require ${preload}` } });
}

describe('an error that nothing expected', () => {
  it.each([
    ['thrown', "throw new Error('strange\\u001b[2J')"],
    ['a rejection', "Promise.reject(new Error('strange\\u001b[2J'))"],
    ['an event', "new (require('node:events'))().emit('error', new Error('strange\\u001b[2J'))"],
  ])('ends with 3 in three lines: %s', async (_what, code) => {
    const { code: exit, stdout, stderr } = await withFault(code, 'serve', '.', '--port', '0');
    expect(exit).toBe(3);
    expect(stdout).not.toContain('strange');
    expect(stderr).toMatch(/^error INTERNAL {2}.*\n {2}strange\\x1b\[2J\n {2}next: .*--verbose.*\n$/m);
  });

  it.runIf(process.platform === 'linux')(
    'is one of the machine where it lets a process open too few files: what to do, and no stack',
    async () => {
      const said: string[] = [];
      const hog = path.join(folder, 'hog.cjs');
      await writeFile(
        hog,
        `const fs = require('node:fs');
const open = [];
try { for (;;) open.push(fs.openSync('/dev/null')); } catch {}
for (const descriptor of open.slice(0, Number(process.env.FREE))) fs.closeSync(descriptor);`,
      );
      // Which file is one too many depends on the version of Node; with a lower limit Node itself does not start.
      for (let free = 0; free <= 12; free++) {
        const words = ['-c', 'ulimit -n 60; exec "$@"', 'sh', process.execPath, '--require', hog, launcher, 'status'];
        const environment = { FREE: String(free) };
        const { code, stderr } = await runToEnd('sh', words, { cwd: folder, environment });
        if (code === 0) break;
        // Node itself fails as long as it cannot load the launcher.
        const isOfNode = stderr.startsWith('node:internal/') && !stderr.includes(`${path.sep}dist${path.sep}`);
        if (!isOfNode && !stderr.includes(launcher)) said.push(`${code} ${stderr}`);
      }
      expect(said.length).toBeGreaterThan(0);
      for (const text of said) {
        expect(text).toMatch(
          /^1 error TOO_MANY_OPEN_FILES {2}no more files can be opened\n {2}.*EMFILE.*\n {2}next: .*ulimit -n.*\n$/,
        );
      }
    },
  );

  it('is a document with --json', async () => {
    const { code, stdout } = await withFault("throw new Error('strange')", 'doctor', 'http://127.0.0.1:9/', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { code: 'INTERNAL', why: 'strange' } });
  });
});
