import type { AnyNode, CallExpression, Identifier } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { follow } from './values.js';

/** `app.listen(..)`, which creates its own server, while socket.io is attached to a server that never listens. */
export interface OtherListen {
  readonly at: Place;
  /** 'app' and 'server', the names in the script. */
  readonly app: string;
  readonly server: string;
  /** The position of the app's name in the file; undefined when `server` does not serve the app. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
}

const serverMakers = /^(node:)?https?#createServer$/;
const socketServers = /^socket\.io(#Server|#listen)?$/;

/** Its listen() makes an http server: `express()`, `new Koa()`, `connect()`. */
const frameworks = /^(?:express|koa|connect)(?:#default)?$/;

const makesServerOfItsOwn = (context: ScriptContext, made: AnyNode): boolean =>
  (made.type === 'CallExpression' || made.type === 'NewExpression') &&
  frameworks.test(context.moduleOf(made.callee) ?? '');

/** `app` of Koa's `app.callback()`. */
const ofCallback = ({ callee }: CallExpression): AnyNode | undefined =>
  callee.type === 'MemberExpression' && propertyName(callee) === 'callback' ? callee.object : undefined;

/** The name of the http server that socket.io gets. */
function serverGivenToSocketIo(
  context: ScriptContext,
): { readonly name: Identifier; readonly made: CallExpression; readonly socketAt: AnyNode } | undefined {
  for (const node of context.tree.ofType('CallExpression', 'NewExpression')) {
    const [first] = node.arguments;
    if (first?.type !== 'Identifier' || !socketServers.test(context.moduleOf(node.callee) ?? '')) continue;
    const made = follow(first, context.bindings);
    if (made.type !== 'CallExpression' || !serverMakers.test(context.moduleOf(made.callee) ?? '')) continue;
    return { name: first, made, socketAt: node };
  }
  return undefined;
}

/** Does the script use the server in other ways than declaring it, passing it to socket.io and `server.on(..)`? */
function isUsedElsewhere({ tree, bindings }: ScriptContext, name: Identifier, socketAt: AnyNode): boolean {
  const references = bindings.variableOf(name)?.references ?? [];
  return references.some(({ identifier, init }) => {
    const parent = tree.parentOf(identifier);
    if (init || parent === undefined || parent === socketAt) return false;
    return parent.type !== 'MemberExpression' || !/^(on|once)$/.test(propertyName(parent) ?? '');
  });
}

/** The call; undefined when there is none, or it may be right. */
export function readOtherListen(context: ScriptContext): OtherListen | undefined {
  const given = serverGivenToSocketIo(context);
  if (!given || isUsedElsewhere(context, given.name, given.socketAt)) return undefined;
  let app: Identifier | undefined;
  let ioListens = false;
  for (const node of context.tree.ofType('CallExpression')) {
    if (node.callee.type !== 'MemberExpression') continue;
    const method = propertyName(node.callee);
    const { object } = node.callee;
    const owner = follow(object, context.bindings);
    const isApp = makesServerOfItsOwn(context, owner);
    if (method === 'listen' && isApp && object.type === 'Identifier') app ??= object;
    if ((method === 'listen' || method === 'attach') && !isApp) ioListens = true;
  }
  if (!app || ioListens) return undefined;
  const { name, start, end } = app;
  const answers = given.made.arguments.at(-1);
  const served = answers?.type === 'CallExpression' ? ofCallback(answers) : answers;
  const isSame = served?.type === 'Identifier' && served.name === name;
  const { offset } = context.script;
  const span = isSame ? { start: start + offset, end: end + offset } : undefined;
  return { at: context.place(start), app: name, server: given.name.name, span };
}
