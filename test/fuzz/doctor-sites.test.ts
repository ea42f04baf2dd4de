import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DoctorReport, diagnose, reporters, unfix } from '../../src/doctor/index.js';
import { UserError } from '../../src/errors.js';
import { parseXml } from '../../src/xml/index.js';
import { temporaryFolder } from '../support/cli.js';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'doctor');
const sites = readdirSync(fixtures).filter((name) => name !== 'node_modules');

let base: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder: base, remove } = await temporaryFolder());
});
afterAll(() => remove());

/** The folder to examine, empty. */
function emptied(): string {
  const folder = path.join(base, 'app');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

/** Without following links, which may lead in a circle. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();

const contentOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(filesIn(folder).map((name) => [name, readFileSync(path.join(folder, name)).toString('latin1')]));

/** What happens to files of a site: one change each. `at` and `seed` are from 0 to 1. */
type Damage = (folder: string, name: string, at: number, seed: number) => void;

const changed =
  (change: (bytes: Buffer, at: number, seed: number) => Uint8Array): Damage =>
  (folder, name, at, seed) => {
    const file = path.join(folder, name);
    writeFileSync(file, change(readFileSync(file), at, seed));
  };

/** The first element at or after a position, with what is in it as far as a pattern can tell. */
function elementAt(text: string, at: number): readonly [start: number, end: number] {
  const elements = [...text.matchAll(/<([\w.]+)\b[^<>]*(?:\/>|>(?:[^<]*<\/\1>)?)/g)];
  const found = elements[Math.floor(at * elements.length)];
  return found === undefined ? [0, 0] : [found.index, found.index + found[0].length];
}

/** Not where something of that name is already there. */
function moved(from: string, to: string): void {
  if (!existsSync(to)) renameSync(from, to);
}

const damages: Readonly<Record<string, Damage>> = {
  'a byte is another': changed((bytes, at, seed) => {
    const damaged = Buffer.from(bytes);
    if (damaged.length > 0) damaged[Math.floor(at * damaged.length)] = Math.floor(seed * 256);
    return damaged;
  }),
  'the end is missing': changed((bytes, at) => bytes.subarray(0, Math.floor(at * bytes.length))),
  'an element is missing': changed((bytes, at) => {
    const text = bytes.toString();
    const [start, end] = elementAt(text, at);
    return Buffer.from(text.slice(0, start) + text.slice(end));
  }),
  'an element is there twice': changed((bytes, at) => {
    const text = bytes.toString();
    const [start, end] = elementAt(text, at);
    return Buffer.from(text.slice(0, end) + text.slice(start));
  }),
  'a byte-order mark': changed((bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
  'UTF-16': changed((bytes) => Buffer.from(`\uFEFF${bytes.toString()}`, 'utf16le')),
  'lines that end in CR LF': changed((bytes) => Buffer.from(bytes.toString().replace(/\r?\n/g, '\r\n'))),
  'bytes of a program': changed((_, at, seed) =>
    Buffer.from(Array.from({ length: 2_000 }, (_each, index) => Math.floor((index * 7919 * at + seed * 997) % 256))),
  ),
  'nested deeply': changed((bytes) => Buffer.concat([bytes, Buffer.from('([{'.repeat(3_000))])),
  'no content': changed(() => Buffer.alloc(0)),
  'another name': (folder, name, at) =>
    moved(path.join(folder, name), path.join(folder, path.dirname(name), `moved-${Math.floor(at * 9)}.js`)),
  'a name in upper case': (folder, name) =>
    moved(path.join(folder, name), path.join(folder, path.dirname(name), path.basename(name).toUpperCase())),
  'a folder in its place': (folder, name) => {
    rmSync(path.join(folder, name));
    mkdirSync(path.join(folder, name));
  },
  'no file': (folder, name) => rmSync(path.join(folder, name)),
  'a link to its own folder': (folder, name) => {
    const link = path.join(folder, `${name}-again`);
    if (!existsSync(link)) symlinkSync(folder, link, 'junction');
  },
};

const damage = fc.record({
  kind: fc.constantFrom(...Object.keys(damages)),
  file: fc.double({ min: 0, max: 0.999, noNaN: true }),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  seed: fc.double({ min: 0, max: 0.999, noNaN: true }),
});
const damagedSite = fc.tuple(fc.constantFrom(...sites), fc.array(damage, { minLength: 1, maxLength: 4 }));

/** A copy of a fixture with these changes. */
function build([site, changes]: readonly [
  string,
  readonly { kind: string; file: number; at: number; seed: number }[],
]) {
  const folder = emptied();
  cpSync(path.join(fixtures, site), folder, { recursive: true });
  for (const { kind, file, at, seed } of changes) {
    const names = filesIn(folder);
    const name = names[Math.floor(file * names.length)];
    if (name !== undefined) damages[kind]?.(folder, name, at, seed);
  }
  return folder;
}

/** The report, in every format; undefined for an error that says what is wrong, why, and what to do. Anything else is thrown. */
async function examine(folder: string, fix = false): Promise<DoctorReport | undefined> {
  const environment = { IISNODE_SOCK_HOME: path.join(base, 'home') };
  try {
    const report = await diagnose('.', { cwd: folder, environment, fix, keepsFormer: fix, assumeFrom: 'folder name' });
    for (const format of Object.values(reporters)) format(report, undefined, folder);
    for (const { message, why, help } of report.findings) {
      for (const said of [message, why, help]) expect(said.trim()).not.toBe('');
      expect(`${message} ${why}`).not.toMatch(/\bundefined\b|\bNaN\b|\[object |\bat .*\.[tj]s:\d/);
    }
    return report;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).not.toBe('INTERNAL');
    for (const said of [error.what, error.why, error.next]) expect(said.trim()).not.toBe('');
    return undefined;
  }
}

const isWellFormed = (text: string | undefined): boolean => {
  try {
    parseXml(Buffer.from(text ?? '', 'latin1'));
    return true;
  } catch {
    return false;
  }
};

describe('sites that are damaged', () => {
  it('are examined without a crash', async () => {
    await fc.assert(
      fc.asyncProperty(damagedSite, async (site) => {
        await examine(build(site));
      }),
      { numRuns: 150 },
    );
  });

  it('are not made worse by --fix, which has nothing left to do, and --unfix restores every byte', async () => {
    let fixes = 0;
    await fc.assert(
      fc.asyncProperty(damagedSite, async (site) => {
        const folder = build(site);
        const before = contentOf(folder);
        const report = await examine(folder, true);
        const after = contentOf(folder);
        for (const [name, text] of before) {
          if (/\.config$/i.test(name) && isWellFormed(text)) expect(isWellFormed(after.get(name))).toBe(true);
        }
        if (report === undefined || report.summary.fixed === 0) {
          expect(after).toEqual(before);
          return;
        }
        fixes += 1;
        expect((await examine(folder, true))?.summary.fixed ?? 0).toBe(0);
        expect(contentOf(folder)).toEqual(after);
        await unfix('.', folder, { IISNODE_SOCK_HOME: path.join(base, 'home') });
        expect(contentOf(folder)).toEqual(before);
      }),
      { numRuns: 100 },
    );
    expect(fixes).toBeGreaterThan(5);
  });
});

describe('sites without end', () => {
  const healthy = path.join(fixtures, 'everything-right');
  const put = (folder: string, name: string, text: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };

  it.each<readonly [string, (folder: string) => void]>([
    [
      '10,000 small files',
      (folder) => {
        for (let count = 0; count < 10_000; count += 1)
          put(folder, `data/${count % 100}/${count}.js`, `const a = ${count};\n`);
      },
    ],
    ['a script of 8 MB', (folder) => put(folder, 'server.js', 'a("b");\n'.repeat(1_000_000))],
    ['a script of one line of 2 MB', (folder) => put(folder, 'server.js', `a(${'1+'.repeat(1_000_000)}1)`)],
    ['a page of 2 MB of open tags', (folder) => put(folder, 'index.html', '<script src="'.repeat(150_000))],
    ['a page of 20,000 inline scripts', (folder) => put(folder, 'index.html', '<script>io();</script>'.repeat(20_000))],
    [
      'a web.config of 5,000 faults',
      (folder) => put(folder, 'web.config', `<configuration>${'<a></a>'.repeat(5_000)}</configuration>`),
    ],
    ['folders 60 deep', (folder) => put(folder, `${'d/'.repeat(60)}server.js`, 'require("./server.js");')],
    [
      'links in a circle',
      (folder) => {
        for (const name of ['a', 'b', 'c']) symlinkSync(folder, path.join(folder, name), 'junction');
      },
    ],
    [
      'modules in a circle, 2,000 of them',
      (folder) => {
        for (let count = 0; count < 2_000; count += 1)
          put(folder, `m${count}.js`, `require('./m${(count + 1) % 2_000}');\n`);
        put(folder, 'server.js', "require('./m0');\n");
      },
    ],
    ['calls 50,000 deep', (folder) => put(folder, 'server.js', `${'f('.repeat(50_000)}${')'.repeat(50_000)}`)],
    [
      'a package.json 100,000 deep',
      (folder) => put(folder, 'package.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ],
    ['a script of 20,000 strings with tags', (folder) => put(folder, 'server.js', 'a("<p>");\n'.repeat(20_000))],
    [
      '20,000 names that stand for one another',
      (folder) =>
        put(folder, 'server.js', Array.from({ length: 20_000 }, (_, n) => `const a${n + 1} = a${n};`).join('\n')),
    ],
  ])('are examined to an end: %s', async (_, fill) => {
    const folder = emptied();
    cpSync(healthy, folder, { recursive: true });
    fill(folder);
    const before = process.memoryUsage.rss();
    await examine(folder);
    // Far above what is needed, and far below what a list that grows without end takes.
    expect(process.memoryUsage.rss() - before).toBeLessThan(1.5e9);
  });
});
