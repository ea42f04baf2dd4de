import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { propertyName } from './properties.js';
import { follow, mentionsEnvironment, objectOf, propertyOf } from './values.js';

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

/** What a call hands over for TLS; null where that is not known, undefined where it makes no such server. */
export function optionsForTls(context: ScriptContext, call: Call): AnyNode | null | undefined {
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
