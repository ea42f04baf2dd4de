import type { AnyNode, CallExpression } from 'acorn';
import { full } from 'acorn-walk';
import type { ScriptContext } from './context.js';
import type { Place } from './text-file.js';
import { follow, propertyName, readValue, type Value } from './values.js';

/** What an express app answers besides socket.io: `app.get('/rooms', ..)`, `app.use(express.static('public'))`. */
export interface Route {
  /** get, post, use, ... */
  readonly method: string;
  /** undefined: without one, so for every URL. */
  readonly path: Value | undefined;
  /** `express.static(..)`. */
  readonly isStatic: boolean;
  readonly at: Place;
}

export interface RouteUse {
  readonly routes: readonly Route[];
  /** Where the app meets the server: `createServer(app)`, `app.listen(..)`; for a server without express its handler. */
  readonly handed: { readonly app: string; readonly at: Place } | undefined;
  /** `createServer((request, response) => ..)` that looks at request.url. */
  readonly readsUrls: Place | undefined;
}

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'use']);
const serverMakers = /^(node:)?https?#createServer$/;

/** Is it `express()`? Routers stand below an app, so their paths say nothing by themselves. */
function isExpress(context: ScriptContext, node: AnyNode): boolean {
  const made = follow(node, context.bindings);
  return made.type === 'CallExpression' && context.moduleOf(made.callee) === 'express';
}

function routeOf(context: ScriptContext, call: CallExpression): Route | undefined {
  const method = propertyName(call.callee) ?? '';
  if (call.callee.type !== 'MemberExpression' || !verbs.has(method)) return undefined;
  if (!isExpress(context, call.callee.object)) return undefined;
  const [first, ...others] = call.arguments;
  const hasPath = first !== undefined && !isHandler(context, first);
  // `app.get('title')` reads a setting.
  if (method === 'get' && others.length === 0) return undefined;
  const handlers = hasPath ? others : call.arguments;
  return {
    method,
    path: hasPath ? readValue(first, context.bindings) : undefined,
    isStatic: handlers.some((node) => isStatic(context, node)),
    at: context.place(call.start),
  };
}

function isHandler(context: ScriptContext, node: AnyNode): boolean {
  const meant = follow(node, context.bindings);
  return /^(CallExpression|FunctionExpression|ArrowFunctionExpression|FunctionDeclaration)$/.test(meant.type)
    ? readValue(node, context.bindings).kind === 'unknown'
    : meant.type === 'Identifier';
}

function isStatic(context: ScriptContext, node: AnyNode): boolean {
  const meant = follow(node, context.bindings);
  return meant.type === 'CallExpression' && context.moduleOf(meant.callee) === 'express#static';
}

function handedApp(context: ScriptContext, call: CallExpression): RouteUse['handed'] {
  if (serverMakers.test(context.moduleOf(call.callee) ?? '')) {
    const app = call.arguments.at(-1);
    const isApp = app?.type === 'Identifier' && (isExpress(context, app) || context.moduleOf(app)?.startsWith('.'));
    return isApp ? { app: app.name, at: context.place(call.start) } : undefined;
  }
  const { callee } = call;
  const isListen = callee.type === 'MemberExpression' && propertyName(callee) === 'listen';
  if (!isListen || callee.object.type !== 'Identifier' || !isExpress(context, callee.object)) return undefined;
  return { app: callee.object.name, at: context.place(call.start) };
}

function readsUrls(context: ScriptContext, call: CallExpression): boolean {
  if (!serverMakers.test(context.moduleOf(call.callee) ?? '')) return false;
  const handler = call.arguments.at(-1);
  if (handler?.type !== 'FunctionExpression' && handler?.type !== 'ArrowFunctionExpression') return false;
  let found = false;
  full(handler, (node) => {
    if (propertyName(node) === 'url') found = true;
  });
  return found;
}

/** The URLs a script answers by itself. */
export function readRoutes(context: ScriptContext): RouteUse {
  const routes: Route[] = [];
  let handed: RouteUse['handed'];
  let reads: Place | undefined;
  full(context.program, (node) => {
    if (node.type !== 'CallExpression') return;
    const route = routeOf(context, node);
    if (route) routes.push(route);
    handed ??= handedApp(context, node);
    if (readsUrls(context, node)) reads ??= context.place(node.start);
  });
  return { routes: routes.sort((a, b) => a.at.line - b.at.line), handed, readsUrls: reads };
}
