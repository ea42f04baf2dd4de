import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { isGuarded } from './listens.js';
import { propertyName } from './properties.js';
import type { Place } from './text-file.js';
import { follow, mentionsEnvironment, objectOf, propertyOf, readValue } from './values.js';

/** A server that speaks TLS. */
export interface TlsServer {
  readonly at: Place;
  /** `requestCert: true`: its clients have certificates. */
  readonly asksForCertificates: boolean;
}

type Call = CallExpression | NewExpression;

/** Its first argument is for TLS. */
const makers = /^(node:)?(https#(createServer|Server)|http2#createSecureServer|spdy#createServer)$/;
/** Frameworks have it in their options, by this name. */
const options: readonly (readonly [RegExp, string])[] = [
  [/^fastify(#fastify|#default)?$/, 'https'],
  [/^@nestjs\/platform-fastify#FastifyAdapter$/, 'https'],
  [/^@nestjs\/core#NestFactory$/, 'httpsOptions'],
  [/^(@hapi\/)?hapi#(server|Server)$/, 'tls'],
  [/^restify#createServer$/, 'httpsServerOptions'],
];

/** Reads the servers with TLS that run in every environment. */
export function readTlsServers(context: ScriptContext): readonly TlsServer[] {
  return context.tree.ofType('CallExpression', 'NewExpression').flatMap((call) => {
    const given = optionsForTls(context, call);
    if (given === undefined || isGuarded(context, call)) return [];
    const object = objectOf(given ?? undefined, context.bindings);
    const asks = object && propertyOf(object, 'requestCert', context.bindings);
    const value = asks && readValue(asks, context.bindings);
    return [{ at: context.place(call.start), asksForCertificates: value?.kind === 'literal' && value.value === true }];
  });
}

/** What a call hands over for TLS; null where that is not known, undefined where it makes no such server. */
function optionsForTls(context: ScriptContext, call: Call): AnyNode | null | undefined {
  const { callee } = call;
  if (makers.test(context.moduleOf(callee) ?? '')) return call.arguments[0] ?? null;
  // `NestFactory.create(AppModule, adapter, options)`: what makes the server is the object.
  const isMethod = callee.type === 'MemberExpression' && propertyName(callee) === 'create';
  const maker = context.moduleOf(isMethod ? callee.object : callee) ?? '';
  const [, name] = options.find(([like]) => like.test(maker)) ?? [];
  if (name === undefined) return undefined;
  for (const argument of call.arguments) {
    const object = argument.type === 'SpreadElement' ? undefined : objectOf(argument, context.bindings);
    const own = object && propertyOf(object, name, context.bindings);
    const value = own && follow(own, context.bindings);
    if (value?.type === 'ObjectExpression') return value;
    // `https: readCertificates()`
    if (value?.type === 'CallExpression' && !mentionsEnvironment(value, context.bindings)) return null;
  }
  return undefined;
}
