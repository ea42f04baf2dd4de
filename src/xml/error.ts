import type { Position } from './types.js';

/** Why a text is not valid XML for IIS. Messages may be improved, codes never change. */
export type XmlErrorCode =
  | 'XML_BAD_BYTES'
  | 'XML_WRONG_ENCODING'
  | 'XML_BAD_CHARACTER'
  | 'XML_EMPTY'
  | 'XML_BEFORE_DECLARATION'
  | 'XML_BAD_DECLARATION'
  | 'XML_TEXT_BEFORE_ROOT'
  | 'XML_TEXT_AFTER_ROOT'
  | 'XML_TWO_ROOTS'
  | 'XML_DTD'
  | 'XML_TOO_DEEP'
  | 'XML_BAD_TAG'
  | 'XML_BAD_ATTRIBUTE'
  | 'XML_DUPLICATE_ATTRIBUTE'
  | 'XML_UNDECLARED_PREFIX'
  | 'XML_BAD_ENTITY'
  | 'XML_BAD_COMMENT'
  | 'XML_BAD_INSTRUCTION'
  | 'XML_BAD_CDATA'
  | 'XML_BAD_TEXT'
  | 'XML_MISSING_END_TAG'
  | 'XML_UNEXPECTED_END_TAG'
  | 'XML_LOST_BRACKET';

/** The text is not well-formed: one sentence, and the exact position. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly code: XmlErrorCode;
  readonly position: Position;
  /** Path of the file; '' when the text is not from a file. */
  readonly file: string;

  constructor(code: XmlErrorCode, message: string, position: Position, file: string) {
    super(message);
    this.code = code;
    this.position = position;
    this.file = file;
  }
}

/** Thrown inside the parser, where only the offset is known; never leaves this folder. */
export class Fault extends Error {
  readonly code: XmlErrorCode;
  readonly offset: number;

  constructor(code: XmlErrorCode, message: string, offset: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}
