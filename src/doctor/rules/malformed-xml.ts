import { iisnodeSock } from '../../typed-command.js';
import type { XmlErrorCode } from '../../xml/index.js';
import { defineRule } from './define-rule.js';

/** White space in front of the declaration: the only case with an obvious fix. */
function leadingSpace(bytes: Uint8Array): number | undefined {
  // UTF-8 only: offsets in UTF-16 bytes are different.
  if (bytes[0] === 0xff || bytes[0] === 0xfe) return undefined;
  const text = new TextDecoder().decode(bytes);
  const found = /^\s+(?=<\?xml\s)/.exec(text);
  return found?.[0].length;
}

/** What to do at the place where the parser stopped. */
const advice: Readonly<Record<XmlErrorCode, string>> = {
  XML_BAD_BYTES: 'Save the file as UTF-8.',
  XML_WRONG_ENCODING: 'Save the file in the encoding that its first line names, preferably UTF-8.',
  XML_BAD_CHARACTER: 'Remove this character.',
  XML_EMPTY: `Put <configuration></configuration> into it, or remove it and let \`${iisnodeSock} init\` write a new one.`,
  XML_BEFORE_DECLARATION: 'Remove everything before <?xml.',
  XML_BAD_DECLARATION: 'Write <?xml version="1.0" encoding="utf-8"?> as the first line.',
  XML_TEXT_BEFORE_ROOT: 'Remove this text, or put it into a comment <!-- .. -->.',
  XML_TEXT_AFTER_ROOT: 'Remove this text, or put it into a comment <!-- .. -->.',
  XML_TWO_ROOTS: 'Move its content into the first <configuration>, and remove the empty element.',
  XML_DTD: 'Remove the <!DOCTYPE ..>.',
  XML_TOO_DEEP: 'Close the elements around it: no valid web.config nests so deep.',
  XML_BAD_TAG: 'Write it as <name attribute="value">, or write &lt; if it is not a tag.',
  XML_BAD_ATTRIBUTE: 'Write it as name="value", with a space before it and &lt; for < in the value.',
  XML_DUPLICATE_ATTRIBUTE: 'Remove one of the two attributes.',
  XML_UNDECLARED_PREFIX: 'Remove the prefix, or declare it with xmlns:prefix="..".',
  XML_BAD_ENTITY: 'Write &amp; for &.',
  XML_BAD_COMMENT: 'End the comment with -->, and do not use -- inside it.',
  XML_BAD_INSTRUCTION: 'End it with ?>, or remove it.',
  XML_BAD_CDATA: 'End it with ]]>, or remove it.',
  XML_BAD_TEXT: 'Write ]]&gt; for ]]>.',
  XML_MISSING_END_TAG: 'Put its end tag where the element should end, or end its start tag with />.',
  XML_UNEXPECTED_END_TAG: 'Remove this end tag, or put its start tag where the element begins.',
  XML_LOST_BRACKET: 'Put the missing < there.',
};

/** web.config is not XML. */
export const malformedXml = defineRule<{ readonly spaces: number | undefined }>({
  code: 'MALFORMED_XML',
  severity: 'error',
  explains: ['CONFIG_REFUSED'],
  title: 'web.config is not well-formed XML',
  why: 'IIS answers every URL below the folder, static files included, with 500.19: "Configuration file is not well-formed XML".',
  help: `IIS reads web.config as strict XML: one root element, every start tag with its end tag, attribute values in quotes,
nothing before <?xml ..?> and nothing after </configuration>. In attribute values write &amp; for &, &lt; for < and &quot; for a
quote. A byte-order mark is fine. --fix removes white space in front of the declaration; correct everything else by hand.`,
  check({ webConfig }) {
    const { error, bytes, errorPlace } = webConfig;
    if (!error || !bytes) return [];
    const spaces = error.code === 'XML_BEFORE_DECLARATION' ? leadingSpace(bytes) : undefined;
    return [
      {
        message: error.message,
        fix: advice[error.code],
        ...(errorPlace && { at: errorPlace }),
        data: { spaces },
      },
    ];
  },
  fix({ webConfig }, { data }) {
    if (!data?.spaces) return [];
    return [{ file: webConfig.file, edits: [{ span: { start: 0, end: data.spaces }, text: '' }] }];
  },
});
