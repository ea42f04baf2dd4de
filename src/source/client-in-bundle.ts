import type { AnyNode, CallExpression, Property } from 'acorn';
import { remembered } from '../remembered.js';
import type { ScriptContext } from './context.js';
import { exportedNames } from './exports.js';
import { isFunctionNode } from './function-node.js';
import { keyOf, propertyName } from './properties.js';
import { nearest } from './tree.js';
import { follow, objectOf, readValue } from './values.js';
import type { Variable } from './variable.js';

/** An option that io() has had since version 1: no minifier changes it (socket.io-client, lib/index.ts, lookup). */
const mark = 'force new connection';
/** Options that no other client of a browser has. */
const ownOption = /^(?:transports|reconnection(?:Attempts|Delay|DelayMax)?|autoConnect|forceNew)$/;
const address = /^(?:(?:https?|wss?):)?\/\/[\w.[\]:-]+|^\/[\w-]*$/;

/**
 * Is it a call of socket.io's client that a bundler has put into the script, or into a chunk that this imports? There it has no name
 * of its own: it is the function that reads the option "force new connection".
 */
export function isBundledConnect(context: ScriptContext, { callee, arguments: given }: CallExpression): boolean {
  const meant = follow(callee, context.bindings);
  if (callee.type === 'Identifier' && meant.type !== 'MemberExpression') {
    const variable = context.bindings.variableOf(callee);
    if (variable && ioOf(context) === variable) return true;
    // Another chunk is read only for a call that looks like one.
    const [specifier = '', key] = isLikely(context, given) ? (context.moduleOf(callee) ?? '').split('#') : [];
    const chunk = /^\.{1,2}\//.test(specifier) ? context.chunk?.(specifier) : undefined;
    const found = chunk && exportedNames(chunk.tree).find(({ exported }) => exported === key);
    return chunk !== undefined && found !== undefined && ioOf(chunk) === chunk.bindings.variableOf(found.local);
  }
  // `(0, client.io)(..)`, `(0, client.default)(..)` of a bundler of CommonJS
  const last = meant.type === 'SequenceExpression' ? meant.expressions.at(-1) : meant;
  return (
    last !== undefined &&
    /^(?:io|default)$/.test(propertyName(last) ?? '') &&
    hasMark(context) &&
    isLikely(context, given)
  );
}

const hasMark = ({ script }: ScriptContext): boolean => script.code.includes(mark);

/** The name of the client's function. */
const ioOf = remembered((context: ScriptContext): Variable | undefined => {
  if (!hasMark(context)) return undefined;
  const { tree, bindings } = context;
  const functionAround = nearest(tree, (node) => (isFunctionNode(node) && node.params.length > 0 ? node : undefined));
  for (const node of tree.ofType('MemberExpression')) {
    if (propertyName(node) !== mark) continue;
    const made = functionAround(node);
    const named = made?.type === 'FunctionDeclaration' ? made.id : made && nameOfValue(context, made);
    const variable = named && bindings.variableOf(named);
    if (variable) return variable;
  }
  return undefined;
});

/** `const io = (uri, options) => ..` */
function nameOfValue({ tree }: ScriptContext, made: AnyNode): AnyNode | undefined {
  const around = tree.parentOf(made);
  if (around?.type === 'VariableDeclarator') return around.id;
  return around?.type === 'AssignmentExpression' && around.left.type === 'Identifier' ? around.left : undefined;
}

/** An address, or an option of socket.io. */
function isLikely({ bindings }: ScriptContext, given: CallExpression['arguments']): boolean {
  const [first] = given;
  const value = first && readValue(first, bindings);
  if (value?.kind === 'literal' && typeof value.value === 'string' && address.test(value.value)) return true;
  return given.some((each) =>
    objectOf(each, bindings)?.properties.some((part) => part.type === 'Property' && isOwnOption(part)),
  );
}

function isOwnOption(part: Property): boolean {
  const key = keyOf(part) ?? '';
  return (
    ownOption.test(key) ||
    (key === 'path' && part.value.type === 'Literal' && /\/socket\.io\/?$/.test(String(part.value.value)))
  );
}
