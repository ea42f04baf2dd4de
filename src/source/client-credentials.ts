import type { AnyNode, Node } from 'acorn';
import { remembered } from '../remembered.js';
import type { ScriptContext } from './context.js';
import { type Json, jsonInPage } from './json-in-page.js';
import { propertyName } from './properties.js';
import { follow, hasSpread, objectOf, propertyOf } from './values.js';

/** What a client of a page sends about itself, as far as its code says it. */
export interface ClientCredentials {
  /** With the connection to its namespace; undefined: nothing. */
  readonly auth: Json | undefined;
  /** In the query of each request; undefined: nothing of its own. */
  readonly query: Readonly<Record<string, string>> | undefined;
  /** Headers of its requests over polling, in lower case; a browser has no way to send them with a WebSocket. */
  readonly headers: Readonly<Record<string, string>>;
  /** Options of which only running the code would tell all. */
  readonly unread: readonly CredentialOption[];
}

export type CredentialOption = 'auth' | 'query' | 'extraHeaders';

/** What a value in the page's code is worth. */
type Read = (node: AnyNode) => Json | undefined;
type Found<Value> = { readonly value: Value; readonly isAll: boolean };

/** Headers that a browser sets itself, and refuses to a script (Fetch, "forbidden request-header"). */
const ofBrowsers =
  /^(?:accept-charset|accept-encoding|access-control-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/;
const isHeaderName = (name: string): boolean => /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name);
const isHeaderValue = (value: string): boolean => value.length < 4_000 && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);

/**
 * Reads it from the arguments of one connection.
 * @param address The first argument, where it is a URL: its value in the page; undefined: unknown.
 */
export function readCredentials(
  context: ScriptContext,
  options: readonly AnyNode[],
  address: { readonly value: string | undefined } | undefined,
  page: { readonly address: URL; readonly base: URL },
): ClientCredentials {
  const { bindings } = context;
  const read: Read = (node) => jsonInPage(node, bindings, page);
  const object = options.map((each) => objectOf(each, bindings)).find((each) => each !== undefined);
  const isOpen = object === undefined ? options.length > 0 : hasSpread(object, bindings);
  const given = (key: string): AnyNode | undefined => object && propertyOf(object, key, bindings);
  const later = setLaterIn(context);
  const [auth, query] = [authOf(context, given('auth'), later, read), queryOf(given('query'), read)];
  const ofAddress = given('query') === undefined && !isOpen ? queryIn(address) : undefined;
  const headers = headersOf(context, given, read);
  const unread = {
    auth: isOpen || auth?.isAll === false,
    query: isOpen || later.keys.has('query') || (ofAddress ?? query)?.isAll === false,
    extraHeaders: isOpen || later.keys.has('extraHeaders') || !headers.isAll,
  };
  return {
    auth: auth?.value,
    query: (query ?? ofAddress)?.value,
    headers: headers.value,
    unread: (Object.keys(unread) as CredentialOption[]).filter((name) => unread[name]),
  };
}

/** `io('/?token=abc')`: the client takes it as its query, where the options name none (socket.io-client, lib/index.ts). */
function queryIn(
  address: { readonly value: string | undefined } | undefined,
): Found<Record<string, string>> | undefined {
  if (address === undefined) return undefined;
  if (address.value === undefined) return { value: {}, isAll: false };
  const [, search] = /^[^?#]*\?([^#]+)/.exec(address.value) ?? [];
  return search === undefined ? undefined : { value: Object.fromEntries(new URLSearchParams(search)), isAll: true };
}

function queryOf(given: AnyNode | undefined, read: Read): Found<Record<string, string>> | undefined {
  if (given === undefined) return undefined;
  const whole = read(given);
  // Clients before version 3 take a text as well.
  if (typeof whole === 'string') return { value: Object.fromEntries(new URLSearchParams(whole)), isAll: true };
  return textsOf(given, whole, read);
}

/** The members of an object that are known, as texts; all of them where it is known as a whole. */
function textsOf(given: AnyNode, whole: Json | undefined, read: Read): Found<Record<string, string>> {
  if (typeof whole === 'object' && whole !== null && !Array.isArray(whole)) {
    return {
      value: Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, String(value)])),
      isAll: true,
    };
  }
  const known: Record<string, string> = {};
  for (const property of given.type === 'ObjectExpression' ? given.properties : []) {
    const value = property.type === 'Property' && !property.computed ? read(property.value) : undefined;
    if (property.type !== 'Property' || value === undefined) continue;
    const { key } = property;
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
    if (name !== undefined) known[name] = String(value);
  }
  return { value: known, isAll: false };
}

/** `extraHeaders`, and those of polling alone in `transportOptions`. */
function headersOf(
  { bindings }: ScriptContext,
  given: (key: string) => AnyNode | undefined,
  read: Read,
): Found<Record<string, string>> {
  const polling = member(given('transportOptions'), 'polling');
  const all = [given('extraHeaders'), member(polling, 'extraHeaders')].filter((each) => each !== undefined);
  const found = all.map((each) => textsOf(follow(each, bindings), read(each), read));
  const headers: Record<string, string> = {};
  for (const { value } of found) {
    for (const [name, text] of Object.entries(value)) {
      const lower = name.toLowerCase();
      if (isHeaderName(name) && isHeaderValue(text) && !ofBrowsers.test(lower)) headers[lower] = text;
    }
  }
  return { value: headers, isAll: found.every(({ isAll }) => isAll) };

  function member(node: AnyNode | undefined, key: string): AnyNode | undefined {
    const object = objectOf(node, bindings);
    return object && propertyOf(object, key, bindings);
  }
}

/** The option, or what `socket.auth = ..` says once; a function of the client hands it to its parameter. */
function authOf(
  { bindings }: ScriptContext,
  given: AnyNode | undefined,
  { auth: [assigned, ...others], isAuthPart }: SetLater,
  read: Read,
): Found<Json | undefined> | undefined {
  if (others.length > 0 || isAuthPart) return { value: undefined, isAll: false };
  const node = assigned ?? given;
  if (node === undefined) return undefined;
  const meant = follow(node, bindings);
  const handed =
    meant.type === 'ArrowFunctionExpression' || meant.type === 'FunctionExpression' ? handedBy(meant) : node;
  const value = handed && read(handed);
  return { value, isAll: value !== undefined };
}

/** `(cb) => cb({ token })`: what a function with one statement gives to its parameter. */
function handedBy({
  params: [param],
  body,
}: Extract<AnyNode, { readonly params: readonly Node[]; body: Node }> & {
  readonly params: readonly AnyNode[];
  readonly body: AnyNode;
}): AnyNode | undefined {
  const [only, ...others] = body.type === 'BlockStatement' ? body.body : [];
  const statement = others.length > 0 ? undefined : only;
  const inside =
    statement?.type === 'ExpressionStatement'
      ? statement.expression
      : statement?.type === 'ReturnStatement'
        ? statement.argument
        : body;
  const isHanded =
    inside?.type === 'CallExpression' &&
    param?.type === 'Identifier' &&
    inside.callee.type === 'Identifier' &&
    inside.callee.name === param.name;
  return isHanded ? inside.arguments[0] : undefined;
}

/** What a script sets on its sockets and their options after it made them. */
interface SetLater {
  /** The values of `socket.auth = ..`. */
  readonly auth: readonly AnyNode[];
  /** `socket.auth.token = ..` */
  readonly isAuthPart: boolean;
  /** Names of options: `options.query = ..`, `socket.io.opts.query = ..`. */
  readonly keys: ReadonlySet<string>;
}

/** A script may open thousands of connections: its assignments are looked for once. */
const setLaterIn = remembered(({ tree }: ScriptContext): SetLater => {
  const auth: AnyNode[] = [];
  const keys = new Set<string>();
  let isAuthPart = false;
  for (const node of tree.ofType('AssignmentExpression')) {
    const { left } = node;
    if (left.type !== 'MemberExpression') continue;
    const name = propertyName(left);
    if (name === 'auth') auth.push(node.right);
    if (propertyName(left.object) === 'auth') isAuthPart = true;
    if (name !== undefined) keys.add(name);
  }
  return { auth, isAuthPart, keys };
});
