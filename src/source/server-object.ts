import { isBuiltin } from 'node:module';
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { requiredModule } from './modules.js';
import { propertyName } from './properties.js';
import { follow } from './values.js';

/** The usual names of a socket.io server. */
const serverNames = new Set(['io', 'sio', 'socketio']);

/** Is it a socket.io server, by its binding or by the usual name? */
export function isServer(context: ScriptContext, node: AnyNode): boolean {
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    return isServerFromAppSettings(node) || /^socket\.io(#Server|#listen)?$/.test(context.moduleOf(node.callee) ?? '');
  }
  const meant = follow(node, context.bindings);
  const made = meant.type === 'CallExpression' || meant.type === 'NewExpression' ? meant : undefined;
  if (made !== undefined && isServer(context, made)) return true;
  // `io`, `this.io`, `req.io`
  const name = node.type === 'Identifier' ? node.name : propertyName(node);
  if (name === undefined || !serverNames.has(name)) return false;
  // For a name declared in this file its binding decides; another file of the app may export the server.
  const from = context.moduleOf(node) ?? (made && context.moduleOf(made.callee));
  return from === undefined ? meant === node : from.startsWith('.');
}

/** `req.app.get('io')`: the usual place of the server in Express apps. */
function isServerFromAppSettings(node: CallExpression | NewExpression): boolean {
  const [name, ...others] = node.arguments;
  if (propertyName(node.callee) !== 'get' || name?.type !== 'Literal' || others.length > 0) return false;
  return serverNames.has(String(name.value).toLowerCase());
}

/** The package whose export an expression calls or constructs: '@socket.io/redis-adapter'; undefined for the app's own code. */
export function packageBehind(context: ScriptContext, node: AnyNode): string | undefined {
  const made = follow(node, context.bindings);
  const isMade = made.type === 'CallExpression' || made.type === 'NewExpression';
  const name = context.moduleOf(isMade ? made.callee : made)?.replace(/#.*/, '');
  return name?.startsWith('.') ? undefined : name;
}

/** The package that gets the server with this call; undefined for socket.io itself and for the app's own code. */
export function receiver(
  context: ScriptContext,
  { callee, arguments: given }: CallExpression | NewExpression,
): string | undefined {
  // TypeScript's output for a call of an import: `(0, x_1.f)(..)`.
  const called = (callee.type === 'SequenceExpression' && callee.expressions.at(-1)) || callee;
  const isMethod = called.type === 'MemberExpression';
  const behind = isMethod ? rootPackage(context, called.object) : undefined;
  const name = context.moduleOf(called)?.replace(/#.*/, '') ?? behind;
  if (name === undefined || /^\.|^socket\.io$/.test(name) || isBuiltin(name)) return undefined;
  // Express's `app.set('io', io)` and similar calls store it for the app's own code.
  if (isMethod && /^(set|decorate|provide)$/.test(propertyName(called) ?? '')) return undefined;
  const isGiven = given.some((argument) =>
    [argument, ...objectValues(argument)].some((each) => isServer(context, each)),
  );
  return isGiven ? name : undefined;
}

/** The package that a chain of calls starts from: 'consign' of `consign().include('x').into`. */
function rootPackage(context: ScriptContext, node: AnyNode): string | undefined {
  let at: AnyNode = node;
  for (let depth = 0; depth < 40; depth += 1) {
    const found = packageBehind(context, at) ?? interopModule(context, at);
    if (found !== undefined) return found;
    const meant = follow(at, context.bindings);
    if (meant.type === 'MemberExpression') at = meant.object;
    else if (meant.type === 'CallExpression' || meant.type === 'NewExpression') at = meant.callee;
    else return undefined;
  }
  return undefined;
}

/** `const x_1 = __importDefault(require('x'))`, the output of TypeScript. */
function interopModule({ bindings }: ScriptContext, node: AnyNode): string | undefined {
  const made = follow(node, bindings);
  if (made.type !== 'CallExpression' || made.callee.type !== 'Identifier') return undefined;
  return /^__import(Default|Star)$/.test(made.callee.name) ? requiredModule(made.arguments[0]) : undefined;
}

/** `{ io, app }`: the values in an object among the arguments. */
const objectValues = (node: AnyNode): readonly AnyNode[] =>
  node.type === 'ObjectExpression'
    ? node.properties.flatMap((property) => (property.type === 'Property' ? [property.value] : []))
    : [];
