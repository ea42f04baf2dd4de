import type { AnyNode, CallExpression } from 'acorn';
import { type Attachment, readAttachments } from './adapters.js';
import { functionBehind } from './bindings.js';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { isServer, packageBehind, receiver } from './server-object.js';
import type { Place } from './text-file.js';
import { follow } from './values.js';
import type { Variable } from './variable.js';

/** What a script does beyond its own process. */
export interface SocketReach {
  /** `io.emit(..)`, `socket.to(room).emit(..)`: messages for clients that may be on other processes. */
  readonly broadcasts: readonly { readonly at: Place /** 'io.to(..).emit' */; readonly text: string }[];
  readonly adapters: readonly Attachment[];
  /** `io.attach(server, options)`, `io.path(..)`, `io.bind(engine)`: options are set after the server is created, or are those of an engine. */
  readonly setsOptionsLater: boolean;
  /** `io.bind(engine)`: its path is where the app hands requests to the engine. */
  readonly isBound: boolean;
  /** Packages whose functions get the server and may use it in unknown ways: '@socket.io/admin-ui'. */
  readonly handedTo: readonly string[];
}

/** The usual names of a server-side socket. */
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
/** Calls allowed between server and end; `local` is not among them, because it keeps the message in the process. */
const between = new Set([
  'of',
  'to',
  'in',
  'except',
  'sockets',
  'volatile',
  'compress',
  'timeout',
  'binary',
  'json',
  // They return the object they are called on.
  'on',
  'once',
  'use',
]);
/** Calls that turn a socket's own message into one for others. */
const outward = new Set(['to', 'in', 'except', 'broadcast']);

interface Link {
  readonly name: string;
  /** Its arguments. */
  readonly given: readonly AnyNode[];
}

interface Chain {
  readonly root: AnyNode;
  readonly links: readonly Link[];
}

/** For `io.of('/x').to(room).emit`: io and [of, to, emit]; names bound once are followed. */
function chainOf(context: ScriptContext, node: AnyNode, isRoot: (node: AnyNode) => boolean): Chain | undefined {
  const links: Link[] = [];
  let given: readonly AnyNode[] = [];
  let at: AnyNode = node;
  for (let depth = 0; depth < 40; depth += 1) {
    if (isRoot(at)) return { root: at, links };
    if (at.type === 'ChainExpression' || at.type === 'ParenthesizedExpression') at = at.expression;
    else if (at.type === 'CallExpression') {
      given = at.arguments;
      at = at.callee;
    } else if (at.type === 'MemberExpression') {
      const name = propertyName(at);
      if (name === undefined) return undefined;
      links.unshift({ name, given });
      given = [];
      at = at.object;
    } else {
      const meant = follow(at, context.bindings);
      if (meant === at) return undefined;
      at = meant;
    }
  }
  return undefined;
}

/** Is it the name of one of the server's sockets? */
type IsSocket = (node: AnyNode) => boolean;

/** By the usual name, or as parameter of `.on('connection', (s) => ..)`, also of a handler declared elsewhere. */
function socketsOf(context: ScriptContext): IsSocket {
  const { bindings } = context;
  const parameters = new Set<Variable>();
  for (const node of context.tree.ofType('CallExpression')) {
    if (propertyName(node.callee) !== 'on') continue;
    const [event, handler] = node.arguments;
    if (event?.type !== 'Literal' || !/^connect(ion)?$/.test(String(event.value)) || !handler) continue;
    const meant = follow(handler, bindings);
    const made = meant.type === 'Identifier' ? functionBehind(bindings, meant) : meant;
    const [parameter] = made && 'params' in made ? made.params : [];
    const variable = parameter && bindings.variableOf(parameter);
    if (variable) parameters.add(variable);
  }
  return (node) => {
    if (node.type !== 'Identifier') return false;
    const variable = bindings.variableOf(node);
    const isOne = socketNames.has(node.name) || (variable !== undefined && parameters.has(variable));
    // A name bound to a package's export belongs to that package.
    return isOne && packageBehind(context, node) === undefined;
  };
}

function isBroadcast(context: ScriptContext, call: CallExpression, isSocket: IsSocket): boolean {
  if (!ends.has(propertyName(call.callee) ?? '')) return false;
  const fromServer = chainOf(context, call.callee, (node) => isServer(context, node));
  if (fromServer) {
    const links = fromServer.links.slice(0, -1);
    const rooms = links.filter(({ name }) => name === 'to' || name === 'in');
    // `io.to(socket.id)`: this socket is connected to this process.
    const isOwn = ({ given: [room] }: Link): boolean =>
      room?.type === 'MemberExpression' && propertyName(room) === 'id' && isSocket(room.object);
    return links.every(({ name }) => between.has(name)) && !(rooms.length > 0 && rooms.every(isOwn));
  }
  const names = (chainOf(context, call.callee, isSocket)?.links.slice(0, -1) ?? []).map(({ name }) => name);
  return names.some((name) => outward.has(name)) && names.every((name) => outward.has(name) || between.has(name));
}

function setsOptions(context: ScriptContext, { callee, arguments: given }: CallExpression): boolean {
  const method = propertyName(callee) ?? '';
  const fewest = /^(path|bind)$/.test(method) ? 1 : 2;
  const isSetting = /^(path|bind|attach|listen)$/.test(method) && given.length >= fewest;
  return isSetting && chainOf(context, callee, (node) => isServer(context, node))?.links.length === 1;
}

/** `io.of('/chat').to('room').emit` without arguments, for messages. */
function shown(context: ScriptContext, { callee }: CallExpression): string {
  const text = context.script.code.slice(callee.start, callee.end).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The messages of a server's script to clients of other processes, and how it connects the processes. */
export function readSocketReach(context: ScriptContext): SocketReach {
  const broadcasts: SocketReach['broadcasts'][number][] = [];
  let setsOptionsLater = false;
  let isBound = false;
  const handedTo = new Set<string>();
  const isSocket = socketsOf(context);
  for (const node of context.tree.ofType('CallExpression', 'NewExpression')) {
    const name = receiver(context, node);
    if (name !== undefined) handedTo.add(name);
    if (node.type !== 'CallExpression') continue;
    if (setsOptions(context, node)) {
      setsOptionsLater = true;
      isBound ||= propertyName(node.callee) === 'bind';
    }
    if (isBroadcast(context, node, isSocket)) {
      broadcasts.push({ at: context.place(node.start), text: shown(context, node) });
    }
  }
  return {
    broadcasts,
    adapters: readAttachments(context),
    setsOptionsLater,
    isBound,
    handedTo: [...handedTo],
  };
}
