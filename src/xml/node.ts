import type { Span, XmlAttribute, XmlElement } from './types.js';

const noChildren: readonly Element[] = [];

/** Offsets are kept as numbers and converted to spans when read: a large file has many, and few are used. */
export class Element implements XmlElement {
  children: readonly Element[] = noChildren;
  hasText = false;
  /** Offset of `</name>`; -1 for `<name />`, and while the element is open. */
  endTagStart = -1;
  end: number;

  constructor(
    readonly name: string,
    readonly attributes: readonly Attribute[],
    readonly parent: Element | undefined,
    readonly start: number,
    readonly startTagEnd: number,
  ) {
    this.end = startTagEnd;
  }

  add(child: Element): void {
    if (this.children === noChildren) this.children = [child];
    else (this.children as Element[]).push(child);
  }

  get span(): Span {
    return { start: this.start, end: this.end };
  }

  get startTag(): Span {
    return { start: this.start, end: this.startTagEnd };
  }

  get endTag(): Span | undefined {
    return this.endTagStart < 0 ? undefined : { start: this.endTagStart, end: this.end };
  }
}

export class Attribute implements XmlAttribute {
  /** `valueStart` is after the opening quote, `valueEnd` at the closing one. */
  constructor(
    readonly name: string,
    readonly value: string,
    readonly quote: '"' | "'",
    readonly start: number,
    readonly valueStart: number,
    readonly valueEnd: number,
  ) {}

  get span(): Span {
    return { start: this.start, end: this.valueEnd + 1 };
  }

  get valueSpan(): Span {
    return { start: this.valueStart, end: this.valueEnd };
  }
}
