import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';

/** A node of any kind: acorn's types have none of JSX. */
export interface JsxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** `src="/client.js"` */
interface JsxAttribute extends JsxNode {
  readonly name?: { readonly name?: unknown };
  readonly value?: JsxNode | null;
}

/** `<script src="/client.js">` */
export interface JsxTag extends JsxNode {
  readonly name: { readonly name?: unknown };
  readonly attributes: readonly JsxAttribute[];
  readonly selfClosing: boolean;
}

/** `{title}` */
export interface JsxContainer extends JsxNode {
  readonly expression: AnyNode;
}

const ofKind = <Kind extends JsxNode>({ tree }: ScriptContext, ...kinds: readonly string[]): readonly Kind[] => {
  const nodes: readonly JsxNode[] = tree.nodes;
  return nodes.filter((node): node is Kind => kinds.includes(node.type));
};

/** The elements of a script, those inside others, too. */
export const jsxElements = (context: ScriptContext): readonly JsxNode[] => ofKind(context, 'JSXElement', 'JSXFragment');

/** The start tags of its elements. */
export const jsxTags = (context: ScriptContext): readonly JsxTag[] => ofKind(context, 'JSXOpeningElement');

/** What stands in braces between tags, and as the value of an attribute. */
export const jsxContainers = (context: ScriptContext): readonly JsxContainer[] =>
  ofKind(context, 'JSXExpressionContainer');

/** Is it an element of the page, and not a component? */
export const isOfPage = ({ name }: JsxTag): boolean => typeof name.name === 'string' && /^[a-z]/.test(name.name);

/** The value of an attribute; undefined where the tag does not have it. */
export const jsxAttribute = ({ attributes }: JsxTag, name: string): JsxNode | undefined =>
  attributes.find((each) => each.name?.name === name)?.value ?? undefined;
