import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../src/xml/index.js';

/** An element as plain data: [name, { attribute: value }, children]. */
type Plain = readonly [string, Readonly<Record<string, string>>, readonly Plain[]];

const ours = ({ name, attributes, children }: XmlElement): Plain => [
  name,
  Object.fromEntries(attributes.map((attribute) => [attribute.name, attribute.value])),
  children.map(ours),
];

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
});

function theirs(nodes: readonly Readonly<Record<string, unknown>>[]): readonly Plain[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    const attributes = (node[':@'] ?? {}) as Record<string, string>;
    return [[name, attributes, theirs(node[name] as Readonly<Record<string, unknown>>[])] satisfies Plain];
  });
}

const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.config$/i.test(file))
  .map((file) => readFileSync(path.join(fixtures, file)))
  .filter((bytes) => {
    try {
      parseXml(bytes);
      // It reads neither UTF-16 nor character references.
      return bytes[0] !== 0xff && bytes[0] !== 0xfe && !bytes.includes('&#');
    } catch {
      return false;
    }
  })
  // It reads an apostrophe in a processing instruction as an opening quote.
  .map((bytes) => bytes.toString('utf8').replace(/^\ufeff|<\?(?!xml )[\s\S]*?\?>/g, ''));

it('reads the same elements, attributes and values as fast-xml-parser does', () => {
  expect(files.length).toBeGreaterThan(20);
  for (const text of files) {
    expect([ours(parseXml(text).root)], text).toEqual(theirs(parser.parse(text) as Record<string, unknown>[]));
  }
});
