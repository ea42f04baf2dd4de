import type { AnyNode, CallExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { isGuarded } from './listens.js';
import { keyOf, propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { follow, hasSpread, objectOf, propertyOf, readValue } from './values.js';

/** A Content-Security-Policy that helmet sends with every response: `app.use(helmet(..))`, also as packages for other frameworks have it. */
export interface SentPolicy {
  readonly at: Place;
  /** The package: 'helmet', 'koa-helmet'. */
  readonly by: string;
  /** What the code gives: names as in the header, with their sources; null: taken out. undefined: none. */
  readonly directives: ReadonlyMap<string, readonly string[] | null> | undefined;
  /** undefined: not said. */
  readonly usesDefaults: boolean | undefined;
}

/** What only a running app knows: it may be anything, and of one script. */
const unknownSources = ['*', "'nonce-unknown'"];

/** The policies that a script sends with all responses, as far as its code says them. */
export function readSentPolicies(context: ScriptContext): readonly SentPolicy[] {
  return context.tree.ofType('CallExpression').flatMap((call) => policyOf(context, call) ?? []);
}

/** The packages that have helmet in them, with their first version that has helmet 4, and the first that has helmet 5. */
const packages: ReadonlyMap<string, { readonly fourth: number; readonly fifth: number }> = new Map([
  ['helmet', { fourth: 4, fifth: 5 }],
  ['koa-helmet', { fourth: 6, fifth: 7 }],
  ['fastify-helmet', { fourth: 5, fifth: 99 }],
  ['@fastify/helmet', { fourth: 0, fifth: 8 }],
]);

/** What is registered for an app, and with which options. */
interface Registered {
  readonly by: string;
  /** All of helmet's options, and not those of its policy alone. */
  readonly isWhole: boolean;
  readonly options: AnyNode | undefined;
}

/** `app.use(helmet(..))`, `app.use(helmet.contentSecurityPolicy(..))`, `app.register(helmet, ..)`. */
function registeredIn(context: ScriptContext, call: CallExpression): Registered | undefined {
  const { tree } = context;
  const nameOf = (node: AnyNode): string | undefined => context.moduleOf(node)?.replace(/#default$/, '');
  const [first, second] = call.arguments;
  if (propertyName(call.callee) === 'register') {
    const plugin = first && nameOf(first);
    return plugin !== undefined && /^(?:@fastify\/|fastify-)helmet$/.test(plugin)
      ? { by: plugin, isWhole: true, options: second }
      : undefined;
  }
  const named = nameOf(call.callee) ?? '';
  const by = named.replace(/#contentSecurityPolicy$/, '').replace(/^helmet-csp$/, 'helmet');
  if (!/^(?:koa-)?helmet$/.test(by)) return undefined;
  const use = tree.parentOf(call);
  // Below a path, or for one route, it is not sent with the page for sure.
  const isForAll = use?.type === 'CallExpression' && propertyName(use.callee) === 'use' && use.arguments[0] === call;
  return isForAll ? { by, isWhole: named === by, options: first } : undefined;
}

function policyOf(context: ScriptContext, call: CallExpression): SentPolicy | undefined {
  const { bindings } = context;
  const registered = registeredIn(context, call);
  if (registered === undefined || isGuarded(context, call)) return undefined;
  const { by, isWhole, options } = registered;
  const base = { at: context.place(call.start), by };
  if (options === undefined) return { ...base, directives: undefined, usesDefaults: undefined };
  const given = objectOf(options, bindings);
  // A nonce of Fastify's own is one more source.
  if (given === undefined || hasSpread(given, bindings) || propertyOf(given, 'enableCSPNonces', bindings))
    return undefined;
  const option = isWhole ? propertyOf(given, 'contentSecurityPolicy', bindings) : options;
  if (option === undefined) return { ...base, directives: undefined, usesDefaults: undefined };
  const policy = objectOf(option, bindings);
  if (policy === undefined)
    return isLiteral(context, option, true) ? { ...base, directives: undefined, usesDefaults: undefined } : undefined;
  if (hasSpread(policy, bindings)) return undefined;
  const reportOnly = propertyOf(policy, 'reportOnly', bindings);
  if (reportOnly !== undefined && !isLiteral(context, reportOnly, false)) return undefined;
  const defaults = propertyOf(policy, 'useDefaults', bindings);
  const usesDefaults = defaults && isLiteral(context, defaults, true);
  const directives = propertyOf(policy, 'directives', bindings);
  if (directives === undefined) return { ...base, directives: undefined, usesDefaults };
  const read = directivesOf(context, directives);
  return read && { ...base, directives: read, usesDefaults };
}

function isLiteral({ bindings }: ScriptContext, node: AnyNode, value: boolean): boolean {
  const read = readValue(node, bindings);
  return read.kind === 'literal' && read.value === value;
}

/** `{ scriptSrc: ["'self'"], 'connect-src': [..] }`; undefined where names of directives are not known. */
function directivesOf(
  context: ScriptContext,
  given: AnyNode,
): ReadonlyMap<string, readonly string[] | null> | undefined {
  const object = objectOf(given, context.bindings);
  if (object === undefined) return undefined;
  const found = new Map<string, readonly string[] | null>();
  for (const property of object.properties) {
    const key = property.type === 'Property' ? keyOf(property) : undefined;
    if (property.type !== 'Property' || key === undefined) return undefined;
    found.set(
      key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      sourcesOf(context, property.value),
    );
  }
  return found;
}

function sourcesOf(context: ScriptContext, given: AnyNode): readonly string[] | null {
  const node = follow(given, context.bindings);
  if (node.type === 'Literal' && node.value === null) return null;
  const items = node.type === 'ArrayExpression' ? node.elements : [node];
  return items.flatMap((item) => {
    const value = item === null ? undefined : readValue(item, context.bindings);
    // A text may hold several sources.
    return value?.kind === 'literal' ? String(value.value).split(/\s+/) : unknownSources;
  });
}

/** The directives of helmet's defaults that matter to scripts and connections (helmet 4 to 8, content-security-policy). */
const defaults: ReadonlyMap<string, readonly string[]> = new Map([
  ['default-src', ["'self'"]],
  ['script-src', ["'self'"]],
]);

/**
 * The policy of a call in a major version of its package. Of helmet: before 4 helmet() sends none; without directives the defaults hold; beside directives they
 * hold since version 5, or where `useDefaults` says so. undefined: none is sent.
 */
export function policyOfHelmet(
  { by, directives, usesDefaults }: SentPolicy,
  major: number,
): ReadonlyMap<string, readonly string[]> | undefined {
  const { fourth = 4, fifth = 5 } = packages.get(by) ?? {};
  if (major < fourth && directives === undefined) return undefined;
  const hasDefaults = major >= fourth && (directives === undefined || (usesDefaults ?? major >= fifth));
  const all = new Map<string, readonly string[]>(hasDefaults ? defaults : []);
  for (const [name, sources] of directives ?? []) {
    if (sources === null) all.delete(name);
    else all.set(name, sources);
  }
  return all;
}
