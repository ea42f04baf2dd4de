import type { AnyNode, Identifier } from 'acorn';
import { remembered } from '../remembered.js';
import { functionBehind } from './bindings.js';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
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
  const known = answersIn(context);
  const made = follow(server, context.bindings);
  const answer = known.get(made) ?? onlyRedirects(context, server);
  known.set(made, answer);
  return answer;
}

/** By what makes a server: one may listen in many places. */
const answersIn = remembered((_context: ScriptContext) => new Map<AnyNode, boolean>());

function onlyRedirects(context: ScriptContext, server: AnyNode): boolean {
  const { code } = context.script;
  const codes = handlersOf(context, server).map(({ start, end }) => code.slice(start, end));
  return codes.length > 0 && codes.every((each) => toHttps.test(each) && !asksForScheme.test(each));
}

/** The handlers of a server of http, or of an app of Express, Koa or Connect; none where others may be. */
function handlersOf(context: ScriptContext, server: AnyNode): readonly AnyNode[] {
  const { bindings } = context;
  const made = follow(server, bindings);
  if (made.type !== 'CallExpression' && made.type !== 'NewExpression') return [];
  if (!httpServers.test(context.moduleOf(made.callee) ?? '')) return handlersOfApp(context, server);
  const handler = made.arguments.at(-1);
  if (handler === undefined) return [];
  const isCallback = handler.type === 'CallExpression' && propertyName(handler.callee) === 'callback';
  const app = isCallback && handler.callee.type === 'MemberExpression' ? handler.callee.object : handler;
  return isApp(context, app) ? handlersOfApp(context, app) : [functionOf(context, handler)];
}

const functionOf = ({ bindings }: ScriptContext, handler: AnyNode): AnyNode =>
  (handler.type === 'Identifier' && functionBehind(bindings, handler)) || follow(handler, bindings);

function isApp(context: ScriptContext, node: AnyNode): node is Identifier {
  const made = follow(node, context.bindings);
  const isMade = made.type === 'CallExpression' || made.type === 'NewExpression';
  return node.type === 'Identifier' && isMade && frameworks.test(context.moduleOf(made.callee) ?? '');
}

/** What an app gets by `app.use(..)` and similar calls; none where other code gets it, too, which may add more. */
function handlersOfApp(context: ScriptContext, app: AnyNode): readonly AnyNode[] {
  if (!isApp(context, app)) return [];
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
