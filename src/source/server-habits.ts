import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import { readClientAddress } from './client-address.js';
import { type ClientScheme, readClientScheme } from './client-scheme.js';
import type { ScriptContext } from './context.js';
import { type HeaderPolicy, readHeaderPolicies } from './header-policies.js';
import { type MiddlewareUse, readMiddlewareUses } from './header-reach.js';
import { isGuarded } from './listens.js';
import { isProcessEnv, propertyName } from './properties.js';
import { readSentPolicies, type SentPolicy } from './sent-policies.js';
import type { Place } from './text-file.js';
import { readTlsServers, type TlsServer } from './tls-servers.js';
import { objectOf, propertyOf, readValue } from './values.js';

/** A gateway of NestJS: a socket.io server, or one of ws, that the framework makes. */
export interface Gateway {
  /** Its own port; undefined where it shares the app's server. */
  readonly port: number | undefined;
  /** What makes it: `@WebSocketGateway()`, or an adapter, `super.createIOServer(3001, options)`. */
  readonly by: 'decorator' | 'adapter';
  readonly at: Place;
}

/** What a server does besides listening, and iisnode does not expect. */
export interface ServerHabits {
  readonly tls: readonly TlsServer[];
  /** Where it starts further processes of itself. */
  readonly forks: readonly Place[];
  readonly gateways: readonly Gateway[];
  /** Where it gives process.env.PORT a value of its own, with the number. */
  readonly ownPort: { readonly port: string; readonly at: Place } | undefined;
  /** Where a .env file replaces what the environment already has: `dotenv.config({ override: true })`. */
  readonly overrides: Place | undefined;
  /** Where it first asks for the address of the client; undefined where it does not. */
  readonly clientAddress: Place | undefined;
  /** Where it asks whether a request came by https. */
  readonly clientScheme: ClientScheme;
  /** Policies for its pages that it sends with every response. */
  readonly policies: readonly SentPolicy[];
  /** Policies that it sets by the header's name. */
  readonly headerPolicies: readonly HeaderPolicy[];
  /** What it uses for all paths from other scripts of the app. */
  readonly middleware: readonly MiddlewareUse[];
}

const forks = /^((node:)?cluster#fork|throng|sticky-session#listen|@socket\.io\/sticky#setupMaster)$/;

/** Reads what runs in every environment: what a condition on process.env leaves out may not run here. */
export function readServerHabits(context: ScriptContext): ServerHabits {
  const calls = context.tree.ofType('CallExpression', 'NewExpression');
  const placesOf = (isIt: (call: CallExpression | NewExpression) => boolean): Place[] =>
    calls.filter((call) => isIt(call) && !isGuarded(context, call)).map(({ start }) => context.place(start));
  return {
    tls: readTlsServers(context),
    forks: placesOf(({ callee }) => forks.test(context.moduleOf(callee) ?? '')),
    gateways: calls.flatMap((call) => gatewayOf(context, call) ?? []),
    ownPort: readOwnPort(context),
    overrides: placesOf((call) => isOverriding(context, call))[0],
    clientAddress: readClientAddress(context),
    clientScheme: readClientScheme(context),
    policies: readSentPolicies(context),
    headerPolicies: readHeaderPolicies(context),
    middleware: readMiddlewareUses(context),
  };
}

/** `process.env.PORT = 3000`, in every environment and without a look at what it has. */
function readOwnPort(context: ScriptContext): ServerHabits['ownPort'] {
  for (const node of context.tree.ofType('AssignmentExpression')) {
    const { left, right, operator } = node;
    const isPort = left.type === 'MemberExpression' && isProcessEnv(left.object) && propertyName(left) === 'PORT';
    if (!isPort || operator !== '=' || isGuarded(context, node)) continue;
    const value = readValue(right, context.bindings);
    if (value.kind === 'literal' && /^\d+$/.test(String(value.value)))
      return { port: String(value.value), at: context.place(node.start) };
  }
  return undefined;
}

/** dotenv leaves alone what is there, unless it is told to override it. */
function isOverriding(context: ScriptContext, { callee, arguments: [first] }: CallExpression | NewExpression): boolean {
  if (context.moduleOf(callee) !== 'dotenv#config') return false;
  const options = objectOf(first, context.bindings);
  const own = options && propertyOf(options, 'override', context.bindings);
  // With a path of its own another file may be meant.
  if (own === undefined || options === undefined || propertyOf(options, 'path', context.bindings)) return false;
  const value = readValue(own, context.bindings);
  return value.kind === 'literal' && value.value === true;
}

/** `@WebSocketGateway(8085)`, also as TypeScript compiles it: `(0, websockets_1.WebSocketGateway)(8085)`. */
function gatewayOf(context: ScriptContext, call: CallExpression | NewExpression): Gateway | undefined {
  const [first] = call.arguments;
  const isAdapter = isServerOfAdapter(call.callee);
  if (!isAdapter && nameOf(call.callee) !== 'WebSocketGateway') return undefined;
  const value = first && readValue(first, context.bindings);
  const port = value?.kind === 'literal' ? Number(value.value) : 0;
  const at = context.place(call.start);
  if (isAdapter) return port > 0 ? { port, by: 'adapter', at } : undefined;
  return { port: port > 0 ? port : undefined, by: 'decorator', at };
}

/** `super.createIOServer` of a class that extends IoAdapter: with a port that is not 0 it makes a server beside that of the app. */
const isServerOfAdapter = (callee: AnyNode): boolean =>
  callee.type === 'MemberExpression' && callee.object.type === 'Super' && propertyName(callee) === 'createIOServer';

function nameOf(callee: AnyNode): string | undefined {
  const called = (callee.type === 'SequenceExpression' && callee.expressions.at(-1)) || callee;
  return called.type === 'Identifier' ? called.name : propertyName(called);
}
