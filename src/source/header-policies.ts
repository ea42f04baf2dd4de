import type { AnyNode, CallExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { type PolicyReach, reachOf } from './header-reach.js';
import { isGuarded } from './listens.js';
import { keyOf, propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { textOfCode, unknownPart } from './text-of-code.js';
import { follow, objectOf, readValue } from './values.js';

/** A Content-Security-Policy that code of the server gives a response: `response.setHeader('Content-Security-Policy', ..)`. */
export interface HeaderPolicy {
  readonly at: Place;
  /** undefined where only running the code would tell it, and where the header is taken away. */
  readonly text: string | undefined;
  /** The responses that have it. */
  readonly reach: PolicyReach;
}

const header = 'content-security-policy';
/** Node, Express, Fastify, Koa, hapi, Hono; `headers.set` of web responses. */
const setters = /^(?:setHeader|set|header|headers|append|writeHead)$/;
const removers = /^(?:removeHeader|remove|unset)$/;

/** The policies that a script sets by the header's name, in every environment. */
export function readHeaderPolicies(context: ScriptContext): readonly HeaderPolicy[] {
  return context.tree.ofType('CallExpression').flatMap((call) => {
    const value = valueIn(context, call);
    if (value === undefined || isGuarded(context, call)) return [];
    const text = value === null ? undefined : policyText(textOfCode(context, value));
    return [{ at: context.place(call.start), text, reach: reachOf(context, call) }];
  });
}

/** The header's value; null where it is taken away. */
function valueIn(context: ScriptContext, call: CallExpression): AnyNode | null | undefined {
  const method = call.callee.type === 'MemberExpression' ? (propertyName(call.callee) ?? '') : '';
  const [first, second] = call.arguments;
  const isRemoved = removers.test(method);
  if (first === undefined || !(isRemoved || setters.test(method))) return undefined;
  const name = readValue(first, context.bindings);
  const isNamed = name.kind === 'literal' && String(name.value).toLowerCase() === header;
  if (isRemoved) return isNamed ? null : undefined;
  if (isNamed) return second;
  for (const given of call.arguments) {
    const headers = given.type === 'SpreadElement' ? undefined : objectOf(given, context.bindings);
    for (const property of headers?.properties ?? []) {
      if (property.type === 'Property' && keyOf(property)?.toLowerCase() === header) return property.value;
    }
  }
  return undefined;
}

/** What only the running app knows: it may be any source, and of one script. */
const anySource = "* 'nonce-unknown'";

/** A policy with what is not known as sources that allow everything; undefined where a directive's name is not known. */
export function policyText(made: string): string | undefined {
  const directives = made.split(';').map((each) => each.trim());
  if (directives.some((each) => each.split(/\s/, 1)[0]?.includes(unknownPart))) return undefined;
  return directives.map((each) => each.split(/\s+/).map(knownSource).join(' ')).join('; ');
}

function knownSource(source: string): string {
  if (!source.includes(unknownPart)) return source;
  if (/^'(?:nonce|sha\d+)-/i.test(source)) return source.replaceAll(unknownPart, 'unknown');
  // Any host of that scheme.
  const scheme = /^[a-z][a-z\d+.-]*:(?=\/\/)/i.exec(source)?.[0];
  return scheme ?? anySource;
}

/** The header in a list of headers as Next has it: `{ key: 'Content-Security-Policy', value: '..' }`. */
export function readNextPolicies(context: ScriptContext): readonly Pick<HeaderPolicy, 'at' | 'text'>[] {
  const { tree, bindings } = context;
  return tree.ofType('ObjectExpression').flatMap((object) => {
    const valueOfKey = (name: string): AnyNode | undefined => {
      const property = object.properties.find((each) => each.type === 'Property' && keyOf(each) === name);
      return property?.type === 'Property' ? property.value : undefined;
    };
    const source = valueOfKey('source');
    const headers = valueOfKey('headers');
    // `has`, `missing`: not for every request.
    if (source === undefined || headers === undefined || valueOfKey('has') || valueOfKey('missing')) return [];
    const path = readValue(source, bindings);
    if (path.kind !== 'literal' || !everyPath.test(String(path.value)) || isGuarded(context, object)) return [];
    const list = follow(headers, bindings);
    const found = list.type === 'ArrayExpression' ? list.elements : [];
    return found.flatMap((each) => (each && nextHeader(context, each)) ?? []);
  });
}

/** `/(.*)`, `/:path*`, `/:all(.*)` */
const everyPath = /^\/(?:\(\.[*+]\)|:\w+\*|:\w+\(\.\*\))$/;

function nextHeader(context: ScriptContext, given: AnyNode): Pick<HeaderPolicy, 'at' | 'text'> | undefined {
  const object = objectOf(given, context.bindings);
  let isNamed = false;
  let value: AnyNode | undefined;
  for (const property of object?.properties ?? []) {
    if (property.type !== 'Property') continue;
    if (keyOf(property) === 'value') value = property.value;
    const name = keyOf(property) === 'key' ? readValue(property.value, context.bindings) : undefined;
    isNamed ||= name?.kind === 'literal' && String(name.value).toLowerCase() === header;
  }
  if (!isNamed || value === undefined || object === undefined) return undefined;
  return { at: context.place(object.start), text: policyText(textOfCode(context, value)) };
}
