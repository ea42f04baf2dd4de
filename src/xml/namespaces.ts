import { shorten } from './entities.js';
import { Fault } from './error.js';
import type { Attribute, Element } from './node.js';

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

/** Namespaces in XML 1.0: which prefixes are declared on the open elements. A look-up takes constant time. */
export class Namespaces {
  /** The namespaces of each prefix, the innermost declaration last. */
  readonly #known = new Map<string, string[]>([['xml', [xmlNamespace]]]);
  readonly #declared: { readonly prefix: string; readonly depth: number }[] = [];

  /** Adds the declarations of an element at level `depth` and checks its names. Throws Fault. */
  enter(element: Element, depth: number): void {
    let isPrefixed = false;
    for (const attribute of element.attributes) {
      if (attribute.name.startsWith('xmlns')) this.#declare(attribute, depth);
      else if (attribute.name.includes(':')) isPrefixed = true;
    }
    if (element.name.includes(':')) this.#resolve(element.name, element.start + 1);
    if (isPrefixed) this.#checkAttributes(element);
  }

  /** Removes the declarations deeper than `depth`. */
  leave(depth: number): void {
    for (let last = this.#declared.at(-1); last && last.depth > depth; last = this.#declared.at(-1)) {
      this.#known.get(last.prefix)?.pop();
      this.#declared.pop();
    }
  }

  #declare({ name, value, start }: Attribute, depth: number): void {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) return;
    const prefix = name.slice(6);
    if (name !== 'xmlns') checkColon(name, start);
    const isReserved =
      value === xmlnsNamespace || prefix === 'xmlns' || (prefix === 'xml') !== (value === xmlNamespace);
    if (isReserved) {
      throw fault(`${shorten(name)}="${shorten(value)}" declares a name that is reserved for XML.`, start);
    }
    if (name === 'xmlns') return;
    if (value === '') throw fault(`The namespace of ${shorten(name)} is empty.`, start);
    const values = this.#known.get(prefix);
    if (values) values.push(value);
    else this.#known.set(prefix, [value]);
    this.#declared.push({ prefix, depth });
  }

  #checkAttributes({ name: element, attributes }: Element): void {
    const seen = new Set<string>();
    for (const { name, start } of attributes) {
      if (!name.includes(':') || name.startsWith('xmlns:')) continue;
      const meaning = `{${this.#resolve(name, start)}}${name.slice(name.indexOf(':') + 1)}`;
      if (seen.has(meaning)) {
        throw new Fault(
          'XML_DUPLICATE_ATTRIBUTE',
          `The attribute ${shorten(name)} means the same as another attribute of <${shorten(element)}>: both prefixes have the same namespace.`,
          start,
        );
      }
      seen.add(meaning);
    }
  }

  /** The namespace of a name with a prefix. */
  #resolve(name: string, at: number): string {
    checkColon(name, at);
    const prefix = name.slice(0, name.indexOf(':'));
    if (prefix === 'xmlns') throw fault(`The prefix xmlns: is for declarations, not for <${shorten(name)}>.`, at);
    const namespace = this.#known.get(prefix)?.at(-1);
    if (namespace === undefined) throw fault(`The namespace prefix ${shorten(prefix)}: is not declared.`, at);
    return namespace;
  }
}

function checkColon(name: string, at: number): void {
  const colon = name.indexOf(':');
  if (colon === 0 || colon === name.length - 1 || name.includes(':', colon + 1)) {
    throw fault(`The name ${shorten(name)} has a colon where none is allowed.`, at);
  }
}

function fault(message: string, at: number): Fault {
  return new Fault('XML_UNDECLARED_PREFIX', message, at);
}
