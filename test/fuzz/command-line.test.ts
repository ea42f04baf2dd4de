import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli.js';
import { temporaryFolder } from '../support/cli.js';

// In this process, so that ten thousand take seconds; test/cli runs the built program.

let folder: string;
let remove: () => Promise<void>;
let before: string;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  before = process.cwd();
  // `..` is a folder of this test, too: the one above it may have anything in it.
  const inner = path.join(folder, 'inner');
  await mkdir(inner);
  process.chdir(inner);
  process.env.IISNODE_SOCK_HOME = path.join(folder, 'iis');
});
afterAll(async () => {
  process.chdir(before);
  await remove();
});

/** Nothing here may start a server, install packages or write: dry runs, readers, and invalid words. */
const harmless = ['init --dry-run --no-install', 'deploy --dry-run --to embedded', 'doctor', 'trace', 'logs', 'status'];
const flags = [
  ...['--json', '--path', '--port', '--site', '--to', '--pool', '--entry', '--template', '--processes', '--adapter'],
  ...[
    '--transports',
    '--format',
    '--only',
    '--skip',
    '--explain',
    '--fix',
    '--strict',
    '--dir',
    '--apphost',
    '--method',
    '--seen',
    '--har',
    '--logs',
  ],
  ...['--header', '--lines', '--help', '--version', '--verbose', '--no-color', '--nonsense', '-x', '--', '-'],
];
const values = [
  ...['.', '..', '/', '/dante', 'dante', '//', '/../..', 'C:\\x', 'web.config', 'http://127.0.0.1:1/', 'nowhere', '0'],
  ...['-1', '65536', '1e9', 'NaN', '', ' ', '%', '"', "'", 'a=b', 'Name: value', 'iis', 'embedded', 'x.zip', 'polling'],
  ...['MALFORMED_XML', 'json', 'sarif', 'redis', 'é', '\0', '🜚', 'a'.repeat(5000)],
];
/** The state after the command; a function, because TypeScript assumes that the assignment before it still holds. */
const exitCode = (): number => Number(process.exitCode ?? 0);
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...flags) },
  { weight: 4, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom('a\u001B[2J', '\u009B31m', '\r\n', 'x\u2028y', '\u202E', '--format=sarif') },
);
/** The root of the disk as an app's folder: all that is on this machine would be read, which takes seconds. */
const isWholeDisk = (each: string, at: number, all: readonly string[]): boolean =>
  /^[/\\]/.test(each) && path.resolve(each) === path.parse(path.resolve(each)).root && all[at - 1] !== '--path';
const isHarmless = (each: string): boolean => !/^ssh:|\.(bat|ps1)$/i.test(each);
const line = fc
  .tuple(fc.oneof(fc.constantFrom(...harmless), fc.string()), fc.array(word, { maxLength: 6 }))
  .map(([command, words]) => [...command.split(' '), ...words.filter(isHarmless)])
  .map((words) => words.filter((each, at) => !isWholeDisk(each, at, words)));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const unprintable = /[\0-\x08\x0B-\x1F\x7F-\x9F\u2028\u2029\u202A-\u202E\u2066-\u2069]/;

describe('ten thousand random command lines', () => {
  it('end with an exit code of the table, an error of three lines, and never a stack', async () => {
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        said[name] += String(text);
        return true;
      });
    }
    try {
      await fc.assert(
        fc.asyncProperty(line, async (words) => {
          Object.assign(said, { stdout: '', stderr: '' });
          process.exitCode = undefined;
          await main(['node', 'iisnode-sock', ...words]);
          const code = exitCode();
          process.exitCode = undefined;
          if (![0, 1, 2, 4].includes(code)) throw new Error(`exit ${code}: ${said.stderr}${said.stdout}`);
          if (/^\s+at .*:\d+:\d+\)?$/m.test(said.stderr) && !words.includes('--verbose')) throw new Error(said.stderr);
          if (code === 2 || code === 4) expect(said.stderr).toMatch(/^error [A-Z0-9_]+ {2}.*\n {2}.*\n {2}next: /m);
          expect((said.stdout + said.stderr).replaceAll('\r\n', '\n')).not.toMatch(unprintable);
          const beforeEnd = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
          if (beforeEnd.includes('--json') && (code === 2 || code === 4)) {
            expect(JSON.parse(said.stdout)).toMatchObject({ version: 1, error: { code: expect.any(String) } });
          }
        }),
        { numRuns: 10_000 },
      );
    } finally {
      vi.restoreAllMocks();
    }
    expect((await readdir(folder)).filter((name) => name !== 'iis')).toEqual(['inner']);
    expect(await readdir(path.join(folder, 'inner'))).toEqual([]);
  });
});
