import type { AnyNode, CallExpression, Expression, NewExpression } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import type { ScriptContext } from './context.js';
import type { Place } from './text-file.js';
import {
  type Bindings,
  follow,
  mentionsEnvironment,
  objectOf,
  propertyName,
  propertyOf,
  readValue,
  type Value,
} from './values.js';

/** One place where a server is told where to listen. */
export interface Listen {
  readonly at: Place;
  readonly port: Value;
  /** The literal itself, in the file's offsets, for the fix; undefined when there is none to replace. */
  readonly literal: { readonly start: number; readonly end: number; readonly text: string } | undefined;
  /** process.env.PORT is made a number of on the way: iisnode's is the name of a pipe. */
  readonly isCoerced: boolean;
  /** In a branch that looks at process.env or require.main first: it runs elsewhere, or only by hand. */
  readonly guarded: boolean;
}

const webSocketServers = new Set(['ws#Server', 'ws#WebSocketServer']);
const socketIoServers = new Set(['socket.io', 'socket.io#Server', 'socket.io#listen']);

/** The expression that names the port, when `node` makes a server listen. */
function portOf(context: ScriptContext, node: CallExpression | NewExpression): Expression | undefined {
  const [first] = node.arguments;
  if (!first || first.type === 'SpreadElement') return undefined;
  const what = context.moduleOf(node.callee);
  const object = objectOf(first, context.bindings);
  if (what && webSocketServers.has(what)) return object && propertyOf(object, 'port');
  // socket.io takes a port or, nearly always, the http server: only a number says that it listens by itself.
  if (what && socketIoServers.has(what)) return isNumeric(readValue(first, context.bindings)) ? first : undefined;
  const isListen = node.type === 'CallExpression' && propertyName(node.callee) === 'listen';
  if (!isListen) return undefined;
  if (object) return propertyOf(object, 'port');
  return first;
}

function isNumeric(value: Value): boolean {
  if (value.kind !== 'literal') return false;
  return typeof value.value === 'number' || (typeof value.value === 'string' && /^\d+$/.test(value.value));
}

/** require.main is iisnode's interceptor, so a `require.main === module` branch never runs under it (interceptor.js). */
function mentionsMain(test: AnyNode): boolean {
  let found = false;
  fullAncestor(test, (node) => {
    if (node.type === 'MemberExpression' && propertyName(node) === 'main') found = true;
    if (node.type === 'MetaProperty') found = true;
  });
  return found;
}

function isGuarded(context: ScriptContext, ancestors: readonly AnyNode[]): boolean {
  return ancestors.some((node) => {
    if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return false;
    return mentionsEnvironment(node.test, context.bindings) || mentionsMain(node.test);
  });
}

/** `Number(process.env.PORT)`, `parseInt(..)`, `+process.env.PORT`, `~~..`, also with `|| 3000` behind it. */
function isCoerced(bindings: Bindings, port: AnyNode, depth = 0): boolean {
  const node = depth < 8 ? follow(port, bindings) : port;
  if (!mentionsEnvironment(node, bindings)) return false;
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === '+' || node.operator === '~' || node.operator === '-';
    case 'LogicalExpression':
      return [node.left, node.right].some((side) => isCoerced(bindings, side, depth + 1));
    case 'CallExpression': {
      const { callee } = node;
      const name = callee.type === 'Identifier' ? callee.name : (propertyName(callee) ?? '');
      const owner = callee.type === 'MemberExpression' && callee.object.type === 'Identifier' ? callee.object.name : '';
      return /^(Number|parseInt|parseFloat)$/.test(name) || owner === 'Math';
    }
    default:
      return false;
  }
}

function literalOf(context: ScriptContext, value: Value): Listen['literal'] {
  if (value.kind !== 'literal' || value.node.type !== 'Literal') return undefined;
  const { start, end } = value.node;
  const { offset, code } = context.script;
  return { start: start + offset, end: end + offset, text: code.slice(start, end) };
}

/** Every listen() and every server made with a port of its own. Pipes and sockets by a literal path are left out. */
export function readListens(context: ScriptContext): Listen[] {
  const listens: Listen[] = [];
  fullAncestor(context.program, (node, _state, ancestors) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
    const port = portOf(context, node);
    if (!port) return;
    const value = readValue(port, context.bindings);
    if (value.kind === 'literal' && !isNumeric(value)) return;
    const literal = literalOf(context, value);
    listens.push({
      at: context.place(literal ? literal.start - context.script.offset : node.start),
      port: value,
      literal,
      isCoerced: value.kind === 'environment' && isCoerced(context.bindings, port),
      guarded: isGuarded(context, ancestors),
    });
  });
  return listens;
}
