import type { AnyNode, CallExpression } from 'acorn';
import { isBundledConnect } from './client-in-bundle.js';
import { mayWrap, type WrappedCall, wrappedCalls } from './client-wrappers.js';
import type { ScriptContext } from './context.js';
import { hasTemplateTag } from './page-script.js';
import { propertyName } from './properties.js';
import { readHandedOptions, readSocketOptions, type SocketOptions } from './socket-options.js';
import type { Place } from './text-file.js';
import { upwards } from './tree.js';
import { follow, readValue, type Value } from './values.js';

/** The target of a client's connection. */
export interface ClientUrl {
  readonly value: Value;
  /** Its source text. */
  readonly text: string;
  /** From its start to the start of the next argument, or to its end; offsets in the file. */
  readonly span: { readonly start: number; readonly end: number };
  /** Only where a test says so: of the environment of a build, or of the host that the page came from. */
  readonly isConditional: boolean;
  /** Where another script of the page, or another file, has the value. */
  readonly from?: Place;
}

/** `io(..)`, `io.connect(..)` in a page. */
export interface SocketClient {
  readonly at: Place;
  /** What it imports the client from: 'socket.io-client'; undefined: the client script of a page has defined it. */
  readonly from: string | undefined;
  /** The first argument; undefined when there is none, or it is the options. */
  readonly url: ClientUrl | undefined;
  readonly options: SocketOptions;
  /** The name of the address in the configuration of a package that opens the connection: 'url' of ngx-socket-io. */
  readonly addressKey?: string;
  /** A bundler has made the script: what it says changes with the next build only. */
  readonly isInBundle?: true;
}

/** The names and URLs that socket.io's client is imported by. */
export const clientModule = /(^|\/)socket\.io(-client)?([/.@]|$)/;

function isIo(context: ScriptContext, node: AnyNode): boolean {
  if (node.type === 'MemberExpression') return isWindow(node.object) && propertyName(node) === 'io';
  if (node.type !== 'Identifier') return false;
  const from = context.moduleOf(node);
  if (from) return clientModule.test(from.replace(/#.*/, ''));
  if (node.name !== 'io') return false;
  // The global of the client script; a name that this script declares itself is something else.
  const value = follow(node, context.bindings);
  return value === node ? context.bindings.variableOf(node) === undefined : isIo(context, value);
}

function isWindow(node: AnyNode): boolean {
  return node.type === 'Identifier' && (node.name === 'window' || node.name === 'globalThis' || node.name === 'self');
}

function isConnect(context: ScriptContext, node: CallExpression): boolean {
  const method = propertyName(node.callee);
  if (node.callee.type === 'MemberExpression') {
    if (isIo(context, node.callee)) return true;
    return (method === 'connect' || method === 'io') && isIo(context, node.callee.object);
  }
  return isIo(context, node.callee);
}

/** `io(options)`: by its binding, or by its name if the binding is unknown: `config.socket.options`, not `config.address`. */
function isOptions({ bindings }: ScriptContext, first: AnyNode): boolean {
  const meant = follow(first, bindings);
  return meant.type === 'ObjectExpression' || /opt|conf|setting|param/i.test(lastName(meant) ?? '');
}

/** `a` of a name, `b` of `a.b` and `a.b()`. */
function lastName(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'CallExpression') return lastName(node.callee);
  return node.type === 'MemberExpression' ? propertyName(node) : undefined;
}

const ofPlace = /\benv\b|NODE_ENV|__DEV__|\blocalhost\b|127\.0\.0\.1|\blocation\.(?:host|hostname|origin|href)\b/;

/** Does it depend on where the page runs, or does it choose between addresses by that? A test may have a name: `isDev ? a : b`. */
export function isBranch({ script: { code }, tree, bindings }: ScriptContext, node: AnyNode): boolean {
  const isTest = node.type === 'ConditionalExpression' || node.type === 'IfStatement';
  const test = isTest ? node.test : node.type === 'LogicalExpression' ? node.left : undefined;
  if (test === undefined) return false;
  const named = tree.within(test).filter(({ type }) => type === 'Identifier');
  const meant = named.slice(0, mostNames).map((name) => follow(name, bindings));
  return [test, ...meant].some(({ start, end }) => ofPlace.test(code.slice(start, end)));
}

/** In one test. */
const mostNames = 5;

/** Is what a node is in chosen by where the page runs? */
export const choiceByPlace = (context: ScriptContext): ((node: AnyNode | undefined) => boolean) =>
  upwards(context.tree, (node) => isBranch(context, node));

type IsInBranch = ReturnType<typeof upwards>;

/** A text that another script or file has; what a server fills in is known when the page is sent. */
function elsewhereOf(
  context: ScriptContext,
  url: AnyNode,
): { readonly value: Value; readonly isConditional: boolean; readonly from: Place } | undefined {
  const found = context.imported?.(url);
  if (found === undefined) return undefined;
  const value = readValue(found.node, found.context.bindings);
  if (value.kind !== 'literal' || hasTemplateTag(String(value.value))) return undefined;
  const isConditional = choiceByPlace(found.context)(found.node);
  return { value, isConditional, from: found.context.place(value.node.start) };
}

function urlOf(context: ScriptContext, url: AnyNode, next: AnyNode | undefined, isInBranch: IsInBranch): ClientUrl {
  const { script, bindings } = context;
  const meant = follow(url, bindings);
  const own = readValue(url, bindings);
  const given = own.kind === 'unknown' ? elsewhereOf(context, url) : undefined;
  const isConditional = isBranch(context, meant) || isInBranch(context.tree.parentOf(url));
  return {
    value: given?.value ?? own,
    text: script.code.slice(meant.start, meant.end),
    span: { start: script.offset + url.start, end: script.offset + (next?.start ?? url.end) },
    isConditional: isConditional || given?.isConditional === true,
    ...(given && { from: given.from }),
  };
}

/** A call that connects, with its arguments told apart. */
export interface ConnectCall {
  readonly node: CallExpression;
  /** The first argument; undefined when there is none, or it is the options. */
  readonly url: AnyNode | undefined;
  /** The index of the argument from which on options may come. */
  readonly firstOption: 0 | 1;
  /** By what it does, and not by its name. */
  readonly isInBundle: boolean;
}

/** Every call of a page's script that connects with socket.io's client. */
export function connectCalls(context: ScriptContext): ConnectCall[] {
  const calls: ConnectCall[] = [];
  for (const node of context.tree.ofType('CallExpression')) {
    const isInBundle = !isConnect(context, node);
    if (isInBundle && !isBundledConnect(context, node)) continue;
    const [first] = node.arguments;
    const optionsFirst = first !== undefined && isOptions(context, first);
    calls.push({ node, url: optionsFirst ? undefined : first, firstOption: optionsFirst ? 0 : 1, isInBundle });
  }
  return calls;
}

function moduleOfClient(context: ScriptContext, { callee }: CallExpression): string | undefined {
  const from = context.moduleOf(callee) ?? (callee.type === 'MemberExpression' ? context.moduleOf(callee.object) : '');
  return from?.replace(/#.*/, '') || undefined;
}

/** Every connection a page's script opens with socket.io's client, by itself or through a package of a framework. */
export function readSocketClients(context: ScriptContext): SocketClient[] {
  const isInBranch = choiceByPlace(context);
  const own = connectCalls(context).map(({ node, url, firstOption, isInBundle }): SocketClient => {
    const options = readSocketOptions(context, node, firstOption);
    return {
      at: context.place(node.start),
      from: isInBundle ? 'socket.io-client' : moduleOfClient(context, node),
      url: url && urlOf(context, url, node.arguments[1], isInBranch),
      options: isInBundle ? { ...options, spot: undefined } : options,
      ...(isInBundle && { isInBundle }),
    };
  });
  return [...own, ...wrappedCalls(context).map((call) => wrappedClient(context, call, isInBranch))];
}

function wrappedClient(own: ScriptContext, call: WrappedCall, isInBranch: IsInBranch): SocketClient {
  const { node, context, key, url, options } = call;
  const at = url && context.place(url.start);
  return {
    // The configuration is what has to be changed.
    at: at ?? own.place(node.start),
    from: own.modules.find(({ specifier }) => mayWrap(specifier))?.specifier,
    url: url && urlOf(context, url, undefined, context === own ? isInBranch : choiceByPlace(context)),
    options: readHandedOptions(context, options),
    addressKey: key ?? 'url',
  };
}

/**
 * The target of a client: 'here', the page's own host; 'local', a developer's address; 'port', a computed address with its own
 * port; 'elsewhere', another server.
 */
export function clientTarget({ url }: SocketClient): 'here' | 'local' | 'port' | 'elsewhere' {
  if (url === undefined) return 'here';
  if (url.value.kind !== 'literal') {
    // A value that depends on the environment is assumed to be right.
    return /:\d{2,5}\b/.test(url.text) && !/\benv\b/.test(url.text) && !url.isConditional ? 'port' : 'here';
  }
  const address = String(url.value.value);
  if (/^([a-z]+:)?\/\/(localhost\b|127\.|\[::1\])/i.test(address) || /^localhost:\d/i.test(address)) {
    // On the developer's machine it is right.
    return url.isConditional ? 'here' : 'local';
  }
  if (/^([a-z]+:)?\/\//i.test(address)) return 'elsewhere';
  return /^[\w.-]+:\d+/.test(address) ? 'elsewhere' : 'here';
}
