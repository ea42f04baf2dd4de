import type { AnyNode } from 'acorn';
import type { ScriptContext } from './context.js';
import { keyOf, propertyName } from './properties.js';
import type { Place } from './text-file.js';

/** Properties that only a connection, or a request, has. */
const always = /^(remoteAddress|remotePort|remoteFamily)$/;
/** Usual names of a request, and of Koa's context: `ip` of other things may be anything. */
const requests = /^_?(req|request|ctx|context)$/i;
/** Packages that ask a request for its address. */
const packages = new Set([
  'express-rate-limit',
  'express-slow-down',
  'express-brute',
  'express-ipfilter',
  'express-ip-filter-middleware',
  '@fastify/rate-limit',
  'fastify-rate-limit',
  'koa-ratelimit',
  'koa2-ratelimit',
  '@nestjs/throttler',
  'request-ip',
  '@supercharge/request-ip',
  'proxy-addr',
]);

/**
 * Where a script asks for the address of the client, which a connection through a pipe does not have; undefined where it does not.
 * What only prints it, such as morgan, does not count.
 */
export function readClientAddress(context: ScriptContext): Place | undefined {
  const starts = [
    ...context.modules.filter(({ specifier }) => packages.has(specifier)).map(({ node }) => node.start),
    ...context.tree
      .ofType('MemberExpression', 'VariableDeclarator')
      .filter(asksFor)
      .map(({ start }) => start),
  ];
  const [first] = starts.sort((a, b) => a - b);
  return first === undefined ? undefined : context.place(first);
}

function asksFor(node: AnyNode): boolean {
  if (node.type === 'MemberExpression') return isAddress(propertyName(node) ?? '', node.object);
  // `const { ip } = req`
  if (node.type !== 'VariableDeclarator' || node.id.type !== 'ObjectPattern' || !node.init) return false;
  const { id, init } = node;
  return id.properties.some((each) => each.type === 'Property' && isAddress(keyOf(each) ?? '', init));
}

function isAddress(name: string, owner: AnyNode): boolean {
  if (always.test(name)) return true;
  const of = owner.type === 'Identifier' ? owner.name : (propertyName(owner) ?? '');
  return (/^ips?$/.test(name) && requests.test(of)) || (name === 'address' && of === 'handshake');
}
