import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { launcher, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  await writeFile(path.join(folder, 'console.txt'), 'ready\nUncaught ReferenceError: io is not defined\n');
});
afterAll(() => remove());

const doctor = (...args: string[]) => cliHere(['doctor', ...args], { cwd: folder });

it('doctor --seen names the causes of a text, and what distinguishes them', async () => {
  const { code, stdout, stderr } = await doctor('--seen', 'HTTP Error 500.1001');
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout.replace(/\s+/g, ' ')).toContain('Likeliest cause: the app listens on a fixed TCP port');
  expect(stdout).toMatch(/^ {2}seen by you: HTTP Error 500\.1001$/m);
  expect(stdout).toMatch(/^ {2}or: /m);
  expect(stdout).toMatch(/^ {2}apart: /m);
  expect(stdout).toContain('1 error in what you have seen');
});

it('what to do next is to give the folder, and with the folder it is the fix of the likeliest cause', async () => {
  const own = await temporaryFolder();
  onTestFinished(own.remove);
  const app = path.join(own.folder, 'dante');
  await cliHere(['init', app, '--no-install']);
  const nextOf = async (...args: string[]) =>
    (await doctor('--seen', '500.1013', ...args)).stdout.match(/^(?:note|first): .*$/m)?.[0];
  expect(await nextOf()).toContain('npx iisnode-sock doctor FOLDER with the same --seen');
  expect(await nextOf(app, '--no-run', '--skip', 'DEPENDENCIES_NOT_INSTALLED')).toContain('keepAliveTimeout');
});

it('a text that is not known is no error', async () => {
  const { code, stdout } = await doctor('--seen', 'it is slow today');
  expect(code).toBe(0);
  expect(stdout).toContain('SEEN_UNKNOWN');
});

it('--seen is repeatable, takes files, and has causes in the JSON document', async () => {
  const { code, stdout } = await doctor('--seen', 'console.txt', '--seen', '503.1003', '--json');
  expect(code).toBe(1);
  const { findings } = JSON.parse(stdout);
  expect(findings).toMatchObject([
    { rule: 'SEEN_IISNODE_ERROR', known: 'seen', seen: ['503.1003'] },
    { rule: 'SEEN_BROWSER_ERROR', known: 'seen', file: path.join(folder, 'console.txt'), line: 2 },
  ]);
  expect(findings[1].causes[0]).toMatchObject({
    says: expect.any(String),
    fix: expect.any(String),
    rules: expect.any(Array),
  });
  expect(findings[1].apart).toEqual(expect.any(String));
});

it.each(['sarif', 'github'])('--format %s has what was seen', async (format) => {
  const { code, stdout } = await doctor('--seen', 'console.txt', '--format', format);
  expect(code).toBe(1);
  expect(stdout).toContain('SEEN_BROWSER_ERROR');
  expect(stdout).toContain('Likeliest cause');
});

it('--seen - reads standard input, also one line that is the name of a file', () => {
  const asked = (input: string) =>
    spawnSync(process.execPath, [launcher, 'doctor', '--seen', '-', '--format', 'json'], { input, cwd: folder });
  const rulesOf = (input: string): string[] =>
    JSON.parse(asked(input).stdout.toString()).findings.map(({ rule }: { rule: string }) => rule);
  expect(rulesOf('HTTP Error 500.1001\n')).toEqual(['SEEN_IISNODE_ERROR']);
  expect(rulesOf('console.txt')).toEqual(['SEEN_UNKNOWN']);
});

it.each([
  [['--seen', 'gone.html'], 'SEEN_FILE_NOT_FOUND'],
  [['--har', 'console.txt'], 'HAR_INVALID'],
  [['--logs', 'console.txt'], 'LOGS_NOT_A_FOLDER'],
  [['--seen', '500.19', '--fix'], 'SEEN_NEEDS_APP'],
])('%j is refused in three lines', async (args, error) => {
  const { code, stdout, stderr } = await doctor(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^error ${error} {2}\\S.*\\n {2}\\S.*\\n {2}next: \\S.*\\n$`));
});
