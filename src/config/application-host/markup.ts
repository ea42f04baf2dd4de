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

/** Appends the lines of an element to `lines`, indented by four spaces per level as in IIS's own file. */
export function linesOf(markup: Markup, indent = '', lines: string[] = []): string[] {
  const { name, attributes, children } = markup;
  let head = `${indent}<${name}`;
  for (const [key, value] of Object.entries(attributes)) head += ` ${key}="${escapeAttribute(value, '"')}"`;
  if (children.length === 0) {
    lines.push(`${head} />`);
    return lines;
  }
  lines.push(`${head}>`);
  for (const child of children) linesOf(child, `${indent}    `, lines);
  lines.push(`${indent}</${name}>`);
  return lines;
}
