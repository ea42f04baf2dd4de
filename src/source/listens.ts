import type { AnyNode, CallExpression, Expression, MemberExpression, NewExpression } from 'acorn';
import { remembered } from '../remembered.js';
import type { Bindings } from './bindings.js';
import type { ScriptContext } from './context.js';
import { classAround } from './fields.js';
import { redirectsToHttps } from './https-redirect.js';
import { isInPrimaryBranch } from './primary-branch.js';
import { isCall, isProcessEnv, keyOf, propertyName } from './properties.js';
import { isServer } from './server-object.js';
import type { Place } from './text-file.js';
import { optionsForTls } from './tls-options.js';
import { nearest, type Tree, upwards } from './tree.js';
import { follow, mentionsEnvironment, objectOf, propertyOf, readValue, type Value } from './values.js';

/** One call that makes a server listen. */
export interface Listen {
  readonly at: Place;
  readonly port: Value;
  /** The literal itself, in the file's offsets, for the fix; undefined when there is none to replace. */
  readonly literal: { readonly start: number; readonly end: number; readonly text: string } | undefined;
  /** process.env.PORT is converted to a number: under iisnode it is the name of a pipe. */
  readonly isCoerced: boolean;
  /** The conversion, in the file's offsets, and its replacement; undefined when it is not one simple call. */
  readonly coercion: { readonly start: number; readonly end: number; readonly text: string } | undefined;
  /** The variable of process.env that has the port; undefined where it is none, or more than one. */
  readonly variable: string | undefined;
  /** In a branch that tests process.env or require.main: it runs on other servers, or only when started by hand. */
  readonly guarded: boolean;
  /** Only the primary of a cluster makes it listen: under the loader there is none. */
  readonly isOfPrimary: boolean;
  /** What gets the port, where that takes numbers only; undefined where the name of a pipe works, too. */
  readonly numbersOnly: 'option' | 'socket.io' | 'fastify' | undefined;
  /** The name of the server that listens: 'server' of `server.listen(..)`. */
  readonly on: string | undefined;
  /** socket.io or ws listens, for sockets alone. */
  readonly isForSockets: boolean;
  /** The only address that it listens on, as the code has it: '::1' of `listen(3000, '::1')`; undefined: all of them, or unknown. */
  readonly host: string | undefined;
  /** Only programs of the same machine reach it: `listen(9464, '127.0.0.1')`. */
  readonly isLocal: boolean;
  /** The server speaks TLS. */
  readonly isTls: boolean;
  /** Where the script shows what the server answers, that sends clients to https. */
  readonly redirectsToHttps: boolean;
}

type AskedPort = Pick<Listen, 'numbersOnly' | 'isForSockets'> & { readonly expression: Expression };

const webSocketServers = new Set(['ws#Server', 'ws#WebSocketServer']);
const socketIoServers = new Set(['socket.io', 'socket.io#Server', 'socket.io#listen']);
/** hapi looks whether its port is a path (lib/core.js); Hono's adapter hands it on to listen(), which does. */
const serversWithPort = /^(?:(?:@hapi\/)?hapi#(?:server|Server)|@hono\/node-server#serve)$/;
const fastify = /^fastify(#fastify|#default)?$/;

/** The expression that names the port, when `node` makes a server listen. */
function portOf(context: ScriptContext, node: CallExpression | NewExpression): AskedPort | undefined {
  const [first] = node.arguments;
  if (!first || first.type === 'SpreadElement') return undefined;
  const { bindings } = context;
  const what = context.moduleOf(node.callee);
  const object = objectOf(first, bindings);
  const asked = (
    expression: Expression | undefined,
    isForSockets: boolean,
    numbersOnly?: Listen['numbersOnly'],
  ): AskedPort | undefined => expression && { expression, numbersOnly, isForSockets };
  // ws hands its port on as the first argument of listen(), where the name of a pipe is fine.
  if (what && webSocketServers.has(what)) return asked(object && propertyOf(object, 'port', bindings), true);
  if (what && serversWithPort.test(what)) return asked(object && propertyOf(object, 'port', bindings), false);
  // socket.io takes a port or, nearly always, the http server. It listens itself only on a number: the name of a pipe has no `listeners`.
  const ofSocketIo = (): AskedPort | undefined =>
    isPort(first, bindings) ? asked(first, true, 'socket.io') : undefined;
  if (what && socketIoServers.has(what)) return ofSocketIo();
  const { callee } = node;
  if (node.type !== 'CallExpression' || callee.type !== 'MemberExpression') return undefined;
  const method = propertyName(callee) ?? '';
  const isSocketIo = isServer(context, callee.object);
  if (/^(listen|attach)$/.test(method) && isSocketIo) return ofSocketIo();
  if (method !== 'listen' || isOwnMethod(context, callee)) return undefined;
  if (!object) {
    const isNumber = isPort(first, bindings) && isFastify(context, callee.object);
    return asked(first, false, isNumber ? 'fastify' : undefined);
  }
  const port = propertyOf(object, 'port', bindings);
  return port ? asked(port, false, 'option') : asked(propertyOf(object, 'path', bindings), false);
}

/** `new Chat().listen(3000)` of a class of the script that has such a method: what that calls is a listen() of its own. */
function isOwnMethod({ bindings }: ScriptContext, { object }: MemberExpression): boolean {
  const made = follow(object, bindings);
  const named = made.type === 'NewExpression' ? made.callee : undefined;
  const declared = named && bindings.variableOf(named)?.defs[0]?.node;
  const whole = declared?.type === 'VariableDeclarator' ? declared.init : declared;
  if (whole?.type !== 'ClassDeclaration' && whole?.type !== 'ClassExpression') return false;
  return whole.body.body.some((member) => member.type === 'MethodDefinition' && keyOf(member) === 'listen');
}

const nameOfServer = ({ callee }: CallExpression | NewExpression): string | undefined =>
  callee.type === 'MemberExpression' && callee.object.type === 'Identifier' ? callee.object.name : undefined;

/** What listens: `server` of `server.listen(..)`; the call itself where that makes a server. */
const serverOf = (node: CallExpression | NewExpression): AnyNode =>
  node.callee.type === 'MemberExpression' ? node.callee.object : node;

/** `const app = fastify()`: since version 5 its listen() has no form for the name of a pipe but the option path. */
function isFastify(context: ScriptContext, object: AnyNode): boolean {
  const made = follow(object, context.bindings);
  return made.type === 'CallExpression' && fastify.test(context.moduleOf(made.callee) ?? '');
}

/** A port, by a number or by the environment, and not a server that got one: `http.createServer(app).listen(process.env.PORT)`. */
function isPort(port: AnyNode, bindings: Bindings, depth = 0): boolean {
  if (isNumeric(readValue(port, bindings))) return true;
  const node = depth < 8 ? follow(port, bindings) : port;
  const both = (...parts: readonly AnyNode[]): boolean => parts.every((part) => isPort(part, bindings, depth + 1));
  if (node.type === 'LogicalExpression') return both(node.left, node.right);
  if (node.type === 'ConditionalExpression') return both(node.consequent, node.alternate);
  if (coercionIn(bindings, node) !== undefined) return true;
  // `process.env.PORT`, a name that is destructured from it, `config.port`; not `app.server` of an app that got the port.
  const isPlain =
    node.type === 'MemberExpression' && (isProcessEnv(node.object) || /port$/i.test(propertyName(node) ?? ''));
  return (isPlain || node.type === 'Identifier') && mentionsEnvironment(node, bindings);
}

function isNumeric(value: Value): boolean {
  if (value.kind !== 'literal') return false;
  return typeof value.value === 'number' || (typeof value.value === 'string' && /^\d+$/.test(value.value));
}

/** require.main is iisnode's interceptor, so a `require.main === module` branch never runs under it (interceptor.js). */
function nodesOfMain(tree: Tree): ReadonlySet<AnyNode> {
  const found = new Set<AnyNode>();
  for (const node of tree.ofType('MetaProperty', 'MemberExpression')) {
    if (node.type === 'MemberExpression' && propertyName(node) !== 'main') continue;
    for (let at: AnyNode | undefined = node; at && !found.has(at); at = tree.parentOf(at)) found.add(at);
  }
  return found;
}

/** `process.env.NODE_ENV !== 'test'`: true everywhere except in tests. */
function isTestCheck(test: AnyNode): boolean {
  if (test.type !== 'BinaryExpression' || !/^!==?$/.test(test.operator)) return false;
  return [test.left, test.right].some((side) => side.type === 'Literal' && side.value === 'test');
}

/** As many functions that call each other are followed. */
const mostCalls = 8;

/** Is it in a branch that not every environment takes, or in a function that only such a branch calls? */
export function isGuarded(context: ScriptContext, node: AnyNode): boolean {
  let at: AnyNode | undefined = node;
  for (let calls = 0; at && calls <= mostCalls; calls++) {
    const around = context.tree.parentOf(at);
    if (guardsOf(context)(around)) return true;
    at = callersOf(context)(around);
  }
  return false;
}

/** Is it in a branch for the primary of a cluster, or in a function that only such a branch calls? */
function isOfPrimary(context: ScriptContext, node: AnyNode): boolean {
  let at: AnyNode | undefined = node;
  for (let calls = 0; at && calls <= mostCalls; calls++) {
    if (isInPrimaryBranch(context, at)) return true;
    at = callersOf(context)(context.tree.parentOf(at));
  }
  return false;
}

/** The only call of the function around a node. */
const callersOf = remembered(({ tree, bindings }: ScriptContext) =>
  nearest<AnyNode>(tree, (node) => bindings.onlyCallOf(node)),
);

const guardsOf = remembered(({ tree, bindings }: ScriptContext): ((node: AnyNode | undefined) => boolean) => {
  let ofMain: ReadonlySet<AnyNode> | undefined;
  return upwards(tree, (node) => {
    if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return false;
    if (isTestCheck(node.test)) return false;
    ofMain ??= nodesOfMain(tree);
    return mentionsEnvironment(node.test, bindings) || ofMain.has(node.test);
  });
});

/** `Number(process.env.PORT)`, `parseInt(..)`, `+process.env.PORT`, `~~..`, also with `|| 3000` after it: the node of the conversion. */
export function coercionIn(bindings: Bindings, port: AnyNode, depth = 0): AnyNode | undefined {
  const node = depth < 8 ? follow(port, bindings) : port;
  if (!mentionsEnvironment(node, bindings)) return undefined;
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === '+' || node.operator === '~' || node.operator === '-' ? node : undefined;
    case 'LogicalExpression': {
      const { left, right, operator } = node;
      const made = coercionIn(bindings, left, depth + 1);
      // `process.env.PORT || Number(..)` is the pipe, and so is `Number(process.env.PORT) || process.env.PORT`: NaN is falsy.
      if (!made && operator !== '&&' && mentionsEnvironment(left, bindings)) return undefined;
      const other = coercionIn(bindings, right, depth + 1);
      if (made && operator === '||' && !other && mentionsEnvironment(right, bindings)) return undefined;
      return made ?? other;
    }
    case 'BinaryExpression':
      return /^([-*/%|&^]|<<|>>>?)$/.test(node.operator) ? node : undefined;
    case 'ConditionalExpression': {
      // One of them may be the pipe itself: `isNaN(port) ? process.env.PORT : port`.
      const ways = [node.consequent, node.alternate].filter((way) => mentionsEnvironment(way, bindings));
      const made = ways.map((way) => coercionIn(bindings, way, depth + 1));
      return made.includes(undefined) ? undefined : made[0];
    }
    case 'CallExpression': {
      const { callee } = node;
      const name = callee.type === 'Identifier' ? callee.name : (propertyName(callee) ?? '');
      const owner = callee.type === 'MemberExpression' && callee.object.type === 'Identifier' ? callee.object.name : '';
      return /^(Number|parseInt|parseFloat)$/.test(name) || owner === 'Math' ? node : undefined;
    }
    default:
      return undefined;
  }
}

/** The converted expression, if it is in one place in the source. */
function withoutCoercion(context: ScriptContext, node: AnyNode | undefined): Listen['coercion'] {
  const { offset, code } = context.script;
  const inner =
    node?.type === 'UnaryExpression' && node.operator === '+'
      ? node.argument
      : node?.type === 'CallExpression' && !/^Math\b/.test(code.slice(node.start, node.end))
        ? node.arguments[0]
        : undefined;
  if (!node || !inner || inner.type === 'SpreadElement') return undefined;
  if (follow(inner, context.bindings) !== inner && coercionIn(context.bindings, inner)) return undefined;
  const text = code.slice(inner.start, inner.end);
  const isPlain = /^[\w$.]+$/.test(text) || !/^\s*(\|\||\?\?|&&)/.test(code.slice(node.end));
  return { start: node.start + offset, end: node.end + offset, text: isPlain ? text : `(${text})` };
}

function variableOf({ tree, bindings }: ScriptContext, port: AnyNode): string | undefined {
  const read = tree
    .within(follow(port, bindings))
    .map((part) => follow(part, bindings))
    .flatMap((part) => (part.type === 'MemberExpression' && isProcessEnv(part.object) ? [propertyName(part)] : []));
  const [only, ...others] = new Set(read);
  return others.length === 0 ? only : undefined;
}

/** Is it in the arguments of no other call? */
function isInNoOther(tree: Tree, value: AnyNode, call: AnyNode): boolean {
  let at = tree.parentOf(value);
  while (at && /^(?:Property|ObjectExpression|LogicalExpression|ConditionalExpression)$/.test(at.type))
    at = tree.parentOf(at);
  return at === undefined || !isCall(at) || at === call;
}

/** @param listen The call that gets it. */
function literalOf(context: ScriptContext, value: Value, listen: AnyNode): Listen['literal'] {
  if (value.kind !== 'literal' || value.node.type !== 'Literal') return undefined;
  const { start, end } = value.node;
  const { offset, code } = context.script;
  // A member of an enum, which takes numbers alone.
  const object = context.tree.parentOf(context.tree.parentOf(value.node) ?? value.node);
  if (object?.type === 'ObjectExpression' && code[object.start] !== '{') return undefined;
  // A parameter of TypeScript is a number by its type: the name of a pipe would be an error of the compiler.
  if (context.script.language !== 'javascript' && !isInNoOther(context.tree, value.node, listen)) return undefined;
  return { start: start + offset, end: end + offset, text: code.slice(start, end) };
}

function hostOf(
  { bindings }: ScriptContext,
  { arguments: [first, second] }: CallExpression | NewExpression,
): string | undefined {
  const options = first && objectOf(first, bindings);
  const host = options ? propertyOf(options, 'host', bindings) : second;
  const value = host && readValue(host, bindings);
  return value?.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
}

/** Fastify listens on all addresses of localhost (lib/server.js). */
function onlyHost(context: ScriptContext, node: CallExpression | NewExpression, host?: string): string | undefined {
  const { callee } = node;
  const isAll = host === 'localhost' && callee.type === 'MemberExpression' && isFastify(context, callee.object);
  return isAll ? undefined : host;
}

/** `this.port`, `this.options.port` of a class whose fields are set from outside, or by names that are computed. */
function isFieldSetLater({ tree, bindings }: ScriptContext, port: AnyNode): boolean {
  let at = port.type === 'LogicalExpression' ? port.left : port;
  while (at.type === 'MemberExpression' && at.object.type !== 'ThisExpression') at = at.object;
  const key = propertyName(at);
  const body = key === undefined ? undefined : classAround(tree, at);
  return key !== undefined && body !== undefined && bindings.changes.ofClass(body, key);
}

type Elsewhere = { readonly port: number } | { readonly variable: string } | 'coerced' | undefined;

const variableIn = (imported: Elsewhere): string | undefined =>
  typeof imported === 'object' && 'variable' in imported ? imported.variable : undefined;

function valueGiven(own: Value, imported: Elsewhere, node: Expression): Value {
  if (typeof imported !== 'object') return own;
  return 'port' in imported ? { kind: 'literal', value: imported.port, node } : { kind: 'environment' };
}

/**
 * Every listen() and every server created with its own port. Pipes and sockets with a literal path are not included.
 *
 * @param elsewhere What another module of the app says of a port.
 */
export function readListens(
  context: ScriptContext,
  elsewhere: (expression: AnyNode) => Elsewhere = () => undefined,
): Listen[] {
  const listens: Listen[] = [];
  for (const node of context.tree.ofType('CallExpression', 'NewExpression')) {
    const asked = portOf(context, node);
    if (!asked) continue;
    const { expression: port, numbersOnly, isForSockets } = asked;
    const isSet = isFieldSetLater(context, port);
    const read = readValue(port, context.bindings);
    const own: Value = read.kind === 'literal' && isSet ? { kind: 'unknown' } : read;
    const imported = own.kind === 'literal' || isSet ? undefined : elsewhere(port);
    const value = valueGiven(own, imported, port);
    if (value.kind === 'literal' && !isNumeric(value)) continue;
    const literal = literalOf(context, value, node);
    const host = hostOf(context, node);
    const server = serverOf(node);
    const maker = follow(server, context.bindings);
    const coercion = value.kind === 'environment' ? coercionIn(context.bindings, port) : undefined;
    listens.push({
      at: context.place(literal ? literal.start - context.script.offset : node.start),
      port: value,
      literal,
      isCoerced: coercion !== undefined || imported === 'coerced',
      coercion: withoutCoercion(context, coercion),
      variable: value.kind === 'environment' ? (variableIn(imported) ?? variableOf(context, port)) : undefined,
      guarded: isGuarded(context, node),
      isOfPrimary: isOfPrimary(context, node),
      numbersOnly,
      on: nameOfServer(node),
      isForSockets,
      host: onlyHost(context, node, host),
      isLocal: /^(?:127\.0\.0\.1|localhost|::1)$/.test(host ?? ''),
      isTls: isCall(maker) && optionsForTls(context, maker) !== undefined,
      redirectsToHttps: redirectsToHttps(context, server),
    });
  }
  return listens;
}
