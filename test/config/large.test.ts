import { expect, it } from 'vitest';
import { validateDocument } from '../../src/config/index.js';
import { parseXml } from '../../src/xml/index.js';
import { cpuTime } from '../rewrite/cpu-time.js';
import { webConfig } from './support.js';

const count = 20_000;
const many = (text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');

it.each([
  [
    'entries that are all removed again',
    webConfig(
      `<staticContent>${many((index) => `<mimeMap fileExtension=".${index}" mimeType="a/b" />`)}${many((index) => `<remove fileExtension=".${index}" />`)}</staticContent>`,
    ),
  ],
  [
    'locations of one section',
    `<configuration>${many((index) => `<location path="p${index}"><system.webServer><handlers /></system.webServer></location>`)}</configuration>`,
  ],
])('twenty thousand %s are read in a time that grows with their number only', (_, text) => {
  const document = parseXml(text);
  const start = cpuTime();
  expect(validateDocument(document)).toEqual([]);
  expect(cpuTime() - start).toBeLessThan(1000);
});

it('an entry may be added and removed again and again', () => {
  const entry = '<mimeMap fileExtension=".x" mimeType="a/b" />';
  const remove = '<remove fileExtension=".X" />';
  const read = (text: string) => validateDocument(parseXml(webConfig(`<staticContent>${text}</staticContent>`)));
  expect(read((entry + remove).repeat(3) + entry)).toEqual([]);
  expect(read(entry + remove + entry + entry)).toMatchObject([{ kind: 'duplicate-entry' }]);
});
