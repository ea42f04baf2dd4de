import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../support/cli.js';

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

  it('is a document with --json', async () => {
    const { code, stdout } = await withFault("throw new Error('strange')", 'doctor', 'http://127.0.0.1:9/', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { code: 'INTERNAL', why: 'strange' } });
  });
});
