import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml, XmlError } from '../../src/xml/index.js';
import { all, wellFormed, wellFormedBytes } from './documents.js';

describe('any document', () => {
  it('is read and printed back to the byte', () => {
    fc.assert(
      fc.property(wellFormedBytes, (bytes) => {
        const doc = parseXml(bytes);
        expect(Buffer.compare(doc.toBytes(), bytes)).toBe(0);
        const { text } = doc;
        for (const { span, name, startTag } of all(doc.root)) {
          expect(text.slice(span.start, span.start + 1 + name.length)).toBe(`<${name}`);
          expect(text[startTag.end - 1]).toBe('>');
          expect(text[span.end - 1]).toBe('>');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('knows the line and column of every element and attribute', () => {
    const counted = (text: string, offset: number): { line: number; column: number; offset: number } => {
      const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
      return { line: lines.length, column: (lines.at(-1) ?? '').length + 1, offset };
    };
    fc.assert(
      fc.property(wellFormedBytes, (bytes) => {
        const doc = parseXml(bytes);
        for (const { span, attributes } of all(doc.root)) {
          expect(doc.positionAt(span.start)).toEqual(counted(doc.text, span.start));
          for (const { name, span: own, valueSpan, quote } of attributes) {
            expect(doc.positionAt(own.start)).toEqual(counted(doc.text, own.start));
            expect(doc.text.startsWith(name, own.start)).toBe(true);
            expect([doc.text[valueSpan.start - 1], doc.text[valueSpan.end], own.end]).toEqual([
              quote,
              quote,
              valueSpan.end + 1,
            ]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('mutated or random is read or rejected with an XmlError with a place in it', () => {
    const mutated = fc
      .tuple(
        wellFormed,
        fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.constantFrom('<', '>', '"', "'", '&', '/', '--', '\0', '=')), {
          minLength: 1,
          maxLength: 4,
        }),
      )
      .map(([text, changes]) =>
        changes.reduce((now, [where, cut, put]) => {
          const at = where % (now.length + 1);
          return now.slice(0, at) + put + now.slice(at + cut);
        }, text),
      );
    const pieces = fc
      .array(
        fc.constantFrom(
          '<',
          '</',
          'a',
          '>',
          '/>',
          ' b="',
          '"',
          "'",
          '&',
          ';',
          '<!--',
          '-->',
          '<?',
          '?>',
          ']]>',
          '<![CDATA[',
          '\n',
          '#',
          'x',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(mutated, pieces, fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 60 })),
        (source) => {
          try {
            const doc = parseXml(source);
            if (typeof source !== 'string') expect(Buffer.compare(doc.toBytes(), source)).toBe(0);
          } catch (error) {
            if (!(error instanceof XmlError)) throw error;
            expect(error.position.line).toBeGreaterThan(0);
            expect(error.position.column).toBeGreaterThan(0);
            expect(error.message).toMatch(/\.$/);
          }
        },
      ),
      { numRuns: 1_200 },
    );
  });
});
