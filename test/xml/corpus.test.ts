import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml, XmlError } from '../../src/xml/index.js';
import { choice, expectSound } from './edit-model.js';

const test = path.join(import.meta.dirname, '..');
/** Real files, if a copy of them is beside the repository. */
const field = path.resolve(process.env.WEB_CONFIG_CORPUS ?? path.join(test, '..', '..', 'shared', 'corpus'));

const configsIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /web\.config$/i.test(file))
    .map((file) => path.join(folder, file));

const own = configsIn(path.join(test, 'fixtures'));
const real = existsSync(field) ? configsIn(field) : [];
const index = real.length > 0 ? readFileSync(path.join(field, 'index.tsv'), 'utf8').split('\n').slice(1) : [];
const malformed = new Set([
  ...own.filter((file) => /[\\/]xml-(?:ampersand|not-closed|space-before-declaration)[\\/]/.test(file)),
  ...index
    .filter((line) => line.includes('malformed XML'))
    .map((line) => path.join(field, line.split('\t').at(-1)?.trim() ?? '')),
]);
const files = [...own, ...real].map((file) => ({ name: path.relative(test, file), file }));

describe('web.config files of the fixtures, and real ones if they are available', () => {
  it.each(files.filter(({ file }) => !malformed.has(file)))('$name is printed byte for byte', ({ file }) => {
    const bytes = readFileSync(file);
    expect(Buffer.compare(parseXml(bytes, file).toBytes(), bytes)).toBe(0);
  });

  it.each(files.filter(({ file }) => malformed.has(file)))('$name is rejected with a place', ({ file }) => {
    expect(() => parseXml(readFileSync(file), file)).toThrow(XmlError);
  });

  it('are the same bytes after any edits and their inverses', () => {
    const wellFormed = files.filter(({ file }) => !malformed.has(file)).map(({ file }) => file);
    fc.assert(
      fc.property(fc.constantFrom(...wellFormed), fc.array(choice, { minLength: 1, maxLength: 4 }), (file, choices) =>
        expectSound(readFileSync(file), choices),
      ),
      { numRuns: 300 },
    );
  });
});
