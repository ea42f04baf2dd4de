import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliResult, launcher, start, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;
const logOf = (pid: number): string => path.join(folder, 'app', 'iisnode', `host-${pid}-stdout-${pid}.txt`);

beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
  await mkdir(path.join(folder, 'app', 'iisnode'), { recursive: true });
  await writeFile(path.join(folder, 'app', 'server.js'), '');
  await writeFile(
    path.join(folder, 'app', 'web.config'),
    '<configuration><system.webServer><handlers><add name="n" path="server.js" verb="*" modules="iisnode"/></handlers></system.webServer></configuration>',
  );
  await writeFile(logOf(17), 'one\ntwo\nthree\n');
  await writeFile(logOf(18), 'four\nfive\n');
});
afterEach(() => remove());

const environment = (): Record<string, string> => ({ IISNODE_SOCK_HOME: path.join(folder, 'iis') });
const logs = (...args: string[]): Promise<CliResult> =>
  cliHere(['logs', 'app', ...args], { cwd: folder, environment: environment() });
const textsOf = (stdout: string): readonly string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^.* {3}/, ''))
    .filter((line) => line !== '');

describe('logs', () => {
  it.each([
    [[], ['one', 'two', 'three', 'four', 'five']],
    [
      ['-n', '3'],
      ['three', 'four', 'five'],
    ],
    [['--lines', '1'], ['five']],
    [['--lines=2'], ['four', 'five']],
    [
      ['-n', '99'],
      ['one', 'two', 'three', 'four', 'five'],
    ],
    [['-n', '0'], []],
  ])('%j prints %j', async (args, lines) => {
    const { code, stdout } = await logs(...args);
    expect([code, textsOf(stdout)]).toEqual([0, lines]);
  });

  it('-n 0 shows none, and does not say that there is no log', async () => {
    expect(await logs('-n', '0')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('-n counts the lines of the document, too', async () => {
    const { lines } = JSON.parse((await logs('-n', '2', '--json')).stdout) as {
      lines: { text: string; pid: number }[];
    };
    expect(lines).toMatchObject([
      { text: 'four', pid: 18 },
      { text: 'five', pid: 18 },
    ]);
  });

  it.each(['-1', 'x', '1.5', '1000001'])('-n refuses %s', async (value) => {
    const { code, stderr } = await logs('-n', value);
    expect([code, stderr]).toEqual([2, expect.stringContaining('It must be a whole number from 0 to 1000000.')]);
  });

  it('-f goes on with the lines that are written from then on, also of a new process, until SIGTERM', async () => {
    const following = await start(process.execPath, [launcher, 'logs', 'app', '-f', '-n', '1'], / {3}five\n/, {
      cwd: folder,
      environment: environment(),
    });
    await appendFile(logOf(18), 'six\nsev');
    await expect.poll(following.output, { timeout: 30_000 }).toContain('   six\n');
    await appendFile(logOf(18), 'en\n');
    await writeFile(logOf(19), 'eight\n');
    await expect.poll(following.output, { timeout: 30_000 }).toContain('   seven\n');
    await expect.poll(following.output, { timeout: 30_000 }).toMatch(/ 19 {3}eight\n/);
    expect(await following.stop()).toBe(0);
    expect([...textsOf(following.output())].sort()).toEqual(['eight', 'five', 'seven', 'six']);
  });
});
