import { sectionSchemas } from '../../config/index.js';
import {
  applyEdits,
  attribute,
  escapeAttribute,
  type InsertWhere,
  insertElementEdit,
  moveElementEdits,
  parseXml,
  removeAttributeEdit,
  removeElementEdit,
  setAttributeEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
  XmlError,
} from '../../xml/index.js';
import { configurationError } from './refusal.js';

/** Child indexes from the root: stays valid while attributes change and elements are added after it. */
export type Address = readonly number[];

/** After the previous child, so that a comment above the next one stays with that one. */
function placeFor(parent: XmlElement, index: number | undefined): InsertWhere {
  const previous = index === undefined ? undefined : parent.children[index - 1];
  if (previous !== undefined) return { after: previous };
  const first = parent.children[0];
  return index === 0 && first !== undefined ? { before: first } : { at: 'last' };
}

/** A cache of the last document: a deployment reads the same text many times, and documents never change. */
let parsed: XmlDocument | undefined;

/** applicationHost.config during one command. Each change is a minimal edit: comments and layout stay. */
export class HostFile {
  readonly file: string;
  #document: XmlDocument;

  /** @throws Refusal exit 13 when the text is not well-formed. */
  constructor(text: string, file: string) {
    this.file = file;
    try {
      this.#document = parsed?.text === text && parsed.file === file ? parsed : parseXml(text, file);
      parsed = this.#document;
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      throw configurationError(file, error.position.line, 'Configuration file is not well-formed XML');
    }
  }

  get document(): XmlDocument {
    return this.#document;
  }

  get root(): XmlElement {
    return this.#document.root;
  }

  /** The element at an address from this file. */
  at(address: Address): XmlElement {
    let element = this.root;
    for (const index of address) {
      const child = element.children[index];
      if (child === undefined) throw new Error(`No element at ${address.join('/')} in ${this.file}`);
      element = child;
    }
    return element;
  }

  addressOf(element: XmlElement): Address {
    const address: number[] = [];
    for (let at = element; at.parent !== undefined; at = at.parent) address.unshift(at.parent.children.indexOf(at));
    return address;
  }

  setAttribute(address: Address, name: string, value: string): void {
    const element = this.at(address);
    // The same value makes no edit, so even the spelling of an entity is kept.
    if (attribute(element, name) === value) return;
    this.#apply([setAttributeEdit(this.#document, element, name, value)].flat());
  }

  removeAttribute(address: Address, name: string): void {
    const element = this.at(address);
    if (attribute(element, name) === undefined) return;
    this.#apply([removeAttributeEdit(this.#document, element, name)].flat());
  }

  /** Adds an empty element with these attributes; returns its address. */
  insert(parent: Address, name: string, attributes: readonly (readonly [string, string])[], index?: number): Address {
    const element = this.at(parent);
    const where = placeFor(element, index);
    const written = attributes.map(([key, value]) => ` ${key}="${escapeAttribute(value, '"')}"`).join('');
    this.#apply([insertElementEdit(this.#document, element, `<${name}${written} />`, where)].flat());
    return [...parent, Math.min(index ?? element.children.length, element.children.length)];
  }

  /** Removes an element; a parent that is left with white space only is written as `<parent />` again. */
  remove(address: Address): void {
    this.#apply([removeElementEdit(this.#document, this.at(address))].flat());
    this.#closeEmpty(address.slice(0, -1));
  }

  /** Moves an element with its content; returns its new address. */
  move(address: Address, parent: Address, index?: number): void {
    const target = this.at(parent);
    this.#apply(moveElementEdits(this.#document, this.at(address), target, placeFor(target, index)));
  }

  /** The element at a path of names below `from`, created where it is missing. */
  ensure(path: readonly string[], from: Address = []): Address {
    let address = from;
    for (const name of path) {
      const index = this.at(address).children.findIndex((child) => child.name === name);
      address = index < 0 ? this.insert(address, name, []) : [...address, index];
    }
    return address;
  }

  #closeEmpty(address: Address): void {
    const element = this.at(address);
    if (element.endTag === undefined || element.children.length > 0 || address.length === 0) return;
    const inner = this.#document.text.slice(element.startTag.end, element.endTag.start);
    if (inner.trim() !== '') return;
    const tag = this.#document.text.slice(element.startTag.start, element.startTag.end - 1).trimEnd();
    this.#apply([{ span: element.span, text: `${tag} />` }]);
  }

  #apply(edits: readonly TextEdit[]): void {
    this.#document = applyEdits(this.#document, edits);
    parsed = this.#document; // it is written now, and read next
  }
}

/** The schema of an element of a section; throws when it is not a section of IIS. */
export function sectionElement(path: string) {
  const schema = sectionSchemas.find((section) => section.path.toLowerCase() === path.toLowerCase());
  return schema?.element;
}
