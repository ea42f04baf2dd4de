import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { follow, readValue } from './values.js';

/** A path that express compiles, of an app or a router. */
export interface RoutePath {
  readonly text: string;
  readonly at: Place;
  /** The literal in the file; undefined where the path is not written here. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'use', 'route']);

function isRouter(context: ScriptContext, node: AnyNode): boolean {
  const made = follow(node, context.bindings);
  if (made.type !== 'CallExpression' && made.type !== 'NewExpression') return false;
  return /^express(#Router)?$/.test(context.moduleOf(made.callee) ?? '');
}

function pathOf(context: ScriptContext, given: AnyNode): readonly RoutePath[] {
  const meant = follow(given, context.bindings);
  if (meant.type === 'ArrayExpression') return meant.elements.flatMap((each) => (each ? pathOf(context, each) : []));
  const value = readValue(given, context.bindings);
  if (value.kind !== 'literal' || typeof value.value !== 'string') return [];
  const { offset } = context.script;
  const span = given.type === 'Literal' ? { start: offset + given.start, end: offset + given.end } : undefined;
  return [{ text: value.value, at: context.place(given.start), span }];
}

/** The literal paths of the routes of a script. */
export function readRoutePaths(context: ScriptContext): readonly RoutePath[] {
  return context.tree.ofType('CallExpression').flatMap((node) => {
    if (node.callee.type !== 'MemberExpression') return [];
    const method = propertyName(node.callee) ?? '';
    const [first, ...others] = node.arguments;
    // `app.get('title')` reads a setting.
    if (!first || !methods.has(method) || (others.length === 0 && method !== 'route')) return [];
    return isRouter(context, node.callee.object) ? pathOf(context, first) : [];
  });
}
