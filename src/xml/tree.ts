import { XMLParser } from 'fast-xml-parser';
import type { Scan, ScannedAttribute, ScannedElement } from './scanner.js';
import type { Span, XmlAttribute, XmlElement } from './types.js';

/**
 * fast-xml-parser reads the nesting; names, values and places come from the strict scan, which runs first and refuses what
 * this library tolerates. Names get a prefix, because some (`constructor`) are not allowed as keys there.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  processEntities: false,
  maxNestedTags: 1_000,
  jPath: false,
  // It is called twice for an empty element.
  transformTagName: (name) => (name.startsWith('<') ? name : `<${name}`),
});

/** One node of fast-xml-parser's ordered tree: `{ '<name': children }` or `{ '#text': '...' }`. */
type Node = Readonly<Record<string, unknown>>;

/** The element tree of a text that `scan` has accepted. */
export function buildTree(text: string, { elements, instructions }: Scan): XmlElement {
  const nodes: unknown = parser.parse(withoutInstructions(text, instructions));
  const reader = { elements, at: 0 };
  const [root] = readChildren(nodes, undefined, reader);
  if (!root || reader.at !== elements.length) throw new Error('The two readings of the XML text do not agree.');
  return root;
}

/** fast-xml-parser takes an apostrophe in an instruction for an opening quote: it does not get to see any. */
function withoutInstructions(text: string, instructions: Scan['instructions']): string {
  if (instructions.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const [start, end] of instructions) {
    parts.push(text.slice(at, start));
    at = end;
  }
  return parts.join('') + text.slice(at);
}

function readChildren(
  nodes: unknown,
  parent: Element | undefined,
  reader: { readonly elements: readonly ScannedElement[]; at: number },
): readonly Element[] {
  if (!Array.isArray(nodes) || nodes.length === 0) return none;
  const children: Element[] = [];
  for (const node of nodes as readonly Node[]) {
    for (const key in node) {
      if (key === '#text') continue;
      const scanned = reader.elements[reader.at++];
      if (!scanned || key !== `<${scanned.name}`) throw new Error('The two readings of the XML text do not agree.');
      const element = new Element(scanned, parent);
      element.children = readChildren(node[key], element, reader);
      children.push(element);
    }
  }
  return children;
}

const none: readonly Element[] = [];

/** Offsets are kept as numbers and made into spans when asked: a large file has many and few are looked at. */
class Element implements XmlElement {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  children: readonly Element[] = none;
  readonly parent: XmlElement | undefined;
  readonly #scanned: ScannedElement;

  constructor(scanned: ScannedElement, parent: XmlElement | undefined) {
    this.name = scanned.name;
    this.attributes = scanned.attributes.map((attribute) => new Attribute(attribute));
    this.parent = parent;
    this.#scanned = scanned;
  }

  get span(): Span {
    return { start: this.#scanned.start, end: this.#scanned.end };
  }

  get startTag(): Span {
    return { start: this.#scanned.start, end: this.#scanned.startTagEnd };
  }

  get endTag(): Span | undefined {
    const { endTagStart, end } = this.#scanned;
    return endTagStart < 0 ? undefined : { start: endTagStart, end };
  }

  get hasText(): boolean {
    return this.#scanned.hasText;
  }
}

class Attribute implements XmlAttribute {
  readonly name: string;
  readonly value: string;
  readonly quote: '"' | "'";
  readonly #scanned: ScannedAttribute;

  constructor(scanned: ScannedAttribute) {
    this.name = scanned.name;
    this.value = scanned.value;
    this.quote = scanned.quote;
    this.#scanned = scanned;
  }

  get span(): Span {
    return { start: this.#scanned.start, end: this.#scanned.valueEnd + 1 };
  }

  get valueSpan(): Span {
    return { start: this.#scanned.valueStart, end: this.#scanned.valueEnd };
  }
}
