import type { AnyNode, ObjectExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import type { Place } from './text-file.js';
import { hasSpread, objectOf, propertyOf, readValue, type Value } from './values.js';

/** A literal option: its value, and where its key's value stands. */
export interface OptionRead {
  readonly value: Value;
  readonly at: Place;
}

/** The options both ends of socket.io share, as far as the source shows them. */
export interface SocketOptions {
  /** False when options come from somewhere the source does not show: then nothing may be said about what is absent. */
  readonly known: boolean;
  readonly path: OptionRead | undefined;
  /** The 0.9 name of path. */
  readonly resource: OptionRead | undefined;
  /** undefined: not set, or not a literal list. */
  readonly transports: readonly string[] | undefined;
}

function option(context: ScriptContext, object: ObjectExpression, key: string): OptionRead | undefined {
  const node = propertyOf(object, key);
  if (!node) return undefined;
  const { start } = node;
  return { value: readValue(node, context.bindings), at: context.place(start) };
}

function transportsOf(context: ScriptContext, object: ObjectExpression): string[] | undefined {
  const list = propertyOf(object, 'transports');
  if (list?.type !== 'ArrayExpression') return undefined;
  const names: string[] = [];
  for (const element of list.elements) {
    const value: Value = element ? readValue(element, context.bindings) : { kind: 'unknown' };
    if (value.kind !== 'literal') return undefined;
    names.push(String(value.value));
  }
  return names;
}

/** Reads the options among a call's arguments from `first` on. */
export function readSocketOptions(context: ScriptContext, args: readonly AnyNode[], first: number): SocketOptions {
  const rest = args.slice(first);
  const object = rest.map((arg) => objectOf(arg, context.bindings)).find((found) => found !== undefined);
  if (!object) {
    // `io(url)` has none; `io(url, opts)` has some that cannot be read.
    return { known: rest.length === 0, path: undefined, resource: undefined, transports: undefined };
  }
  return {
    known: !hasSpread(object),
    path: option(context, object, 'path'),
    resource: option(context, object, 'resource'),
    transports: transportsOf(context, object),
  };
}
