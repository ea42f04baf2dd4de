/** A place in a text. Line and column count from 1, offset (UTF-16 units) from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Half-open range of offsets into a document's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface XmlAttribute {
  readonly name: string;
  /** Entities decoded. */
  readonly value: string;
  readonly quote: '"' | "'";
  /** From the name's first character to after the closing quote. */
  readonly span: Span;
  /** Between the quotes. */
  readonly valueSpan: Span;
}

export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  /** Child elements only, in document order. */
  readonly children: readonly XmlElement[];
  readonly parent: XmlElement | undefined;
  /** The whole element. */
  readonly span: Span;
  /** `<name ...>` or `<name ... />`. */
  readonly startTag: Span;
  /** `</name>`; undefined for `<name />`. */
  readonly endTag: Span | undefined;
  /** True when it directly contains text other than white space. */
  readonly hasText: boolean;
}

/** Replace `span` by `text`. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** An immutable, lossless document: `text` is exactly what was read. Edits create a new document. */
export interface XmlDocument {
  /** Path shown in errors and origins; '' when it is not from a file. */
  readonly file: string;
  /** The decoded text without a byte-order mark. */
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly bom: boolean;
  readonly root: XmlElement;
  /** The document's own newline: the first it uses, '\n' when it has none. */
  readonly newline: '\n' | '\r\n' | '\r';
  positionAt(offset: number): Position;
  /** The bytes to write: the same as read, when nothing was edited. */
  toBytes(): Uint8Array;
}
