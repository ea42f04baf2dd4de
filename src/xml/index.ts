export { applyEdits } from './apply.js';
export { parseXml } from './document.js';
export { escapeAttribute, removeAttributeEdit, setAttributeEdit } from './edit-attribute.js';
export { type InsertWhere, insertElementEdit, moveElementEdits, removeElementEdit } from './edit-element.js';
export { type Decoded, fromBytes, toBytes } from './encoding.js';
export { XmlError, type XmlErrorCode } from './error.js';
export { attribute, findElement, findElements } from './query.js';
export type { Position, TextEdit, XmlAttribute, XmlDocument, XmlElement } from './types.js';
