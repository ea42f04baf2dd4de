import { parseXml, type XmlDocument } from '../xml/index.js';

interface Parsed {
  readonly bytes: Uint8Array;
  readonly document: XmlDocument;
}

/** By file; one command reads few. */
const known = new Map<string, Parsed>();
const mostKnown = 16;

/**
 * The document of a configuration file, which many readers ask for: parsed anew only when its bytes are others than before. Throws
 * XmlError.
 */
export function parseConfigOnce(bytes: Uint8Array, file: string): XmlDocument {
  const key = file.toLowerCase();
  const before = known.get(key);
  if (before !== undefined && Buffer.compare(before.bytes, bytes) === 0) return before.document;
  const document = parseXml(bytes, file);
  if (known.size >= mostKnown) known.clear();
  known.set(key, { bytes, document });
  return document;
}
