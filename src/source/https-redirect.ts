import type { AnyNode, Identifier } from 'acorn';
import { remembered } from '../remembered.js';
import { functionBehind } from './bindings.js';
import type { ScriptContext } from './context.js';
import { isCall, propertyName } from './properties.js';
import { follow } from './values.js';

const toHttps = /(location|redirect)[\s\S]*https:/i;
/** It redirects some clients only. */
const asksForScheme = /encrypted|\bsecure\b|x-forwarded-proto|x-arr-ssl|protocol/i;
const httpServers = /^(node:)?http#(createServer|Server)$/;
const frameworks = /^(express|koa|connect)$/;
const adding = /^(use|all|get|head|route)$/;

/**
 * Does the script show that all that a server answers sends clients on to https? The loader asks such a server (askForRedirect in
 * templates/loader/iisnode-entry.cjs).
 *
 * @param server What listens: `server` of `server.listen(..)`.
 */
export function redirectsToHttps(context: ScriptContext, server: AnyNode): boolean {
  const made = follow(server, context.bindings);
  if (!isCall(made)) return false;
  if (!httpServers.test(context.moduleOf(made.callee) ?? ''))
    return isApp(context, server) && appRedirects(context, server);
  const handler = made.arguments.at(-1);
  if (handler === undefined) return false;
  const isCallback = handler.type === 'CallExpression' && propertyName(handler.callee) === 'callback';
  const app = isCallback && handler.callee.type === 'MemberExpression' ? handler.callee.object : handler;
  return isApp(context, app) ? appRedirects(context, app) : onlyRedirects(context, functionOf(context, handler));
}

function onlyRedirects({ script }: ScriptContext, { start, end }: AnyNode): boolean {
  const code = script.code.slice(start, end);
  return toHttps.test(code) && !asksForScheme.test(code);
}

/** By what makes an app: many servers may have one. */
const appsIn = remembered((_context: ScriptContext) => new Map<AnyNode, boolean>());

function appRedirects(context: ScriptContext, app: Identifier): boolean {
  const known = appsIn(context);
  const made = follow(app, context.bindings);
  const before = known.get(made);
  if (before !== undefined) return before;
  const handlers = handlersOf(context, app);
  const answer = handlers.length > 0 && handlers.every((handler) => onlyRedirects(context, handler));
  known.set(made, answer);
  return answer;
}

const functionOf = ({ bindings }: ScriptContext, handler: AnyNode): AnyNode =>
  (handler.type === 'Identifier' && functionBehind(bindings, handler)) || follow(handler, bindings);

function isApp(context: ScriptContext, node: AnyNode): node is Identifier {
  const made = follow(node, context.bindings);
  return node.type === 'Identifier' && isCall(made) && frameworks.test(context.moduleOf(made.callee) ?? '');
}

/** What an app gets by `app.use(..)` and similar calls; none where other code gets it, too, which may add more. */
function handlersOf(context: ScriptContext, app: Identifier): readonly AnyNode[] {
  const { tree, bindings } = context;
  const handlers: AnyNode[] = [];
  for (const { identifier, init } of bindings.variableOf(app)?.references ?? []) {
    const parent = tree.parentOf(identifier);
    const call = parent && tree.parentOf(parent);
    const isMethod = parent?.type === 'MemberExpression' && parent.object === identifier;
    const isServed = parent?.type === 'CallExpression' && httpServers.test(context.moduleOf(parent.callee) ?? '');
    if (!isMethod && !isServed && init !== true) return [];
    if (!isMethod || call?.type !== 'CallExpression' || !adding.test(propertyName(parent) ?? '')) continue;
    const handler = call.arguments.at(-1);
    if (handler !== undefined) handlers.push(functionOf(context, handler));
  }
  return handlers;
}
