import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { parseXml, XmlError, type XmlErrorCode } from '../../src/xml/index.js';

function refusal(source: string | Uint8Array): XmlError {
  try {
    parseXml(source, 'C:\\site\\web.config');
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
  throw new Error('It was read without an error.');
}

/** Source, code, line:column, part of the sentence. */
type Row = readonly [source: string, code: XmlErrorCode, place: string, sentence: string];

const rows: readonly Row[] = [
  ['', 'XML_EMPTY', '1:1', 'no root element'],
  ['  \n ', 'XML_EMPTY', '2:2', 'no root element'],
  ['<!-- only -->', 'XML_EMPTY', '1:14', 'no root element'],
  ['  <?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '1:3', 'white space is before it'],
  ['\n<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '2:1', '1 blank line is before it'],
  ['\n\n\n<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '4:1', '3 blank lines are before it'],
  ['<!-- x -->\n<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '2:1', 'something else is before it'],
  ['<a>\n<?xml version="1.0"?></a>', 'XML_BEFORE_DECLARATION', '2:1', 'very start of the file'],
  ['<?xml encoding="utf-8"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'begin with its version'],
  ['<?XML version="1.0"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'must read like'],
  ['<a><?Xml x?></a>', 'XML_BAD_INSTRUCTION', '1:4', 'may not be named Xml'],
  ['<!-- <?xml x -->\n<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '2:1', 'very start of the file'],
  ['<?xml version="1.0"encoding="utf-8"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'must read like'],
  ['<?xml version="1.0"><a b="?>"/>', 'XML_BAD_DECLARATION', '1:1', 'must read like'],
  ['<?xml version="1.1"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'must be 1.0'],
  ['<?xml version="1.0" standalone="maybe"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'yes or no'],
  ['<?xml version="1.0" version="1.0"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'at most once'],
  ['<?xml version="1.0" standalone="yes" encoding="utf-8"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'then'],
  ['<?xml version=1.0?><a/>', 'XML_BAD_DECLARATION', '1:1', 'must read like'],
  ['<?xml?><a/>', 'XML_BAD_DECLARATION', '1:1', 'version'],
  ['node: command not found', 'XML_TEXT_BEFORE_ROOT', '1:1', 'the text "node: command not found"'],
  ['\ufeff\ufeff<a/>', 'XML_TEXT_BEFORE_ROOT', '1:1', 'a second byte-order mark'],
  ['\ufeff\ufeff<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '1:2', 'a second byte-order mark is'],
  ['\u00a0<a/>', 'XML_TEXT_BEFORE_ROOT', '1:1', 'the character U+00A0'],
  ['<a/>\ufeff', 'XML_TEXT_AFTER_ROOT', '1:5', 'the character U+FEFF'],
  ['<a\u00a0b="1"/>', 'XML_BAD_TAG', '1:3', 'The character U+00A0'],
  ['<a/>\n1', 'XML_TEXT_AFTER_ROOT', '2:1', 'here is "1"'],
  ['<a></a>&amp;', 'XML_TEXT_AFTER_ROOT', '1:8', 'only comments may follow'],
  ['<a></a><![CDATA[x]]>', 'XML_TEXT_AFTER_ROOT', '1:8', 'only comments may follow'],
  ['<a></a>\n<b/>', 'XML_TWO_ROOTS', '2:1', 'second root element <b>'],
  ['?xml version="1.0"?>\n<a/>', 'XML_LOST_BRACKET', '1:1', 'A < is missing before "?xml version="1.0"?>"'],
  ['configuration>\n</configuration>', 'XML_LOST_BRACKET', '1:1', 'A < is missing before "configuration>"'],
  ['<a>\n  rules>\n  </rules></a>', 'XML_LOST_BRACKET', '2:3', 'A < is missing before "rules"'],
  ['<a>\n  rule name="x">\n  </rule></a>', 'XML_LOST_BRACKET', '2:3', 'A < is missing before "rule"'],
  ['<a>\n  <b>\n  /b>\n</a>', 'XML_LOST_BRACKET', '3:3', 'A < is missing before "/b>"'],
  ['<a>\n  <b>\n</a>', 'XML_MISSING_END_TAG', '2:3', '<b> that starts here has no end tag </b>'],
  ['<a>\n  <b></b>\n', 'XML_MISSING_END_TAG', '1:1', '<a> that starts here has no end tag </a>'],
  ['<a></b></a>', 'XML_UNEXPECTED_END_TAG', '1:4', '</a> is expected here'],
  ['<a></A>', 'XML_UNEXPECTED_END_TAG', '1:4', '</a> is expected here'],
  ['</a>', 'XML_UNEXPECTED_END_TAG', '1:1', 'no element is open'],
  ['<a></a></a>', 'XML_UNEXPECTED_END_TAG', '1:8', 'no element is open'],
  ['<a></ a>', 'XML_BAD_TAG', '1:4', 'A name must follow </'],
  ['<a></a', 'XML_BAD_TAG', '1:4', 'not closed by >'],
  ['<a></a b="1">', 'XML_BAD_TAG', '1:4', 'not closed by >'],
  ['<a', 'XML_BAD_TAG', '1:1', 'not closed by >'],
  ['<a b="1" <c/>', 'XML_BAD_TAG', '1:1', 'not closed by >'],
  ['<a><1/></a>', 'XML_BAD_TAG', '1:4', 'must be followed by a name'],
  ['<a>1 < 2</a>', 'XML_BAD_TAG', '1:6', 'write &lt;'],
  ['<a $/>', 'XML_BAD_TAG', '1:4', 'The character $'],
  ['<a / >', 'XML_BAD_TAG', '1:4', 'The character /'],
  ['<a><!ELEMENT x></a>', 'XML_BAD_TAG', '1:4', 'only a comment'],
  ['<a b/>', 'XML_BAD_ATTRIBUTE', '1:4', 'has no value'],
  ['<a b=1/>', 'XML_BAD_ATTRIBUTE', '1:4', 'must be in quotes'],
  ['<a b="1/>', 'XML_BAD_ATTRIBUTE', '1:4', 'no closing quote'],
  ['<a b="1>\n<c d="2"/></a>', 'XML_BAD_ATTRIBUTE', '1:4', 'no closing quote'],
  ['<a b="x<y"/>', 'XML_BAD_ATTRIBUTE', '1:8', 'write &lt;'],
  ['<a b="1"c="2"/>', 'XML_BAD_ATTRIBUTE', '1:9', 'A space is missing'],
  ['<a b="1" c="2" b="3"/>', 'XML_DUPLICATE_ATTRIBUTE', '1:16', 'appears twice on <a>'],
  ['<a>\n&nbsp;</a>', 'XML_BAD_ENTITY', '2:1', '&nbsp; is not declared'],
  ['<a b="x?y=1&z=2"/>', 'XML_BAD_ENTITY', '1:12', 'write &amp;'],
  ['<a>R & D</a>', 'XML_BAD_ENTITY', '1:6', 'write &amp;'],
  ['<a>&#xZ;</a>', 'XML_BAD_ENTITY', '1:4', 'character reference'],
  ['<a>&#0;</a>', 'XML_BAD_CHARACTER', '1:4', 'does not allow'],
  ['<a>&#xD800;</a>', 'XML_BAD_CHARACTER', '1:4', 'does not allow'],
  ['<a>&#99999999999;</a>', 'XML_BAD_CHARACTER', '1:4', 'does not allow'],
  ['<a>\n\0</a>', 'XML_BAD_CHARACTER', '2:1', 'U+0000'],
  ['<a><!-- \u0001 --></a>', 'XML_BAD_CHARACTER', '1:9', 'U+0001'],
  ['<a b="\ufffe"/>', 'XML_BAD_CHARACTER', '1:7', 'U+FFFE'],
  ['<a>&#X41;</a>', 'XML_BAD_ENTITY', '1:4', 'character reference'],
  ['<a>&LT;</a>', 'XML_BAD_ENTITY', '1:4', '&LT; is not declared'],
  ['<a b="&lt"/>', 'XML_BAD_ENTITY', '1:7', 'write &amp;'],
  ['<a b="&#xFFFE;"/>', 'XML_BAD_CHARACTER', '1:7', 'does not allow'],
  ['<a>\n\u0001</a>', 'XML_BAD_CHARACTER', '2:1', 'U+0001'],
  ['<a>\n&nbsp;\n\u0001</a>', 'XML_BAD_ENTITY', '2:1', '&nbsp;'],
  ['<a b="1" b="2">\u0001</a>', 'XML_DUPLICATE_ATTRIBUTE', '1:10', 'twice'],
  ['<a><b></a>\u0001', 'XML_MISSING_END_TAG', '1:4', '<b>'],
  ['<a>\u0001<b></a>', 'XML_BAD_CHARACTER', '1:4', 'U+0001'],
  ['<a>\uffff</a>', 'XML_BAD_CHARACTER', '1:4', 'U+FFFF'],
  ['<a>\ud800</a>', 'XML_BAD_CHARACTER', '1:4', 'U+D800'],
  ['<a><!-- a -- b --></a>', 'XML_BAD_COMMENT', '1:11', 'Two hyphens'],
  ['<a><!-- a ---></a>', 'XML_BAD_COMMENT', '1:11', 'Two hyphens'],
  ['<a><!-- a </a>', 'XML_BAD_COMMENT', '1:4', 'not closed by -->'],
  ['<a><![CDATA[ </a>', 'XML_BAD_CDATA', '1:4', 'not closed by ]]>'],
  ['<a>]]></a>', 'XML_BAD_TEXT', '1:4', ']]&gt;'],
  ['<a><?p </a>', 'XML_BAD_INSTRUCTION', '1:4', 'not closed'],
  ['<a><? p?></a>', 'XML_BAD_INSTRUCTION', '1:4', 'processing instruction'],
  ['<a b:c="1"/>', 'XML_UNDECLARED_PREFIX', '1:4', 'b: is not declared'],
  ['<a><b xmlns:c="u"/><c:d/></a>', 'XML_UNDECLARED_PREFIX', '1:21', 'c: is not declared'],
  ['<a :b="1"/>', 'XML_UNDECLARED_PREFIX', '1:4', 'colon'],
  ['<a xmlns:b="u"><b: /></a>', 'XML_UNDECLARED_PREFIX', '1:17', 'colon'],
  ['<a xmlns:b=""/>', 'XML_UNDECLARED_PREFIX', '1:4', 'is empty'],
  ['<xmlns:a/>', 'XML_UNDECLARED_PREFIX', '1:2', 'xmlns: is for declarations'],
  ['<a xmlns:xmlns="u"/>', 'XML_UNDECLARED_PREFIX', '1:4', 'is reserved for XML'],
  ['<a xmlns:xml="u"/>', 'XML_UNDECLARED_PREFIX', '1:4', 'is reserved for XML'],
  ['<a xmlns:b="http://www.w3.org/XML/1998/namespace"/>', 'XML_UNDECLARED_PREFIX', '1:4', 'is reserved for XML'],
  ['<a xmlns="http://www.w3.org/2000/xmlns/"/>', 'XML_UNDECLARED_PREFIX', '1:4', 'is reserved for XML'],
  [
    '<a xmlns:b="u" xmlns:c="u" b:d="1" c:d="2"/>',
    'XML_DUPLICATE_ATTRIBUTE',
    '1:36',
    'c:d means the same as another attribute of <a>',
  ],
  ['<!DOCTYPE a><a/>', 'XML_DTD', '1:1', 'document type'],
];

describe('what IIS rejects', () => {
  it.each(rows)('%j is %s at %s', (source, code, place, sentence) => {
    const error = refusal(source);
    expect(error.code).toBe(code);
    expect(`${error.position.line}:${error.position.column}`).toBe(place);
    expect(error.message).toContain(sentence);
    expect(error.file).toBe('C:\\site\\web.config');
  });

  it.each([
    ['<a>\r\n\t&x;</a>', 2, 2],
    ['<a>\r\r\n\n\r&x;</a>', 5, 1],
    ['\t\t<a>\t&x;</a>', 1, 7],
    // Columns count UTF-16 units, as editors and SARIF do.
    ['<a>\u{1F600}é&x;</a>', 1, 7],
    ['\ufeff<a>&x;</a>', 1, 4],
    ['<a>\u2028\u0085&x;</a>', 1, 6],
  ])('the place in %j is line %i, column %i', (source, line, column) => {
    for (const each of [source, Buffer.from(source), Buffer.from(`\ufeff${source.replace('\ufeff', '')}`, 'utf16le')]) {
      expect(refusal(each).position).toMatchObject({ line, column });
    }
  });

  it('is more than fast-xml-parser rejects, so fast-xml-parser is not needed for it', () => {
    const lenient = new XMLParser({ ignoreAttributes: false, preserveOrder: true });
    const taken = rows.filter(([source]) => {
      try {
        lenient.parse(source);
        return true;
      } catch {
        return false;
      }
    });
    expect(taken.map(([, code]) => code)).toEqual(
      expect.arrayContaining(['XML_TWO_ROOTS', 'XML_DUPLICATE_ATTRIBUTE', 'XML_BAD_ENTITY', 'XML_BAD_CHARACTER']),
    );
  });

  it('rejects an entity bomb at its first line', () => {
    const entities = Array.from({ length: 30 }, (_, i) => `<!ENTITY e${i + 1} "&e${i};&e${i};&e${i};">`).join('');
    const error = refusal(`<!DOCTYPE a [<!ENTITY e0 "boom">${entities}]><a>&e30;</a>`);
    expect(error.code).toBe('XML_DTD');
  });

  it('never repeats a long input in its sentence', () => {
    expect(refusal(`<a>&${'x'.repeat(10_000)};</a>`).message.length).toBeLessThan(300);
    expect(refusal('x'.repeat(10_000)).message.length).toBeLessThan(300);
    expect(refusal(`<a><${'b'.repeat(10_000)}></a>`).message.length).toBeLessThan(300);
  });
});
