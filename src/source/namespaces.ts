import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { follow, readValue } from './values.js';

/** The namespaces that a server's script opens with `io.of(..)`. */
export interface NamespaceUse {
  /** '/chat', or the regular expression for names. */
  readonly opened: readonly (string | RegExp)[];
  /** False where a name is computed, or a function decides: then others may be open as well. */
  readonly isKnown: boolean;
}

/** For example `Array.of(..)`, `Buffer.of(..)`. */
const isBuiltIn = (node: AnyNode): boolean =>
  node.type === 'Identifier' && /^(Array|Buffer|\w+Array|Observable|Promise)$/.test(node.name);

/** The namespace that `.of(name)` opens: socket.io adds a missing leading slash (socket.io, lib/index.ts, of). */
function opens(context: ScriptContext, name: AnyNode): string | RegExp | undefined {
  const node = follow(name, context.bindings);
  if (node.type === 'Literal' && 'regex' in node && node.regex)
    return node.value instanceof RegExp ? node.value : undefined;
  const value = readValue(node, context.bindings);
  if (value.kind !== 'literal' || typeof value.value !== 'string') return undefined;
  return value.value.startsWith('/') ? value.value : `/${value.value}`;
}

/** `.of(..)` counts on any object: a superfluous namespace does no harm, a missing one would cause a false finding. */
export function readNamespaces(context: ScriptContext): NamespaceUse {
  const opened: (string | RegExp)[] = [];
  let isKnown = true;
  for (const node of context.tree.ofType('CallExpression')) {
    if (propertyName(node.callee) !== 'of') continue;
    if (node.callee.type === 'MemberExpression' && isBuiltIn(node.callee.object)) continue;
    const [name] = node.arguments;
    const found = name && opens(context, name);
    if (found === undefined) isKnown = false;
    else opened.push(found);
  }
  return { opened, isKnown };
}
