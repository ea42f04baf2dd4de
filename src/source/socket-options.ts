import type { AnyNode, CallExpression, NewExpression, ObjectExpression } from 'acorn';
import { remembered } from '../remembered.js';
import type { ScriptContext } from './context.js';
import { hasTemplateTag } from './page-script.js';
import { propertyName } from './properties.js';
import type { Place } from './text-file.js';
import type { Tree } from './tree.js';
import { follow, hasSpread, objectOf, propertyOf, readValue, type Value } from './values.js';
import type { Variable } from './variable.js';

/** A literal option: its value, and the position of the value. */
export interface OptionRead {
  readonly value: Value;
  readonly at: Place;
  /** The source text of its value. */
  readonly text: string;
}

/** Where to insert another option into a call, with the text before and after it. Offset in the file. */
export interface OptionSpot {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

/** The options that both ends of socket.io have, as far as they are known from the source. */
export interface SocketOptions {
  /** False when options come from an unknown place: then missing options must not be reported. */
  readonly known: boolean;
  readonly path: OptionRead | undefined;
  /** The 0.9 name of path. */
  readonly resource: OptionRead | undefined;
  /** undefined: not set, or not a literal list. */
  readonly transports: readonly string[] | undefined;
  /** The option exists, literal or not. */
  readonly setsTransports: boolean;
  /** Of a client: it tries each of its transports until one works. */
  readonly tryAllTransports: OptionRead | undefined;
  /** Of a client: false, it stays with the transport it begins with. */
  readonly upgrade: OptionRead | undefined;
  /** Of a client: it sends cookies to another origin as well. */
  readonly withCredentials: OptionRead | undefined;
  /** False: the path has no slash at its end. */
  readonly addTrailingSlash: OptionRead | undefined;
  /** Allows clients of socket.io 1 and 2. */
  readonly allowEIO3: OptionRead | undefined;
  /** undefined: the position is unknown, or the source is not JavaScript. */
  readonly spot: OptionSpot | undefined;
}

/** `options.path = '/x'` behind the literal: what a key is given last. */
function assignedLater({ tree, bindings }: ScriptContext, name: AnyNode | undefined, key: string): AnyNode | undefined {
  const variable = name?.type === 'Identifier' ? bindings.variableOf(name) : undefined;
  if (variable === undefined) return undefined;
  const memory = assignmentsOf(variable);
  memory.found ??= assignmentsTo(tree, variable);
  return memory.found.get(key);
}

/** A script may hand the same options to thousands of calls: their keys are looked for once. */
const assignmentsOf = remembered((_variable: Variable): { found: ReadonlyMap<string, AnyNode> | undefined } => ({
  found: undefined,
}));

function assignmentsTo(tree: Tree, { references }: Variable): ReadonlyMap<string, AnyNode> {
  const values = new Map<string, AnyNode>();
  for (const { identifier } of references) {
    const member = tree.parentOf(identifier);
    const key = member && propertyName(member);
    const set = member && tree.parentOf(member);
    if (key !== undefined && set?.type === 'AssignmentExpression' && set.left === member) values.set(key, set.right);
  }
  return values;
}

function option(
  context: ScriptContext,
  name: AnyNode | undefined,
  object: ObjectExpression,
  key: string,
): OptionRead | undefined {
  const node = assignedLater(context, name, key) ?? propertyOf(object, key, context.bindings);
  if (!node) return undefined;
  const { start } = node;
  const meant = follow(node, context.bindings);
  const text = context.script.code.slice(meant.start, meant.end);
  const value = readValue(node, context.bindings);
  const imported = value.kind === 'unknown' ? context.imported?.(node) : undefined;
  if (imported !== undefined) {
    const found = readValue(imported.node, imported.context.bindings);
    return {
      value: found,
      at: found.kind === 'literal' ? imported.context.place(found.node.start) : context.place(start),
      text,
    };
  }
  const isFilledIn = value.kind === 'literal' && hasTemplateTag(String(value.value));
  return { value: isFilledIn ? { kind: 'unknown' } : value, at: context.place(start), text };
}

function transportsOf(context: ScriptContext, object: ObjectExpression): string[] | undefined {
  const given = propertyOf(object, 'transports', context.bindings);
  const list = given && follow(given, context.bindings);
  if (list?.type !== 'ArrayExpression') return undefined;
  const names: string[] = [];
  for (const element of list.elements) {
    const value: Value = element ? readValue(element, context.bindings) : { kind: 'unknown' };
    if (value.kind !== 'literal') return undefined;
    names.push(String(value.value));
  }
  return names;
}

/** After the brace of the options, or as a separate last argument. */
function spotOf(
  { script }: ScriptContext,
  call: CallExpression | NewExpression,
  object: ObjectExpression | undefined,
): OptionSpot | undefined {
  // An edit that is right in JavaScript may violate types, and has no effect until the next build.
  if (script.language !== 'javascript') return undefined;
  if (object) {
    const isEmpty = object.properties.length === 0;
    return { at: script.offset + object.start + 1, before: ' ', after: isEmpty ? ' ' : ',' };
  }
  const end = call.end - 1;
  if (script.code.charAt(end) !== ')') return undefined; // new Server
  const last = call.arguments.at(-1);
  const follows = last && !script.code.slice(last.end, end).includes(',');
  return { at: script.offset + end, before: follows ? ', { ' : '{ ', after: ' }' };
}

const noOption = {
  path: undefined,
  resource: undefined,
  transports: undefined,
  tryAllTransports: undefined,
  upgrade: undefined,
  withCredentials: undefined,
  addTrailingSlash: undefined,
  allowEIO3: undefined,
};

/** An option that is set to a literal true or false; undefined for all others. */
export const switchIn = (option: OptionRead | undefined): boolean | undefined =>
  option?.value.kind === 'literal' && typeof option.value.value === 'boolean' ? option.value.value : undefined;

/** The options of a client that a package opens: they are no argument of socket.io's own call. */
export function readHandedOptions(context: ScriptContext, options: AnyNode | undefined): SocketOptions {
  const given = options && givenAmong(context, [options]);
  if (given) return { ...optionsIn(given), spot: undefined };
  return { known: options === undefined, ...noOption, setsTransports: false, spot: undefined };
}

/** Reads the options among a call's arguments from `first` on. */
export function readSocketOptions(
  context: ScriptContext,
  call: CallExpression | NewExpression,
  first: number,
): SocketOptions {
  const given = givenOptions(context, call, first);
  if (!given) {
    // `io(url)` has none; `io(url, opts)` has some that cannot be read.
    const known = call.arguments.length <= first;
    const spot = known ? spotOf(context, call, undefined) : undefined;
    return { known, ...noOption, setsTransports: false, spot };
  }
  const spot = given.context === context ? spotOf(context, call, given.object) : undefined;
  return { ...optionsIn(given), spot };
}

/** Options, and the script in which they are written. */
export interface GivenOptions {
  readonly context: ScriptContext;
  readonly name: AnyNode;
  readonly object: ObjectExpression;
}

/** The options among a call's arguments from `first` on, also those of another file where such are read. */
export const givenOptions = (
  context: ScriptContext,
  call: CallExpression | NewExpression,
  first: number,
): GivenOptions | undefined => givenAmong(context, call.arguments.slice(first));

function givenAmong(context: ScriptContext, rest: readonly AnyNode[]): GivenOptions | undefined {
  for (const name of rest) {
    const object = objectOf(name, context.bindings);
    if (object) return { context, name, object };
  }
  for (const arg of context.imported ? rest : []) {
    const found = context.imported?.(arg);
    const object = found && objectOf(found.node, found.context.bindings);
    if (found && object) return { context: found.context, name: found.node, object };
  }
  return undefined;
}

function optionsIn({ context, name, object }: GivenOptions): Omit<SocketOptions, 'spot'> {
  return {
    known: !hasSpread(object, context.bindings),
    path: option(context, name, object, 'path'),
    resource: option(context, name, object, 'resource'),
    transports: transportsOf(context, object),
    setsTransports: propertyOf(object, 'transports', context.bindings) !== undefined,
    tryAllTransports: option(context, name, object, 'tryAllTransports'),
    upgrade: option(context, name, object, 'upgrade'),
    withCredentials: option(context, name, object, 'withCredentials'),
    addTrailingSlash: option(context, name, object, 'addTrailingSlash'),
    allowEIO3: option(context, name, object, 'allowEIO3'),
  };
}
