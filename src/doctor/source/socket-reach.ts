import type { AnyNode, CallExpression } from 'acorn';
import { full } from 'acorn-walk';
import type { ScriptContext } from './context.js';
import type { Place } from './text-file.js';
import { follow, propertyName } from './values.js';

/** What a script does across the borders of its own process. */
export interface SocketReach {
  /** `io.emit(..)`, `socket.to(room).emit(..)`: what is meant for clients that may be on other processes. */
  readonly broadcasts: readonly { readonly at: Place /** 'io.to(..).emit' */; readonly text: string }[];
  /** `io.adapter(..)`, or the option `adapter`: something joins the processes. */
  readonly adapters: readonly Place[];
  /** `io.attach(server, options)`: options come later than the server. */
  readonly attachesWithOptions: boolean;
}

/** Names everyone gives to a socket.io server and to one of its sockets. */
const serverNames = new Set(['io', 'sio', 'socketio']);
const socketNames = new Set(['socket', 'client']);
const ends = new Set([
  'emit',
  'send',
  'write',
  'emitWithAck',
  'fetchSockets',
  'allSockets',
  'socketsJoin',
  'socketsLeave',
  'disconnectSockets',
  'serverSideEmit',
]);
/** What may stand between server and end; `local` keeps it in the process, so it is not among them. */
const between = new Set(['of', 'to', 'in', 'except', 'sockets', 'volatile', 'compress', 'timeout', 'binary', 'json']);
/** What makes of a socket's own message one for others. */
const outward = new Set(['to', 'in', 'except', 'broadcast']);

interface Chain {
  readonly root: AnyNode;
  readonly links: readonly string[];
}

/** `io.of('/x').to(room).emit` gives io and [of, to, emit]; names bound once are followed. */
function chainOf(context: ScriptContext, node: AnyNode, isRoot: (node: AnyNode) => boolean): Chain | undefined {
  const links: string[] = [];
  let at: AnyNode = node;
  for (let depth = 0; depth < 40; depth += 1) {
    if (isRoot(at)) return { root: at, links };
    if (at.type === 'ChainExpression' || at.type === 'ParenthesizedExpression') at = at.expression;
    else if (at.type === 'CallExpression') at = at.callee;
    else if (at.type === 'MemberExpression') {
      const name = propertyName(at);
      if (name === undefined) return undefined;
      links.unshift(name);
      at = at.object;
    } else {
      const meant = follow(at, context.bindings);
      if (meant === at) return undefined;
      at = meant;
    }
  }
  return undefined;
}

function isServer(context: ScriptContext, node: AnyNode): boolean {
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    return /^socket\.io(#Server|#listen)?$/.test(context.moduleOf(node.callee) ?? '');
  }
  // `io`, `this.io`, `req.io`
  const name = node.type === 'Identifier' ? node.name : propertyName(node);
  if (name === undefined || !serverNames.has(name)) return false;
  // A name that this file binds is what it is bound to; another file of the app may hand out the server.
  const meant = follow(node, context.bindings);
  const from = context.moduleOf(node) ?? (meant.type === 'CallExpression' ? context.moduleOf(meant.callee) : undefined);
  return from === undefined ? meant === node : from.startsWith('.');
}

/** Parameters of `.on('connection', (socket) => ..)`. */
function socketsOf(context: ScriptContext): ReadonlySet<string> {
  const names = new Set<string>(socketNames);
  full(context.program, (node) => {
    if (node.type !== 'CallExpression' || propertyName(node.callee) !== 'on') return;
    const [event, handler] = node.arguments;
    if (event?.type !== 'Literal' || !/^connect(ion)?$/.test(String(event.value)) || !handler) return;
    const made = handler.type === 'FunctionExpression' || handler.type === 'ArrowFunctionExpression';
    const [parameter] = made ? handler.params : [];
    if (parameter?.type === 'Identifier') names.add(parameter.name);
  });
  return names;
}

function isBroadcast(context: ScriptContext, call: CallExpression, sockets: ReadonlySet<string>): boolean {
  if (!ends.has(propertyName(call.callee) ?? '')) return false;
  const fromServer = chainOf(context, call.callee, (node) => isServer(context, node));
  if (fromServer) return fromServer.links.slice(0, -1).every((link) => between.has(link));
  const isSocket = (node: AnyNode): boolean => node.type === 'Identifier' && sockets.has(node.name);
  const links = chainOf(context, call.callee, isSocket)?.links.slice(0, -1) ?? [];
  return links.some((link) => outward.has(link)) && links.every((link) => outward.has(link) || between.has(link));
}

function isAttach(context: ScriptContext, { callee, arguments: given }: CallExpression): boolean {
  if (given.length < 2 || !/^(attach|listen)$/.test(propertyName(callee) ?? '')) return false;
  return chainOf(context, callee, (node) => isServer(context, node))?.links.length === 1;
}

/** `io.of('/chat').to('room').emit` without arguments, for people. */
function shown(context: ScriptContext, { callee }: CallExpression): string {
  const text = context.script.code.slice(callee.start, callee.end).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What a server's script sends to clients of other processes, and what it joins the processes with. */
export function readSocketReach(context: ScriptContext): SocketReach {
  const broadcasts: SocketReach['broadcasts'][number][] = [];
  const adapters: Place[] = [];
  let attachesWithOptions = false;
  const sockets = socketsOf(context);
  full(context.program, (node) => {
    if (node.type === 'Property' && node.key.type === 'Identifier' && node.key.name === 'adapter') {
      adapters.push(context.place(node.start));
    }
    if (node.type !== 'CallExpression') return;
    const isAdapterCall = propertyName(node.callee) === 'adapter' && node.arguments.length > 0;
    const isAzure = context.moduleOf(node.callee) === '@azure/web-pubsub-socket.io#useAzureSocketIO';
    if (isAdapterCall || isAzure) adapters.push(context.place(node.start));
    if (isAttach(context, node)) attachesWithOptions = true;
    if (isBroadcast(context, node, sockets)) {
      broadcasts.push({ at: context.place(node.start), text: shown(context, node) });
    }
  });
  return { broadcasts, adapters, attachesWithOptions };
}
