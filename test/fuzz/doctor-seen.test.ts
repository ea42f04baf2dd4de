import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DoctorReport, diagnose, reporters } from '../../src/doctor/index.js';
import { families } from '../../src/doctor/seen/known/index.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../support/cli.js';
import { mutated } from './mutations.js';

let base: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder: base, remove } = await temporaryFolder());
});
afterAll(() => remove());

interface Given {
  readonly seen?: readonly string[];
  readonly har?: string;
  readonly logs?: string;
}

/** The report, in every format; undefined for a clear error. Anything else is thrown. */
async function look(given: Given): Promise<DoctorReport | undefined> {
  try {
    const report = await diagnose('.', { cwd: base, isDefault: true, environment: {}, ...given });
    for (const format of Object.values(reporters)) format(report, undefined, base);
    for (const { message, why, help } of report.findings) {
      for (const said of [message, why, help]) expect(said.trim()).not.toBe('');
      // A quote of a megabyte, or one that steers the terminal, helps nobody.
      expect(message.length + why.length).toBeLessThan(20_000);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      expect(`${message}${why}`).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/);
    }
    return report;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).not.toBe('INTERNAL');
    for (const said of [error.what, error.why, error.next]) expect(said.trim()).not.toBe('');
    return undefined;
  }
}

const put = (name: string, text: string | Uint8Array): string => {
  const file = path.join(base, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

const examples = families.flatMap(({ texts }) => texts.flatMap(({ example }) => example ?? []));

const hostile: Readonly<Record<string, string>> = {
  'lone surrogates': '\uD800'.repeat(50_000),
  NULs: `Error\0${'\0'.repeat(50_000)}`,
  'one line without end': 'x'.repeat(3_000_000),
  'digits without end': '5'.repeat(1_000_000),
  'white space without end': `HTTP Error${' '.repeat(1_000_000)}500`,
  'open tags': '<div '.repeat(300_000),
  'escape sequences': '\x1b[31mError\x1b]0;title\x07'.repeat(20_000),
  'lines without end': '\r\n'.repeat(1_000_000),
  'stack frames': `Error: x\n${'    at f (C:\\app\\server.js:1:1)\n'.repeat(50_000)}`,
  addresses: 'http://'.repeat(100_000),
  backslashes: '\\'.repeat(500_000),
};

describe('what the user has seen may be anything', () => {
  it.each(Object.entries(hostile))('%s: as a text, a file and a log', async (_, text) => {
    await look({ seen: [text.slice(0, 100_000)] });
    await look({ seen: [put('seen.txt', text)] });
    put('logs/HOST-1-stderr-1700000000000.txt', text);
    await look({ logs: 'logs' });
  });

  it('each known text, with every word of it repeated without end', async () => {
    for (const example of examples) {
      const words = example.split(/\s+/);
      const inner = words.slice(0, -1).join(' ');
      for (const text of [
        `${inner} `.repeat(3_000),
        `${example}${words[0]} `.repeat(400),
        words.join(' '.repeat(20_000)),
      ]) {
        await look({ seen: [put('seen.txt', text)] });
      }
    }
  });

  it('known texts, damaged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutated(examples), { minLength: 1, maxLength: 5 }), async (texts) => {
        await look({ seen: texts.filter((text) => text !== '') });
        await look({ seen: [put('seen.txt', texts.join('\n'))] });
      }),
      { numRuns: 400 },
    );
  });

  it('bytes of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4_000 }), async (bytes) => {
        await look({ seen: [put('seen.txt', bytes)] });
        await look({ har: put('a.har', bytes) });
        put('logs/HOST-1-stdout-1700000000000.txt', bytes);
        await look({ logs: 'logs' });
      }),
      { numRuns: 100 },
    );
  });
});

describe('a recording of a browser may be anything', () => {
  const har = (entries: string): string => `{"log":{"version":"1.2","entries":[${entries}]}}`;
  const entry = JSON.stringify({
    startedDateTime: '2024-01-01T00:00:00.000Z',
    time: 3,
    request: { method: 'GET', url: 'http://host/app/socket.io/?EIO=4&transport=polling', headers: [] },
    response: {
      status: 404,
      statusText: 'Not Found',
      headers: [],
      content: { size: 1, mimeType: 'text/html', text: 'x' },
    },
    timings: { wait: 1, receive: 1 },
  });

  it.each([
    ['arrays 1,000,000 deep', har('['.repeat(1_000_000))],
    ['objects 200,000 deep', har(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`)],
    ['100,000 requests', har(Array.from({ length: 100_000 }, () => entry).join())],
    ['a body of 20 MB', har(entry.replace('"text":"x"', `"text":"${'x'.repeat(20_000_000)}"`))],
    ['a URL of 5 MB', har(entry.replace('http://host', `http://host/${'a'.repeat(5_000_000)}`))],
    ['lone surrogates and NULs', har(entry.replaceAll('x', '\\ud800\\u0000'))],
    ['numbers that are none', har(entry.replace('404', '1e999').replace('"wait":1', '"wait":-1e308'))],
    ['a date that is none', har(entry.replace('2024-01-01T00:00:00.000Z', '9'.repeat(10_000)))],
    ['keys of Object', har(entry.replaceAll('"headers"', '"__proto__"').replaceAll('"url"', '"constructor"'))],
    ['null in each place', har(entry.replace(/:("[^"]*"|\d+|\[\])/g, ':null'))],
  ])('%s', async (_, text) => {
    await look({ har: put('a.har', text) });
  });

  it('of 110 MB', async () => {
    const file = put('large.har', Buffer.alloc(110_000_000, 0x20));
    await look({ har: file });
    await look({ seen: [put('large.txt', Buffer.alloc(110_000_000, 0x78))] });
    rmSync(file);
  });

  it('damaged', async () => {
    await fc.assert(
      fc.asyncProperty(mutated([har(entry), har(`${entry},${entry}`)]), async (text) => {
        await look({ har: put('a.har', text) });
      }),
      { numRuns: 400 },
    );
  });
});

describe('a folder of logs may be anything', () => {
  it.each<readonly [string, (folder: string) => void]>([
    [
      '2,000 files',
      () => {
        for (let count = 0; count < 2_000; count += 1)
          put(`logs/HOST-${count}-stderr-1700000000${count}.txt`, 'Error: x\n');
      },
    ],
    [
      'a folder in the place of a log',
      () => mkdirSync(path.join(base, 'logs', 'HOST-1-stderr-1700000000000.txt'), { recursive: true }),
    ],
    [
      'names with numbers without end',
      () => put(`logs/HOST-${'9'.repeat(100)}-stderr-${'9'.repeat(100)}.txt`, 'Error: x\n'),
    ],
    ['100 MB', () => put('logs/HOST-1-stderr-1700000000000.txt', Buffer.alloc(100_000_000, 0x78))],
  ])('%s', async (_, fill) => {
    rmSync(path.join(base, 'logs'), { recursive: true, force: true });
    fill(base);
    expect(readdirSync(path.join(base, 'logs')).length).toBeGreaterThan(0);
    await look({ logs: 'logs' });
  });
});
