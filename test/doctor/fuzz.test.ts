import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnose, type FileFacts, gatherFacts, reporters, rules, runRules } from '../../src/doctor/index.js';
import { UserError } from '../../src/errors.js';
import { fixtures } from './expect-codes.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'doctor-fuzz-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const all = (file: string): string[] =>
  readdirSync(fixtures).flatMap((name) => {
    try {
      return [readFileSync(path.join(fixtures, name, file), 'utf8')];
    } catch {
      return []; // not every fixture has every file
    }
  });
const webConfigs = all('web.config');
const servers = all('server.js');
const pages = all('index.html');

const pieces = [
  '<',
  '>',
  '"',
  '&amp;',
  '/>',
  '</rule>',
  '<clear />',
  '*',
  '(',
  '{R:1}',
  'enabled="false"',
  '\u0000',
  '\uFEFF',
  '${',
  '=>',
  'await ',
  'import x from "socket.io";',
  'process.env',
  '/*',
  "'",
  '<script>',
  '\\',
  'x'.repeat(500),
  '𝒳',
];

/** A text cut, doubled and sprinkled. */
const mutated = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40), fc.constantFrom('', ...pieces)), {
        maxLength: 6,
      }),
    )
    .map(([text, edits]) =>
      edits.reduce((now, [where, length, piece]) => {
        const at = Math.floor(where * now.length);
        return now.slice(0, at) + piece + now.slice(at + length);
      }, text),
    );

function factsAt(vdirPath: string | undefined): FileFacts | undefined {
  try {
    return gatherFacts('.', { cwd: directory, ...(vdirPath !== undefined && { vdirPath }) });
  } catch (error) {
    // A path IIS would not take is the one thing to refuse.
    expect(error instanceof UserError && error.code).toBe('VDIR_PATH_INVALID');
    return undefined;
  }
}

function examine(webConfig: string | Uint8Array, server: string, page: string, vdirPath?: string): void {
  writeFileSync(path.join(directory, 'web.config'), webConfig);
  writeFileSync(path.join(directory, 'server.js'), server);
  writeFileSync(path.join(directory, 'index.html'), page);
  const facts = factsAt(vdirPath);
  if (!facts) return;
  const findings = runRules(rules, facts).diagnoses.map(({ finding }) => finding);
  const summary = { errors: 0, warnings: 0, infos: 0, fixed: 0, skipped: 0 };
  for (const format of Object.values(reporters)) format({ target: '.', findings, summary });
  for (const { line, column, file } of findings) {
    expect((line ?? 1) >= 1 && (column ?? 1) >= 1).toBe(true);
    if (line !== undefined) expect(file).toBeDefined();
  }
}

describe('the doctor reports on files with any content', () => {
  it('for mutated web.configs, sources and pages', () => {
    fc.assert(
      fc.property(
        mutated(webConfigs),
        mutated(servers),
        mutated(pages),
        fc.option(fc.string(), { nil: undefined }),
        examine,
      ),
      { numRuns: 150 },
    );
  });

  it('for random bytes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.uint8Array(), text, text, (webConfig, server, page) => examine(webConfig, server, page)),
      { numRuns: 60 },
    );
  });

  it('and --fix ends, and has nothing left to do after one run', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(webConfigs), async (webConfig) => {
        writeFileSync(path.join(directory, 'web.config'), webConfig);
        writeFileSync(path.join(directory, 'server.js'), servers[0] ?? '');
        writeFileSync(path.join(directory, 'index.html'), '');
        await diagnose('.', { cwd: directory, fix: true });
        const once = readFileSync(path.join(directory, 'web.config'));
        expect((await diagnose('.', { cwd: directory, fix: true })).summary.fixed).toBe(0);
        expect(readFileSync(path.join(directory, 'web.config')).equals(once)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
