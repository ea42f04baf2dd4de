import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/source/context.js';
import { readListens } from '../../src/source/listens.js';
import { parseScript } from '../../src/source/script.js';
import { readSocketServers } from '../../src/source/socket-server.js';

const contextIn = (text: string, file = 'server.js') => {
  const context = contextOf(parseScript({ file, text }));
  if (context === undefined) throw new Error('it does not parse');
  return context;
};

/** Where the expression in the statement `found(..)` comes from. */
function originIn(text: string): string | undefined {
  const context = contextIn(text);
  const call = context.tree
    .ofType('CallExpression')
    .find(({ callee }) => callee.type === 'Identifier' && callee.name === 'found');
  return call?.arguments[0] && context.moduleOf(call.arguments[0]);
}

describe('an expression comes from a module', () => {
  it.each([
    ["const http = require('http'); found(http)", 'http'],
    ["found(require('http').createServer)", 'http#createServer'],
    ["const make = require('http')['createServer']; found(make)", 'http#createServer'],
    ["import make from 'a'; found(make)", 'a'],
    ["import * as http from 'http'; found(http.createServer)", 'http#createServer'],
    ["const { createServer } = require('http'); found(createServer)", 'http#createServer'],
    ["const sio = require('socket.io'); const { Server: S } = sio; found(S)", 'socket.io#Server'],
    ["const { createServer } = await import('node:http'); found(createServer)", 'node:http#createServer'],
    ["const http = await import('node:http'); found(http.default.createServer)", 'node:http#createServer'],
    ["const http_1 = require('http'); found((0, http_1.createServer))", 'http#createServer'],
    ["const a_1 = __importDefault(require('a')); found((0, a_1.default))", 'a'],
    ["const a_1 = tslib_1.__importDefault(require('a')); found(a_1.default.b)", 'a#b'],
    ["const a = __importStar(require('a')); found(a.b)", 'a#b'],
    ["const _a = _interop_require_default(require('a')); found(_a.default.b)", 'a#b'],
    ["const _a = _interop_require_default._(require('a')); found((0, _a.default))", 'a'],
    ["var _a = _interopRequireDefault(require('a')); found((0, _a.default))", 'a'],
    ["var import_a = __toESM(require('a')); found((0, import_a.b))", 'a#b'],
    ["const a = require('a'); found(a?.b)", 'a#b'],
    ["const { default: a } = await import('a'); found(a)", 'a'],
    ["const { default: a } = __importStar(require('a')); found(a.b)", 'a#b'],
    ["const [a, b] = [require('a'), require('b')]; found(b)", 'b'],
    ["const [a, { c }] = [require('a'), require('b')]; found(c)", 'b#c'],
    ["const [[a]] = [[require('a')]]; found(a.b)", 'a#b'],
    ["const [{ a }, { default: b }] = await Promise.all([import('a'), import('b')]); found(b)", 'b'],
    ["const [, b] = await Promise.all([import('a'), import('b')]); found(b.default.c)", 'b#c'],
  ])('%s', (code, origin) => expect(originIn(code)).toBe(origin));

  it.each([
    "const a = require('a'); found(a.b.c)",
    "const { b: { c } } = require('a'); found(c)",
    "const make = require('a')[name]; found(make)",
    "const { c } = require('a').b; found(c)",
    "let { b } = a; const a = require('a'); b = other; found(b)",
    "const a = wrapped(require('a')); found(a.b)",
    'const { a } = await import(name); found(a)',
    'found((0, a.b))',
    'const a = __importDefault(a); found(a.default)',
    "const [a, b] = [...all, require('b')]; found(b)",
    "const [...a] = [require('a')]; found(a)",
    "const [a = b] = [require('a')]; found(a)",
    "const [a] = require('a'); found(a)",
    "const [a] = await Promise.all([load('a')]); found(a)",
    "const [a] = await Promise.any([import('a')]); found(a)",
    "let [a] = [require('a')]; a = b; found(a)",
    'const [a] = [a]; found(a)',
  ])('but not in %s', (code) => expect(originIn(code)).toBeUndefined());
});

const source = `import express from 'express';
import { createServer } from 'https';
import { Server } from 'socket.io';
const app = express();
const server = createServer({ key: 'a', cert: 'b' }, app);
const io = new Server(server, { path: '/chat/socket.io' });
server.listen(443);
`;

it.each(['cjs', 'esm'] as const)('what esbuild makes of a server is read as its source is: %s', (format) => {
  const { code } = transformSync(source, { format, loader: 'ts' });
  const context = contextIn(code);
  expect(readListens(context).map(({ isTls, port }) => [isTls, port.kind === 'literal' && port.value])).toEqual([
    [true, 443],
  ]);
  expect(readSocketServers(context).servers.map(({ on, options }) => [on, options.path?.value])).toMatchObject([
    ['server', { kind: 'literal', value: '/chat/socket.io' }],
  ]);
});
