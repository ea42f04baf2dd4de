import { describe, expect, it } from 'vitest';
import { applyEdits, insertElementEdit, parseXml, setAttributeEdit, XmlError } from '../../src/xml/index.js';

const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from([...part]))));
const utf16le = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();

const text = (encoding: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?>\r\n<a x="é\u{1F600}">\r\n\t<b/>\n</a>`;

const good: readonly (readonly [string, Uint8Array, string, boolean])[] = [
  ['UTF-8', bytes(text('utf-8')), 'utf-8', false],
  ['UTF-8 with a byte-order mark', bytes([0xef, 0xbb, 0xbf], text('UTF-8')), 'utf-8', true],
  ['UTF-16 LE with a byte-order mark', utf16le(`\ufeff${text('utf-16')}`), 'utf-16le', true],
  ['UTF-16 LE without one', utf16le(text('UTF-16')), 'utf-16le', false],
  ['UTF-16 BE with a byte-order mark', utf16be(`\ufeff${text('utf-16')}`), 'utf-16be', true],
  ['UTF-16 BE without one', utf16be(text('utf-16')), 'utf-16be', false],
  ['no declaration', bytes('<a x="é\u{1F600}"/>'), 'utf-8', false],
];

describe('encodings', () => {
  it.each(good)('%s is printed byte for byte', (_, source, encoding, bom) => {
    const doc = parseXml(source);
    expect([doc.encoding, doc.bom]).toEqual([encoding, bom]);
    expect(doc.root.attributes[0]?.value).toBe('é\u{1F600}');
    expect(Buffer.compare(doc.toBytes(), source)).toBe(0);
  });

  it.each(good)('%s keeps its encoding after an edit', (_, source, encoding, bom) => {
    const doc = parseXml(source);
    const edited = parseXml(applyEdits(doc, setAttributeEdit(doc, doc.root, 'y', 'ü')).toBytes());
    expect([edited.encoding, edited.bom]).toEqual([encoding, bom]);
    expect(edited.root.attributes[1]?.value).toBe('ü');
  });

  it('accepts a string with a byte-order mark, and one that declares UTF-16', () => {
    expect(parseXml('\ufeff<a/>').toBytes()).toEqual(new Uint8Array([0xef, 0xbb, 0xbf, 0x3c, 0x61, 0x2f, 0x3e]));
    const doc = parseXml(text('utf-16'));
    expect(parseXml(doc.toBytes()).text).toBe(doc.text);
  });

  it('accepts an ASCII file that declares a code page in which ASCII is the same', () => {
    expect(parseXml(bytes('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')).encoding).toBe('utf-8');
  });

  it.each(['ISO-8859-1', 'windows-1252', 'us-ascii'])(
    'keeps a file that declares %s readable when it is edited',
    (name) => {
      for (const source of [
        `<?xml version="1.0" encoding="${name}"?><a/>`,
        Buffer.from(`<?xml version="1.0" encoding="${name}"?><a/>`),
      ]) {
        const doc = parseXml(source);
        const set = applyEdits(doc, setAttributeEdit(doc, doc.root, 'y', 'ü\u{1F600}'));
        expect(parseXml(set.toBytes()).root.attributes[0]?.value).toBe('ü\u{1F600}');
        expect(set.text).toContain('y="&#252;&#128512;"');
        const inserted = applyEdits(
          set,
          insertElementEdit(set, set.root, '<!-- é --><b c="ü" d="&#233;" />', { at: 'last' }),
        );
        expect(parseXml(inserted.toBytes()).root.children[0]?.attributes.map(({ value }) => value)).toEqual(['ü', 'é']);
      }
    },
  );

  it('rejects an edit, and a string, whose bytes would not have the declared encoding', () => {
    const declared = '<?xml version="1.0" encoding="windows-1252"?>';
    const doc = parseXml(`${declared}<a/>`);
    const at = doc.root.span.start;
    expect(() => applyEdits(doc, [{ span: { start: at, end: at }, text: '<!-- é -->' }])).toThrow('windows-1252');
    expect(() => parseXml(`${declared}<a b="é"/>`)).toThrow('windows-1252');
    expect(() => parseXml(text('klingon'))).toThrow('klingon');
  });

  const bad: readonly (readonly [string, Uint8Array, string, string, string])[] = [
    ['UTF-8 that declares UTF-16', bytes(text('utf-16')), 'XML_WRONG_ENCODING', '1:21', 'says encoding="utf-16"'],
    ['UTF-16 that declares UTF-8', utf16le(`\ufeff${text('utf-8')}`), 'XML_WRONG_ENCODING', '1:21', 'UTF-16LE'],
    ['an unknown encoding', bytes(text('klingon')), 'XML_WRONG_ENCODING', '1:21', 'klingon'],
    ['a broken byte', bytes('<a>\n  é', [0xe9], '</a>'), 'XML_BAD_BYTES', '2:4', 'not valid UTF-8'],
    ['a broken byte behind a written U+FFFD', bytes('<a>\ufffd', [0x80], '</a>'), 'XML_BAD_BYTES', '1:5', 'UTF-8'],
    [
      'a declared code page with letters of its own',
      bytes('<?xml version="1.0" encoding="windows-1252"?><a x="', [0xe9], '"/>'),
      'XML_BAD_BYTES',
      '1:52',
      'save it as UTF-8',
    ],
    ['half a UTF-16 character', utf16le('<a/>').subarray(0, 7), 'XML_BAD_BYTES', '1:4', 'half'],
    ['a file with two byte-order marks', bytes('\ufeff\ufeff<a/>'), 'XML_TEXT_BEFORE_ROOT', '1:1', 'second byte-order'],
    [
      'a UTF-8 mark before a declared code page',
      bytes('\ufeff<?xml version="1.0" encoding="windows-1252"?><a/>'),
      'XML_WRONG_ENCODING',
      '1:21',
      'UTF-8',
    ],
    [
      'UTF-16 LE that declares UTF-16 BE',
      utf16le(`\ufeff${text('utf-16be')}`),
      'XML_WRONG_ENCODING',
      '1:21',
      'UTF-16LE',
    ],
    ['a lone surrogate in UTF-16', utf16le('\ufeff<a b="\u{1F600}\n\ud800"/>'), 'XML_BAD_CHARACTER', '2:1', 'U+D800'],
    ['a surrogate pair in UTF-8', bytes('<a>', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), 'XML_BAD_BYTES', '1:4', 'UTF-8'],
    ['a character beyond Unicode', bytes('<a>', [0xf4, 0x90, 0x80, 0x80]), 'XML_BAD_BYTES', '1:4', 'UTF-8'],
    ['a file cut off in a character', bytes('<a>', [0xe2, 0x82]), 'XML_BAD_BYTES', '1:4', 'UTF-8'],
    ['UTF-16 without a mark that starts with a blank', utf16le(' <a/>'), 'XML_BAD_CHARACTER', '1:2', 'saved as UTF-16'],
    ['UTF-32 without a mark', bytes([0x3c, 0, 0, 0, 0x61, 0, 0, 0]), 'XML_WRONG_ENCODING', '1:1', 'UTF-32'],
    ['UTF-32', bytes([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]), 'XML_WRONG_ENCODING', '1:1', 'UTF-32'],
    ['an overlong UTF-8 sequence', bytes('<a>', [0xc0, 0xbc], '</a>'), 'XML_BAD_BYTES', '1:4', 'UTF-8'],
  ];

  it.each(bad)('%s is rejected', (_, source, code, place, sentence) => {
    try {
      parseXml(source);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      expect([error.code, `${error.position.line}:${error.position.column}`]).toEqual([code, place]);
      expect(error.message).toContain(sentence);
    }
  });
});
