import { describe, expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../src/xml/index.js';
import { growth, linear } from '../support/growth.js';

const root = (text: string): XmlElement => parseXml(text).root;

describe('a large document', () => {
  it('reads 10 MB', () => {
    const line = '  <add name="abc" path="x/y.js" verb="*" modules="iisnode" />\n';
    const count = Math.ceil(10_000_000 / line.length);
    const doc = parseXml(`<handlers>\n${line.repeat(count)}</handlers>`);
    expect(doc.root.children.length).toBe(count);
    expect(doc.positionAt(doc.root.children.at(-1)?.span.start ?? 0).line).toBe(count + 1);
  });

  const many = (size: number, text: (index: number) => string): string =>
    Array.from({ length: size }, (_, index) => text(index)).join(' ');
  it.each<[string, number, (size: number) => unknown]>([
    ['attributes of one tag', 1_000, (size) => root(`<a ${many(size, (index) => `a${index}="${index}"`)}/>`)],
    ['instructions', 4_000, (size) => root(`<a>${'<?p x?>'.repeat(size)}</a>`)],
    ['ends of no tag', 20_000, (size) => expect(() => root(`<a>${'b> '.repeat(size)}</b></a>`)).toThrow()],
    ['prefixes', 1_000, (size) => root(`<a ${many(size, (index) => `xmlns:p${index}="${index}" p${index}:x=""`)}/>`)],
  ])('reads many %s in linear time', (_, size, work) => {
    expect(growth(work, size)).toBeLessThan(linear);
  });
});
