import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { isServer } from './server-object.js';
import type { Place } from './text-file.js';
import { objectOf, propertyOf, readValue } from './values.js';
import type { Variable } from './variable.js';

/** A server of plain WebSockets on an http server that socket.io has as well. */
export interface SharedUpgrade {
  readonly at: Place;
  /** 'server' */
  readonly on: string;
  /** The only path that it takes; undefined: every one, or unknown. */
  readonly path: string | undefined;
}

const plain = /^(?:ws#(?:Server|WebSocketServer)|ws#default#Server)$/;
const socketIo = /^socket\.io(?:#(?:Server|listen|default))?$/;
/** The app itself chooses which server gets an upgrade. */
const chooses = /\blisteners\(\s*["']upgrade["']|\bremove(?:All)?Listeners?\(\s*["']upgrade["']|\bshouldHandle\b/;

/** Where a script gives one http server to socket.io and to a server of plain WebSockets: each answers every upgrade of it. */
export function readSharedUpgrades(context: ScriptContext): readonly SharedUpgrade[] {
  const calls = context.tree.ofType('CallExpression', 'NewExpression');
  const shared = new Set(calls.flatMap((node) => serverOfSocketIo(context, node) ?? []));
  if (shared.size === 0 || chooses.test(context.script.code)) return [];
  return calls.flatMap((node) => {
    const found = serverOfPlain(context, node);
    const variable = found && context.bindings.variableOf(found.server);
    if (found === undefined || variable === undefined || !shared.has(variable)) return [];
    return [{ at: context.place(node.start), on: variable.name, path: found.path }];
  });
}

function serverOfSocketIo(context: ScriptContext, node: CallExpression | NewExpression): Variable | undefined {
  const [first] = node.arguments;
  const { callee } = node;
  const isAttach =
    callee.type === 'MemberExpression' &&
    /^(?:attach|listen)$/.test(propertyName(callee) ?? '') &&
    isServer(context, callee.object);
  if (first === undefined || !(isAttach || socketIo.test(context.moduleOf(callee) ?? ''))) return undefined;
  return context.bindings.variableOf(first);
}

/** `new WebSocketServer({ server })`, `expressWs(app, server)` */
function serverOfPlain(
  context: ScriptContext,
  { callee, arguments: given }: CallExpression | NewExpression,
): { readonly server: AnyNode; readonly path: string | undefined } | undefined {
  const { bindings } = context;
  const what = context.moduleOf(callee) ?? '';
  const [first, second] = given;
  if (/^express-ws(?:#default)?$/.test(what)) return second && { server: second, path: undefined };
  const options = plain.test(what) ? objectOf(first, bindings) : undefined;
  const server = options && propertyOf(options, 'server', bindings);
  if (options === undefined || server === undefined) return undefined;
  const path = propertyOf(options, 'path', bindings);
  const value = path && readValue(path, bindings);
  return { server, path: value?.kind === 'literal' ? String(value.value) : undefined };
}
