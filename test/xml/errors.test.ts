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
  ['  <?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '1:3', 'white space stands before it'],
  ['\n<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '2:1', '1 blank line stands before it'],
  ['\n\n\n<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '4:1', '3 blank lines stand before it'],
  ['<!-- x -->\n<?xml version="1.0"?><a/>', 'XML_BEFORE_DECLARATION', '2:1', 'something else stands before it'],
  ['<a>\n<?xml version="1.0"?></a>', 'XML_BEFORE_DECLARATION', '2:1', 'very first thing'],
  ['<?xml encoding="utf-8"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'begin with its version'],
  ['<?xml version="1.1"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'must be 1.0'],
  ['<?xml version="1.0" standalone="maybe"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'yes or no'],
  ['<?xml version="1.0" version="1.0"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'at most once'],
  ['<?xml version="1.0" standalone="yes" encoding="utf-8"?><a/>', 'XML_BAD_DECLARATION', '1:1', 'then'],
  ['<?xml version=1.0?><a/>', 'XML_BAD_DECLARATION', '1:1', 'must read like'],
  ['<?xml?><a/>', 'XML_BAD_DECLARATION', '1:1', 'version'],
  ['node: command not found', 'XML_TEXT_BEFORE_ROOT', '1:1', 'the text "node: command not found"'],
  ['<a/>\n1', 'XML_TEXT_AFTER_ROOT', '2:1', 'here stands "1"'],
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
  ['<a b=1/>', 'XML_BAD_ATTRIBUTE', '1:4', 'must stand in quotes'],
  ['<a b="1/>', 'XML_BAD_ATTRIBUTE', '1:4', 'no closing quote'],
  ['<a b="1>\n<c d="2"/></a>', 'XML_BAD_ATTRIBUTE', '1:4', 'no closing quote'],
  ['<a b="x<y"/>', 'XML_BAD_ATTRIBUTE', '1:8', 'write &lt;'],
  ['<a b="1"c="2"/>', 'XML_BAD_ATTRIBUTE', '1:9', 'A space is missing'],
  ['<a b="1" c="2" b="3"/>', 'XML_DUPLICATE_ATTRIBUTE', '1:16', 'stands twice on <a>'],
  ['<a>\n&nbsp;</a>', 'XML_BAD_ENTITY', '2:1', '&nbsp; is not declared'],
  ['<a b="x?y=1&z=2"/>', 'XML_BAD_ENTITY', '1:12', 'write &amp;'],
  ['<a>R & D</a>', 'XML_BAD_ENTITY', '1:6', 'write &amp;'],
  ['<a>&#xZ;</a>', 'XML_BAD_ENTITY', '1:4', 'character reference'],
  ['<a>&#0;</a>', 'XML_BAD_CHARACTER', '1:4', 'does not allow'],
  ['<a>&#xD800;</a>', 'XML_BAD_CHARACTER', '1:4', 'does not allow'],
  ['<a>&#99999999999;</a>', 'XML_BAD_CHARACTER', '1:4', 'does not allow'],
  ['<a>\n\u0001</a>', 'XML_BAD_CHARACTER', '2:1', 'U+0001'],
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
  ['<!DOCTYPE a><a/>', 'XML_DTD', '1:1', 'document type'],
];

describe('what IIS refuses', () => {
  it.each(rows)('%j is %s at %s', (source, code, place, sentence) => {
    const error = refusal(source);
    expect(error.code).toBe(code);
    expect(`${error.position.line}:${error.position.column}`).toBe(place);
    expect(error.message).toContain(sentence);
    expect(error.file).toBe('C:\\site\\web.config');
  });

  it('ends an entity bomb at its first line', () => {
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
