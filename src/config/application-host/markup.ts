import { escapeAttribute } from '../../xml/index.js';

/** A piece of XML to be indented by its place. */
export interface Markup {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Markup[];
}

/** An element; attributes in the order given. */
export const tag = (
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly Markup[] = [],
): Markup => ({ name, attributes, children });

/** Lines of an element, four blanks a level, the way IIS writes its own file. */
export function linesOf(markup: Markup, indent = ''): readonly string[] {
  const attributes = Object.entries(markup.attributes).map(
    ([name, value]) => ` ${name}="${escapeAttribute(value, '"')}"`,
  );
  const head = `${indent}<${markup.name}${attributes.join('')}`;
  if (markup.children.length === 0) return [`${head} />`];
  const inner = markup.children.flatMap((child) => linesOf(child, `${indent}    `));
  return [`${head}>`, ...inner, `${indent}</${markup.name}>`];
}
