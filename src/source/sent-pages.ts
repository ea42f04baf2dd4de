import path from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';
import { remembered } from '../remembered.js';
import { functionBehind } from './bindings.js';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { pathOf } from './served-folders.js';
import type { Place } from './text-file.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';

/** An app or a router: the expression that makes it. */
type Router = AnyNode;

/** A path of Express or Fastify; `text` is undefined where the source does not show it. */
interface RoutedPath {
  readonly router: Router;
  readonly text: string | undefined;
}

/** `app.get('/rooms/:id', (request, response) => response.sendFile(..))` */
export interface SentPage extends RoutedPath {
  readonly text: string;
  /** The file, relative to the app's folder; a name alone where its folder is not known: 'room.html'. */
  readonly file: string;
  /** `response.render('room')`: a name without a suffix, below the folder of the views. */
  readonly isView: boolean;
  readonly at: Place;
}

/** `app.use('/assets', express.static('public'))` */
export interface ServedBelow extends RoutedPath {
  /** Relative to the app's folder, as readServedFolders has it; undefined where it is not known. */
  readonly folder: string | undefined;
}

/** A route or middleware that may answer, but sends no page that the source shows. */
export interface OtherAnswer extends RoutedPath {
  /** It answers whatever is below its path as well. */
  readonly isPrefix: boolean;
}

/** `app.use('/rooms', router)` */
export interface MountedRouter extends RoutedPath {
  /** What is mounted: the expression in this script, or the module of the app that exports it. */
  readonly mounted: Router;
  readonly module: string | undefined;
}

export interface WebPaths {
  readonly pages: readonly SentPage[];
  readonly served: readonly ServedBelow[];
  readonly others: readonly OtherAnswer[];
  readonly mounts: readonly MountedRouter[];
}

type Reading = { -readonly [Key in keyof WebPaths]: WebPaths[Key][number][] };

const makers = /^(express(#Router)?|fastify(#fastify)?|koa|(@koa\/|koa-)router(#Router)?)$/;
const staticServers = /^(express#static|serve-static|sirv|koa-static|@koa\/static)$/;
const verbs = new Set(['get', 'all', 'use', 'register', 'route']);

/**
 * Which pages the routes of a script send, and what else of it answers URLs.
 *
 * @param folder Where the script is when it runs, relative to the app's: its __dirname.
 */
export function readWebPaths(context: ScriptContext, folder: string): WebPaths {
  const reading: Reading = { pages: [], served: [], others: [], mounts: [] };
  for (const node of context.tree.ofType('CallExpression')) {
    const router = node.callee.type === 'MemberExpression' ? routerOf(context, node.callee.object) : undefined;
    const method = propertyName(node.callee) ?? '';
    if (router === undefined || !verbs.has(method)) continue;
    if (method === 'register') readPlugin(context, folder, router, node, reading);
    else readCall(context, folder, router, node, reading);
  }
  return reading;
}

function routerOf(context: ScriptContext, node: AnyNode): Router | undefined {
  const made = follow(node, context.bindings);
  if (made.type !== 'CallExpression' && made.type !== 'NewExpression') return undefined;
  return makers.test(context.moduleOf(made.callee) ?? '') ? made : undefined;
}

/** `fastify.register(require('@fastify/static'), { root, prefix: '/assets/' })`; another plugin may answer anything below its prefix. */
function readPlugin(
  context: ScriptContext,
  folder: string,
  router: Router,
  call: CallExpression,
  reading: Reading,
): void {
  const [plugin, given] = call.arguments;
  const options = objectOf(given?.type === 'SpreadElement' ? undefined : given, context.bindings);
  const prefix = options && propertyOf(options, 'prefix', context.bindings);
  const text = prefix === undefined ? '/' : textOf(context, prefix);
  const root = options && propertyOf(options, 'root', context.bindings);
  if (/static/.test((plugin && context.moduleOf(plugin)) ?? '')) {
    reading.served.push({ router, text, folder: root && normalized(pathOf(context, root, folder)) });
  } else if (prefix !== undefined) reading.others.push({ router, text, isPrefix: true });
}

function readCall(
  context: ScriptContext,
  folder: string,
  router: Router,
  call: CallExpression,
  reading: Reading,
): void {
  const method = propertyName(call.callee);
  const [first, ...rest] = call.arguments;
  // `app.get('title')` reads a setting.
  if (first === undefined || (method === 'get' && rest.length === 0)) return;
  const isUse = method === 'use';
  const hasPath = !isUse || !isHandler(context, first);
  const handlers = hasPath ? rest : call.arguments;
  const sent = isUse ? [] : handlers.flatMap((each) => pagesOf(context, folder, each));
  const at = context.place(call.start);
  for (const each of hasPath ? pathsOf(context, first) : ['/']) {
    const text = belowOwnPrefix(context, router, each);
    if (text !== undefined) for (const page of sent) reading.pages.push({ router, text, at, ...page });
    for (const handler of isUse ? handlers : []) readUsed(context, folder, { router, text }, handler, hasPath, reading);
    if (!isUse && sent.length === 0) reading.others.push({ router, text, isPrefix: false });
  }
}

/** `new Router({ prefix: '/rooms' })` of Koa. */
function belowOwnPrefix(context: ScriptContext, router: Router, text: string | undefined): string | undefined {
  const [given] = router.type === 'NewExpression' || router.type === 'CallExpression' ? router.arguments : [];
  const options = objectOf(given?.type === 'SpreadElement' ? undefined : given, context.bindings);
  const prefix = options && propertyOf(options, 'prefix', context.bindings);
  const own = prefix === undefined ? '' : textOf(context, prefix);
  return own === undefined || text === undefined ? undefined : `${own}${text}`;
}

/** What `app.use` is given: files, a router, or a function, which without a path is taken for one that goes on. */
function readUsed(
  context: ScriptContext,
  folder: string,
  routed: RoutedPath,
  given: AnyNode,
  hasPath: boolean,
  reading: Reading,
): void {
  const meant = follow(given, context.bindings);
  if (meant.type === 'CallExpression' && staticServers.test(context.moduleOf(meant.callee) ?? '')) {
    const [root] = meant.arguments;
    reading.served.push({ ...routed, folder: root && normalized(pathOf(context, root, folder)) });
    return;
  }
  const mounted = mountedIn(context, meant);
  const module = context.moduleOf(mounted === meant ? given : mounted);
  const isOfApp = module?.startsWith('.') === true;
  const router = routerOf(context, mounted);
  if (router !== undefined || isOfApp)
    reading.mounts.push({ ...routed, mounted: router ?? mounted, module: isOfApp ? module : undefined });
  else if (hasPath && !goesOn(context, meant)) reading.others.push({ ...routed, isPrefix: true });
}

/** `rooms` of `rooms.routes()`, and `require('./rooms')` of `require('./rooms')(io)`. */
function mountedIn(context: ScriptContext, meant: AnyNode): AnyNode {
  if (meant.type !== 'CallExpression') return meant;
  const { callee } = meant;
  if (callee.type === 'MemberExpression' && propertyName(callee) === 'routes') return callee.object;
  return context.moduleOf(callee)?.startsWith('.') ? callee : meant;
}

/** A function of this script that calls `next` and sends nothing, such as a check of the login. */
function goesOn(context: ScriptContext, meant: AnyNode): boolean {
  const { bindings, tree } = context;
  const handler = meant.type === 'Identifier' ? functionBehind(bindings, meant) : meant;
  if (!handler || !/^(Function|ArrowFunction)(Expression|Declaration)$/.test(handler.type)) return false;
  const known = goingOn(context);
  const takesNext = 'params' in handler && handler.params.length > 2;
  const sends = (): boolean =>
    tree.within(handler).some((node) => /^(send|sendFile|end|pipe)$/.test(propertyName(node) ?? ''));
  const answer = known.get(handler) ?? (takesNext && !sends());
  known.set(handler, answer);
  return answer;
}

function isHandler(context: ScriptContext, node: AnyNode): boolean {
  const meant = follow(node, context.bindings);
  if (readValue(node, context.bindings).kind !== 'unknown') return false;
  if (/^(CallExpression|NewExpression|FunctionExpression|ArrowFunctionExpression)$/.test(meant.type)) return true;
  if (meant.type === 'Identifier' && functionBehind(context.bindings, meant) !== undefined) return true;
  return context.moduleOf(node) !== undefined;
}

/** The paths of a first argument; an unknown one is undefined. */
function pathsOf(context: ScriptContext, node: AnyNode): readonly (string | undefined)[] {
  const meant = follow(node, context.bindings);
  if (meant.type !== 'ArrayExpression') return [textOf(context, node)];
  return meant.elements.flatMap((each) => (each ? [textOf(context, each)] : []));
}

/** A path from the environment alone is taken for the app's own URL: a vdir path. */
function textOf(context: ScriptContext, node: AnyNode): string | undefined {
  const value = readValue(node, context.bindings);
  if (value.kind === 'literal') return String(value.value);
  return value.kind === 'environment' && follow(node, context.bindings).type !== 'TemplateLiteral' ? '/' : undefined;
}

const normalized = (found: string | undefined): string | undefined =>
  found === undefined ? undefined : path.posix.normalize(found).replace(/(?<=.)\/$/, '');

type Page = Pick<SentPage, 'file' | 'isView'>;

/** The pages that a handler sends: `sendFile`, `render`, `createReadStream`, `send(readFileSync(..))`, by their literal names. */
function pagesOf(context: ScriptContext, folder: string, given: AnyNode): readonly Page[] {
  const meant = follow(given, context.bindings);
  const handler = meant.type === 'Identifier' ? functionBehind(context.bindings, meant) : meant;
  if (!handler || !/^(Function|ArrowFunction)(Expression|Declaration)$/.test(handler.type)) return [];
  const known = pagesByHandler(context);
  const before = known.get(handler);
  if (before !== undefined) return before;
  const calls = context.tree.within(handler).filter((node) => node.type === 'CallExpression');
  const found = calls.flatMap((call) => pageOf(context, folder, call) ?? []);
  // `send(readFileSync(..))` are two calls of one page.
  const pages = [...new Map(found.map((page) => [page.file, page])).values()];
  known.set(handler, pages);
  return pages;
}

/** A function that many routes share is read once. */
const pagesByHandler = remembered((_: ScriptContext): Map<AnyNode, readonly Page[]> => new Map());
const goingOn = remembered((_: ScriptContext): Map<AnyNode, boolean> => new Map());

function pageOf(context: ScriptContext, folder: string, call: CallExpression): Page | undefined {
  const [first, second] = call.arguments;
  // What is downloaded is not shown.
  if (first === undefined || /^(download|attachment)$/.test(propertyName(call.callee) ?? '')) return undefined;
  if (/^(render|view)$/.test(propertyName(call.callee) ?? '')) {
    const value = readValue(first, context.bindings);
    return value.kind === 'literal' ? { file: String(value.value), isView: true } : undefined;
  }
  const meant = follow(first, context.bindings);
  const read = meant.type === 'CallExpression' ? meant.arguments[0] : undefined;
  const root = call.arguments
    .flatMap((each) => (each.type === 'SpreadElement' ? [] : (objectOf(each, context.bindings) ?? [])))
    .map((options) => propertyOf(options, 'root', context.bindings))
    .find((each) => each !== undefined);
  const below = root && pathOf(context, root, folder);
  // The second one is that of koa-send: `send(ctx, 'room.html')`.
  for (const each of [first, read, second]) {
    const found = each && pathOf(context, each, folder);
    if (found === undefined || !/[^/]\.html?$/i.test(found)) continue;
    return { file: path.posix.normalize(below === undefined ? found : `${below}/${found}`), isView: false };
  }
  return undefined;
}
