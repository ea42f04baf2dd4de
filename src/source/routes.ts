import type { AnyNode, CallExpression } from 'acorn';
import { functionBehind } from './bindings.js';
import type { ScriptContext } from './context.js';
import { exportedAs, exportedNames } from './exports.js';
import { propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { follow, mentionsEnvironment, readValue, type Value } from './values.js';

/** A route of an express app: `app.get('/rooms', ..)`, `app.use(express.static('public'))`. */
export interface Route {
  /** get, post, use, ... */
  readonly method: string;
  /** undefined: no path, so for every URL, or a path that is unknown. */
  readonly path: Value | undefined;
  /** Its first argument may be any path: it is from another file, or is computed. */
  readonly isUnseen: boolean;
  /** `express.static(..)`. */
  readonly isStatic: boolean;
  readonly at: Place;
}

/** The name of an express app where it is passed to the http server. */
export interface HandedApp {
  readonly app: string;
  readonly at: Place;
  /** The name itself, in the file. */
  readonly span: { readonly start: number; readonly end: number };
  /** The expression for express in this script: 'express', or its require; undefined when it must be imported first. */
  readonly express: string | undefined;
}

export interface RouteUse {
  readonly routes: readonly Route[];
  /** Where the app is passed to the server: `createServer(app)`, `app.listen(..)`; for a server without express its handler. */
  readonly handed: HandedApp | undefined;
  /** `createServer(handler)`, and nothing shows which URLs that handler knows: it comes from elsewhere, and no route is seen. */
  readonly hasUnseenHandler: boolean;
  /** `createServer((request, response) => ..)` that reads request.url. */
  readonly readsUrls: UrlReader | undefined;
  /** `createServer(handler)` with a function of another file of the app: './framework#handler'. */
  readonly handlerFrom: string | undefined;
  /** Functions that read request.url, by the names under which the script exports them. */
  readonly exportedReaders: ReadonlyMap<string, UrlReader>;
}

/** A handler that reads request.url. */
export interface UrlReader {
  readonly at: Place;
  /** Its source text. */
  readonly text: string;
  /** It reads something from the environment as well, which may be the vdir path. */
  readonly readsEnvironment: boolean;
}

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'use']);
const serverMakers = /^(node:)?https?#createServer$/;

/** Is it `express()`? Routers are below an app, so their paths alone are not URLs. */
function isExpress(context: ScriptContext, node: AnyNode): boolean {
  const made = follow(node, context.bindings);
  return made.type === 'CallExpression' && context.moduleOf(made.callee) === 'express';
}

function routeOf(context: ScriptContext, call: CallExpression): Route | undefined {
  const method = propertyName(call.callee) ?? '';
  if (call.callee.type !== 'MemberExpression' || !verbs.has(method)) return undefined;
  if (!isExpress(context, call.callee.object)) return undefined;
  const [first, ...others] = call.arguments;
  // `app.get('title')` reads a setting.
  if (method === 'get' && others.length === 0) return undefined;
  const hasPath = first !== undefined && !isHandler(context, first) && !isOnlyArgumentAHandler(context, call);
  const handlers = hasPath ? others : call.arguments;
  return {
    method,
    path: hasPath ? readValue(first, context.bindings) : undefined,
    isUnseen: first !== undefined && others.length > 0 && isUnseen(context, first, method === 'use'),
    isStatic: handlers.some((node) => isStatic(context, node)),
    at: context.place(call.start),
  };
}

function isHandler(context: ScriptContext, node: AnyNode): boolean {
  const meant = follow(node, context.bindings);
  return /^(CallExpression|FunctionExpression|ArrowFunctionExpression|FunctionDeclaration|Identifier)$/.test(meant.type)
    ? readValue(node, context.bindings).kind === 'unknown'
    : false;
}

/** `app.use(middleware.log)`: a single argument is a handler, regardless of its name. */
function isOnlyArgumentAHandler({ bindings }: ScriptContext, { arguments: given }: CallExpression): boolean {
  return given.length === 1 && given.every((node) => readValue(node, bindings).kind === 'unknown');
}

/** May it be any path? With `mayHandle` it is not a path where the source shows a handler. A list of lists is not gone through. */
function isUnseen(context: ScriptContext, node: AnyNode, mayHandle: boolean, depth = 0): boolean {
  const meant = follow(node, context.bindings);
  if (readValue(meant, context.bindings).kind !== 'unknown') return false;
  switch (meant.type) {
    case 'Literal': // a regular expression
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return false;
    case 'ArrayExpression':
      return depth > 2 || meant.elements.some((each) => each !== null && isUnseen(context, each, mayHandle, depth + 1));
    case 'Identifier':
      return !(mayHandle && functionBehind(context.bindings, meant) !== undefined);
    case 'CallExpression':
      return !(mayHandle && makesHandler(context.moduleOf(meant.callee)));
    default:
      return true;
  }
}

/** `express.json()`, `cors()`; `config.get('base')` of a package is anything. */
function makesHandler(module: string | undefined): boolean {
  return module !== undefined && (module.startsWith('express#') || /^[^.#/][^#]*$/.test(module));
}

function isStatic(context: ScriptContext, node: AnyNode): boolean {
  const meant = follow(node, context.bindings);
  return meant.type === 'CallExpression' && context.moduleOf(meant.callee) === 'express#static';
}

function handedApp(context: ScriptContext, call: CallExpression): HandedApp | undefined {
  const app = serverMakers.test(context.moduleOf(call.callee) ?? '') ? call.arguments.at(-1) : listener(context, call);
  if (app?.type !== 'Identifier') return undefined;
  // `createServer(app)` with an app of another file.
  const isApp = isExpress(context, app) || context.moduleOf(app)?.startsWith('.');
  if (!isApp) return undefined;
  const { offset, isModule } = context.script;
  const use = context.modules.find(({ specifier }) => specifier === 'express');
  const name = use?.bound.find(({ exported }) => exported === '*' || exported === 'default')?.local.name;
  return {
    app: app.name,
    at: context.place(call.start),
    span: { start: offset + app.start, end: offset + app.end },
    express: name ?? (isModule ? undefined : "require('express')"),
  };
}

/** The app of `app.listen(..)`. */
function listener(context: ScriptContext, { callee }: CallExpression): AnyNode | undefined {
  if (callee.type !== 'MemberExpression' || propertyName(callee) !== 'listen') return undefined;
  return isExpress(context, callee.object) ? callee.object : undefined;
}

/** The function that gets the requests of a plain http server: `createServer(f)`, `server.on('request', f)`. */
function requestHandler(context: ScriptContext, { callee, arguments: given }: CallExpression): AnyNode | undefined {
  const [first] = given;
  const isEvent = propertyName(callee) === 'on' && first?.type === 'Literal' && first.value === 'request';
  const handler = isEvent || serverMakers.test(context.moduleOf(callee) ?? '') ? given.at(-1) : undefined;
  return handler?.type === 'Identifier' ? functionBehind(context.bindings, handler) : handler;
}

function urlReader(context: ScriptContext, call: CallExpression): UrlReader | undefined {
  const handler = requestHandler(context, call);
  if (!/^(Function|ArrowFunction)(Expression|Declaration)$/.test(handler?.type ?? '') || !handler) return undefined;
  const nodes = context.tree.within(handler);
  if (!nodes.some((node) => readsStart(context, node)) || nodes.some(isOfSocketIo)) return undefined;
  return readerOf(context, handler, context.place(call.start));
}

/** socket.io's own handler for its client script, which a bundle has as well: its names of properties, that minifiers keep (dist/index.js). */
const isOfSocketIo = (node: AnyNode): boolean => /^(?:clientPathRegex|_corsMiddleware)$/.test(propertyName(node) ?? '');

const readerOf = (context: ScriptContext, handler: AnyNode, at: Place): UrlReader => ({
  at,
  text: context.script.code.slice(handler.start, handler.end),
  readsEnvironment: mentionsEnvironment(handler, context.bindings),
});

/** `request.url`, but not `request.url.endsWith('.js')`, which is right at every path. */
function readsStart({ tree }: ScriptContext, node: AnyNode): boolean {
  if (propertyName(node) !== 'url') return false;
  const parent = tree.parentOf(node);
  return parent?.type !== 'MemberExpression' || !/^(?:endsWith|includes|length)$/.test(propertyName(parent) ?? '');
}

/** The functions around each `request.url` that the script exports. */
function readExportedReaders(context: ScriptContext): ReadonlyMap<string, UrlReader> {
  const { tree } = context;
  const readers = new Map<string, UrlReader>();
  const reads = tree.ofType('MemberExpression').filter((node) => readsStart(context, node));
  const functions = new Set(reads.flatMap((node) => tree.ancestorsOf(node).filter(isFunction)));
  for (const each of functions) {
    const name = exportedNameOf(context, each);
    if (name !== undefined) readers.set(name, readerOf(context, each, context.place(each.start)));
  }
  return readers;
}

const isFunction = ({ type }: AnyNode): boolean => /^(Function|ArrowFunction)(Expression|Declaration)$/.test(type);

/** `module.exports = function`, `exports.handler = (..) => ..`, `export function handler`, or by its name elsewhere. */
function exportedNameOf({ tree, bindings }: ScriptContext, node: AnyNode): string | undefined {
  const parent = tree.parentOf(node);
  const named =
    node.type === 'FunctionDeclaration' ? node.id : parent?.type === 'VariableDeclarator' ? parent.id : null;
  const direct = exportedAs(tree, node);
  if (direct !== undefined || named?.type !== 'Identifier') return direct;
  const variable = bindings.variableOf(named);
  const uses = variable?.references.map(({ identifier }) => exportedAs(tree, identifier)) ?? [];
  const listed = exportedNames(tree).find(({ local }) => local === named || bindings.variableOf(local) === variable);
  return uses.find((use) => use !== undefined) ?? listed?.exported;
}

/** The module of the app that has the handler of `createServer(handler)`. */
function handlerModule(context: ScriptContext, call: CallExpression): string | undefined {
  const [handler, second] = call.arguments.toReversed();
  if (handler === undefined || second?.type === 'SpreadElement') return undefined;
  const from = serverMakers.test(context.moduleOf(call.callee) ?? '') ? context.moduleOf(handler) : undefined;
  return from?.startsWith('.') ? from : undefined;
}

/** `createServer(handler)` with what is neither a function of this script nor an app of express. */
function isUnseenHandler(context: ScriptContext, call: CallExpression): boolean {
  if (!serverMakers.test(context.moduleOf(call.callee) ?? '')) return false;
  const handler = call.arguments.at(-1);
  if (!handler || handler.type === 'SpreadElement' || handler.type === 'ObjectExpression') return false;
  if (/^(FunctionExpression|ArrowFunctionExpression)$/.test(handler.type)) return false;
  const isOwn = handler.type === 'Identifier' && functionBehind(context.bindings, handler) !== undefined;
  return !isOwn && !isExpress(context, handler);
}

/** The URLs that a script answers itself. */
export function readRoutes(context: ScriptContext): RouteUse {
  const routes: Route[] = [];
  let handed: RouteUse['handed'];
  let reads: UrlReader | undefined;
  let handlerFrom: string | undefined;
  let hasUnseenHandler = false;
  for (const node of context.tree.ofType('CallExpression')) {
    const route = routeOf(context, node);
    if (route) routes.push(route);
    handed ??= handedApp(context, node);
    reads ??= urlReader(context, node);
    handlerFrom ??= handlerModule(context, node);
    hasUnseenHandler ||= isUnseenHandler(context, node);
  }
  return {
    routes: routes.sort((a, b) => a.at.line - b.at.line),
    handed,
    hasUnseenHandler,
    readsUrls: reads,
    handlerFrom,
    exportedReaders: readExportedReaders(context),
  };
}

/** A path that contains the vdir path, or reads it from the environment; a route without a path matches any. */
function isPlaced({ path }: Route, vdirPath: string): boolean {
  if (path?.kind !== 'literal') return path === undefined || path.kind === 'environment';
  const text = String(path.value).toLowerCase();
  return text === vdirPath.toLowerCase() || text.startsWith(`${vdirPath.toLowerCase()}/`);
}

/** Does a route have the vdir path, or take it from the environment? Then the app's URLs are below it. */
export const hasPlacedRoute = (routes: readonly Route[], vdirPath: string): boolean =>
  routes.some((route) => route.path !== undefined && isPlaced(route, vdirPath));

/**
 * The routes that never match below a vdir path ('/dante'), because node sees the whole URL there. Empty when any of them
 * has the vdir path, or an unknown path: then the app handles it, or may handle it.
 */
export function unplacedRoutes(routes: readonly Route[], vdirPath: string): readonly Route[] {
  const isThoughtOf = (route: Route): boolean =>
    route.isUnseen || (route.path !== undefined && isPlaced(route, vdirPath));
  if (vdirPath === '/' || routes.some(isThoughtOf)) return [];
  return routes.filter((route) => route.isStatic || !isPlaced(route, vdirPath));
}

/** The routes for other URLs than the app's own. */
export function furtherRoutes(routes: readonly Route[]): readonly Route[] {
  const isOwnUrl = ({ path }: Route): boolean => path?.kind === 'literal' && /^\/?$/.test(String(path.value));
  return routes.filter(
    (route) => route.isStatic || (route.path !== undefined && (route.method === 'use' || !isOwnUrl(route))),
  );
}

/** The code to write instead of the app's name, so that its routes are below the vdir path. */
export function mountedApp(app: string, express = "require('express')", key = 'virtualDirPath'): string {
  return `${express}().use(process.env.${key} || '/', ${app})`;
}
