import { defineRule } from './define-rule.js';

/** White space in front of the declaration: the one case with a single right answer. */
function leadingSpace(bytes: Uint8Array): number | undefined {
  // UTF-8 only; offsets in UTF-16 bytes would be others.
  if (bytes[0] === 0xff || bytes[0] === 0xfe) return undefined;
  const text = new TextDecoder().decode(bytes);
  const found = /^\s+(?=<\?xml\s)/.exec(text);
  return found?.[0].length;
}

/** web.config is not XML. */
export const malformedXml = defineRule<{ readonly spaces: number | undefined }>({
  code: 'MALFORMED_XML',
  severity: 'error',
  title: 'web.config is not well-formed XML',
  why: 'IIS answers every URL below the folder, static files included, with 500.19: "Configuration file is not well-formed XML".',
  help: `IIS reads web.config as strict XML: one root element, every start tag with its end tag, attribute values in quotes,
nothing before <?xml ..?> and nothing after </configuration>. In attribute values write &amp; for &, &lt; for < and &quot; for a
quote. A byte-order mark is fine. --fix removes white space in front of the declaration; everything else is for you to decide.`,
  check({ webConfig }) {
    const { error, bytes, errorPlace } = webConfig;
    if (!error || !bytes) return [];
    const spaces = error.code === 'XML_BEFORE_DECLARATION' ? leadingSpace(bytes) : undefined;
    return [
      {
        message: error.message,
        ...(spaces !== undefined && { fix: 'Remove what stands before <?xml.' }),
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
