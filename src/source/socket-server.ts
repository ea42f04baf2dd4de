import type { AnyNode, CallExpression, MemberExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { readServerSettings, type ServerSettings } from './server-settings.js';
import { readSocketOptions, type SocketOptions } from './socket-options.js';
import type { Place } from './text-file.js';
import { follow, readValue, type Value } from './values.js';

/** `new Server(http, { .. })`, `require('socket.io')(http)`, `require('socket.io').listen(http)`. */
export interface SocketServer {
  readonly at: Place;
  readonly options: SocketOptions;
  readonly settings: ServerSettings;
  /** The name of the http server that it is given: 'server' of `new Server(server)`. */
  readonly on: string | undefined;
  /** Made by `require('socket.io').listen(..)`, which socket.io has until version 2. */
  readonly isByListen: boolean;
  /** It listens on its own port: `new Server(3001)`. */
  readonly hasOwnPort: boolean;
}

/** A call of the 0.9 configuration API: `io.configure(..)`, `io.set('resource', ..)`, `io.enable('..')`. */
export interface OldApiCall {
  readonly method: string;
  /** The setting's name; undefined for configure. */
  readonly setting: string | undefined;
  readonly value: Value | undefined;
  readonly at: Place;
}

export interface SocketServerUse {
  readonly servers: readonly SocketServer[];
  readonly oldApi: readonly OldApiCall[];
  /** Where it calls `io.origins(..)`, which socket.io 1 and 2 had. */
  readonly originsCalls: readonly Place[];
}

/** Settings of socket.io 0.9 (its wiki, "Configuring Socket.IO"): distinguishes `io.set('transports')` from any other set(). */
const oldSettings = new Set([
  'authorization',
  'blacklist',
  'browser client',
  'browser client cache',
  'browser client etag',
  'browser client expires',
  'browser client gzip',
  'browser client handler',
  'browser client minification',
  'client store expiration',
  'close timeout',
  'destroy buffer size',
  'destroy upgrade',
  'flash policy port',
  'flash policy server',
  'heartbeat interval',
  'heartbeat timeout',
  'heartbeats',
  'host',
  'log',
  'log colors',
  'log level',
  'logger',
  'match origin protocol',
  'origins',
  'polling duration',
  'resource',
  'static',
  'store',
  'transports',
]);
const oldMethods = new Set(['set', 'enable', 'disable']);
const usualNames = new Set(['io', 'sio', 'socketio']);

const isPort = (value: Value): boolean => value.kind === 'literal' && /^\d+$/.test(String(value.value));

function isServerCall(context: ScriptContext, node: CallExpression | NewExpression): boolean {
  const what = context.moduleOf(node.callee);
  return what === 'socket.io' || what === 'socket.io#Server' || what === 'socket.io#listen';
}

/** Is `node` (in `node.configure()`) a socket.io server? By its binding, or by the usual name. */
function isServerObject(context: ScriptContext, node: AnyNode, script: boolean): boolean {
  const value = follow(node, context.bindings);
  if (value.type === 'CallExpression' || value.type === 'NewExpression') return isServerCall(context, value);
  return script && node.type === 'Identifier' && usualNames.has(node.name);
}

function readOldApi(context: ScriptContext, node: CallExpression, usesSocketIo: boolean): OldApiCall | undefined {
  const method = propertyName(node.callee);
  if (!method || node.callee.type !== 'MemberExpression') return undefined;
  if (method !== 'configure' && !oldMethods.has(method)) return undefined;
  if (!isServerObject(context, node.callee.object, usesSocketIo)) return undefined;
  const at = context.place(node.start);
  if (method === 'configure') return { method, setting: undefined, value: undefined, at };
  const [name, value] = node.arguments;
  const setting = name ? readValue(name, context.bindings) : undefined;
  if (setting?.kind !== 'literal' || !oldSettings.has(String(setting.value))) return undefined;
  return {
    method,
    setting: String(setting.value),
    value: value ? readValue(value, context.bindings) : undefined,
    at: value ? context.place(value.start) : at,
  };
}

const isOriginsCall = (context: ScriptContext, { callee }: CallExpression, usesSocketIo: boolean): boolean =>
  callee.type === 'MemberExpression' &&
  propertyName(callee) === 'origins' &&
  isServerObject(context, callee.object, usesSocketIo);

/** `io.attach(http, { path })`, `io.listen(3000, { path })` */
const isAttach = (node: CallExpression): node is CallExpression & { callee: MemberExpression } =>
  node.callee.type === 'MemberExpression' &&
  /^(attach|listen)$/.test(propertyName(node.callee) ?? '') &&
  node.arguments.length > 1;

/** The path may come with the http server; one that the server was made with stays (socket.io, Server.attach). */
function attached(server: SocketServer, given: SocketOptions): SocketServer {
  const { options } = server;
  if (options.path !== undefined) return server;
  return { ...server, options: { ...options, path: given.path, known: options.known && given.known } };
}

/** `io.listen ? io.listen(http) : new io.Server(http)`: the call is made where the member is there. */
function isTested({ tree, script }: ScriptContext, { start, end, callee }: CallExpression | NewExpression): boolean {
  const called = script.code.slice(callee.start, callee.end);
  return tree
    .ofType('ConditionalExpression', 'IfStatement')
    .some(
      ({ test, consequent }) =>
        consequent.start <= start && end <= consequent.end && script.code.slice(test.start, test.end).includes(called),
    );
}

/** The socket.io servers that a script creates, and its calls on them that only 0.9 had. */
export function readSocketServers(context: ScriptContext): SocketServerUse {
  const servers: SocketServer[] = [];
  const made = new Map<AnyNode, number>();
  const oldApi: OldApiCall[] = [];
  const originsCalls: Place[] = [];
  const usesSocketIo = context.modules.some((use) => use.specifier === 'socket.io');
  for (const node of context.tree.ofType('CallExpression', 'NewExpression')) {
    if (isServerCall(context, node)) {
      // `new Server({ .. })` has options first, `new Server(http, { .. })` second; an http server is not an object literal.
      const [first] = node.arguments;
      const optionsFirst = first !== undefined && follow(first, context.bindings).type === 'ObjectExpression';
      made.set(node, servers.length);
      servers.push({
        at: context.place(node.start),
        options: readSocketOptions(context, node, optionsFirst ? 0 : 1),
        settings: readServerSettings(context, node, optionsFirst ? 0 : 1),
        on: first?.type === 'Identifier' ? first.name : undefined,
        isByListen: context.moduleOf(node.callee) === 'socket.io#listen' && !isTested(context, node),
        hasOwnPort: first !== undefined && isPort(readValue(first, context.bindings)),
      });
    } else if (node.type === 'CallExpression') {
      const call = readOldApi(context, node, usesSocketIo);
      if (call) oldApi.push(call);
      if (isOriginsCall(context, node, usesSocketIo)) originsCalls.push(context.place(node.start));
    }
  }
  for (const node of context.tree.ofType('CallExpression')) {
    const index = isAttach(node) ? made.get(follow(node.callee.object, context.bindings)) : undefined;
    const server = index === undefined ? undefined : servers[index];
    if (index !== undefined && server !== undefined)
      servers[index] = attached(server, readSocketOptions(context, node, 1));
  }
  return { servers, oldApi, originsCalls };
}
