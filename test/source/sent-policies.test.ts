import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/source/context.js';
import {
  blocksInline,
  blocksScriptOf,
  parsePolicy,
  policyOfHelmet,
  refusedTransports,
} from '../../src/source/index.js';
import { parseScript } from '../../src/source/script.js';
import { readSentPolicies } from '../../src/source/sent-policies.js';

const top = "const helmet = require('helmet'); const app = require('express')();\n";
function sent(code: string, major: number): string | undefined {
  const context = contextOf(parseScript({ file: 'server.js', text: top + code }));
  const [policy] = context ? readSentPolicies(context) : [];
  const directives = policy && policyOfHelmet(policy, major);
  return directives && [...directives].map(([name, sources]) => [name, ...sources].join(' ')).join('; ');
}
const defaults = "default-src 'self'; script-src 'self'";
const own = "{ directives: { connectSrc: ['ws://a.example'] } }";

describe('the policy that helmet sends', () => {
  it.each<[string, number, string | undefined]>([
    ['app.use(helmet())', 8, defaults],
    ['app.use(helmet({}))', 4, defaults],
    ['app.use(helmet())', 3, undefined],
    ['app.use(helmet.contentSecurityPolicy())', 5, defaults],
    [`app.use(helmet({ contentSecurityPolicy: ${own} }))`, 8, `${defaults}; connect-src ws://a.example`],
    [`app.use(helmet({ contentSecurityPolicy: ${own} }))`, 4, 'connect-src ws://a.example'],
    [`app.use(helmet.contentSecurityPolicy(${own}))`, 3, 'connect-src ws://a.example'],
    [
      "app.use(helmet.contentSecurityPolicy({ useDefaults: true, directives: { 'script-src': '*' } }))",
      4,
      "default-src 'self'; script-src *",
    ],
    ["app.use(helmet.contentSecurityPolicy({ useDefaults: false, directives: { 'script-src': null } }))", 8, ''],
    ['app.use(helmet({ contentSecurityPolicy: { directives: { scriptSrc: null } } }))', 8, "default-src 'self'"],
    [
      'app.use(helmet({ contentSecurityPolicy: { directives: { scriptSrc: [nonce] } } }))',
      8,
      "default-src 'self'; script-src * 'nonce-unknown'",
    ],
    ['app.use(helmet({ contentSecurityPolicy: false }))', 8, undefined],
    ['app.use(helmet({ contentSecurityPolicy: policy }))', 8, undefined],
    ['app.use(helmet({ ...options }))', 8, undefined],
    ['app.use(helmet(options))', 8, undefined],
    ["app.use('/admin', helmet())", 8, undefined],
    ["app.get('/', helmet(), page)", 8, undefined],
    ["if (process.env.NODE_ENV === 'production') app.use(helmet())", 8, undefined],
    ['app.use(helmet.contentSecurityPolicy({ reportOnly: true }))', 8, undefined],
    ['app.use(helmet.hsts())', 8, undefined],
  ])('%s of version %i', (code, major, policy) => {
    expect(sent(code, major)).toBe(policy);
  });
});

describe('what a policy refuses', () => {
  const cdn = new URL('https://cdn.socket.io/4.8.1/socket.io.min.js');
  it.each([
    ["script-src 'self'", true],
    ["default-src 'none'", true],
    ['script-src *', false],
    ['script-src https:', false],
    ['script-src http:', false],
    ['script-src data:', true],
    ['script-src cdn.socket.io', false],
    ['script-src CDN.socket.io:443', true],
    ['script-src cdn.socket.io:*', false],
    ['script-src https://*.socket.io', false],
    ['script-src https://socket.io', true],
    ['script-src https://cdn.socket.io/4.8.1/', false],
    ['script-src https://cdn.socket.io/4.7.0/', true],
    ["script-src 'nonce-a'", false],
    ["img-src 'self'", false],
  ])('%s: a script of another host: %s', (policy, isRefused) => {
    expect(blocksScriptOf(parsePolicy(policy), cdn)).toBe(isRefused);
  });

  it.each([
    ["connect-src 'self'", false],
    ['connect-src wss:', false],
    ['connect-src chat.example.com', false],
    ['connect-src ws://localhost:3000 http://localhost:3000', true],
    ['connect-src https://cdn.socket.io wss://127.0.0.1:*', true],
    ["default-src 'none'", true],
    ["default-src 'self'; connect-src 'none'", true],
  ])('%s: the own sockets: %s', (policy, isRefused) => {
    expect(refusedTransports(parsePolicy(policy)).length === 2).toBe(isRefused);
    expect(blocksInline(parsePolicy(policy))).toBe(policy.startsWith('default-src'));
  });
});
