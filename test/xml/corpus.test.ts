import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseXml, XmlError } from '../../src/xml/index.js';

const folder = path.resolve(
  process.env.WEB_CONFIG_CORPUS ?? path.join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus'),
);
const there = existsSync(folder);

describe.runIf(there)(`real web.config files (skipped when there is no folder ${folder})`, () => {
  const index = there ? readFileSync(path.join(folder, 'index.tsv'), 'utf8').split('\n').slice(1) : [];
  const malformed = index
    .filter((line) => line.includes('malformed XML'))
    .map((line) => line.split('\t').at(-1)?.trim());
  const files = there ? readdirSync(folder).filter((file) => file.endsWith('web.config')) : [];

  it.each(files.filter((file) => !malformed.includes(file)))('%s comes back to the byte', (file) => {
    const bytes = readFileSync(path.join(folder, file));
    expect(Buffer.compare(parseXml(bytes, file).toBytes(), bytes)).toBe(0);
  });

  it.each(malformed)('%s is refused with a place', (file) => {
    expect(() => parseXml(readFileSync(path.join(folder, file ?? '')))).toThrow(XmlError);
  });
});

describe.skipIf(there)(`real web.config files: the folder ${folder} is not there, its tests are skipped`, () => {
  it('waits for the folder', () => {});
});
