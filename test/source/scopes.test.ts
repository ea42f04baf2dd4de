import { describe, expect, it } from 'vitest';
import { contextOf, type ScriptContext } from '../../src/source/context.js';
import { readListens } from '../../src/source/listens.js';
import { readOtherListen } from '../../src/source/other-listen.js';
import { readRoutes } from '../../src/source/routes.js';
import { parseScript } from '../../src/source/script.js';
import { readSocketClients } from '../../src/source/socket-client.js';
import { readSocketReach } from '../../src/source/socket-reach.js';
import { readSocketServers } from '../../src/source/socket-server.js';
import type { Value } from '../../src/source/values.js';

function context(text: string, file = 'x.js'): ScriptContext {
  const found = contextOf(parseScript({ file, text }));
  if (!found) throw new Error('does not parse');
  return found;
}

const told = (value: Value | undefined): unknown => (value?.kind === 'literal' ? value.value : value?.kind);
const ports = (code: string): unknown[] => readListens(context(code)).map(({ port }) => told(port));

describe('a name stands for what it is declared as where it is used', () => {
  it.each([
    ['in two functions', 'function f() { const p = 1; a.listen(p) } function g() { const p = 2; a.listen(p) }', [1, 2]],
    ['in a function and around it', 'const p = 1; function f() { const p = 2; a.listen(p) } a.listen(p)', [2, 1]],
    ['in blocks', '{ let p = 1; a.listen(p) } { let p = 2; a.listen(p) }', [1, 2]],
    ["var in a block is the function's", 'if (x) { var p = 1 } a.listen(p)', [1]],
    ['used before it is declared', 'function f() { a.listen(p) } const p = 1;', [1]],
    ['a parameter of the same name', 'const p = 1; function f(p) { a.listen(p) } a.listen(p)', ['unknown', 1]],
    ['a parameter by default', 'const q = 1; function f(p = q) { a.listen(p) }', ['unknown']],
    ['of an arrow function', 'const p = 1; const f = (p) => a.listen(p); const g = () => a.listen(p)', ['unknown', 1]],
    ['of a catch clause', 'const p = 1; try { a.listen(p) } catch (p) { a.listen(p) }', [1, 'unknown']],
    ['of a loop', 'const p = 1; for (const p of ps) a.listen(p); a.listen(p)', ['unknown', 1]],
    ['a function of the same name', 'const p = 1; function f() { function p() {} a.listen(p) }', ['unknown']],
    ['a class of the same name', 'const p = 1; { class p {} a.listen(p) }', ['unknown']],
    ['the name of a function expression', 'const p = 1; const f = function p() { a.listen(p) };', ['unknown']],
    ['declared twice in one scope', 'var p = 1; var p = 2; a.listen(p)', ['unknown']],
    ['assigned elsewhere', 'let p = 1; function f() { p = 2 } a.listen(p)', ['unknown']],
    ['assigned in a pattern', 'let p = 1; ({ p } = settings); a.listen(p)', ['unknown']],
    ['counted up', 'let p = 1; p++; a.listen(p)', ['unknown']],
    ['another one of that name assigned', 'let p = 1; function f(p) { p = 2 } a.listen(p)', [1]],
    ['through names of several scopes', 'const q = 1; function f() { const p = q; return () => a.listen(p) }', [1]],
    ['names that stand for each other', 'const p = () => q, q = p; var r = s, s = r; a.listen(r)', ['unknown']],
    [
      'from the environment in one function',
      'function f() { const { PORT } = process.env; a.listen(PORT) } function g(PORT) { a.listen(PORT) }',
      ['environment', 'unknown'],
    ],
    ['in a class', 'class A { #p = 1; m() { const p = 3; a.listen(p) } static { const p = 4; a.listen(p) } }', [3, 4]],
  ])('%s', (_name, code, expected) => expect(ports(code)).toEqual(expected));

  it('a text put together from the same parts again and again has no end, and no value', () => {
    const names = [...'abcdefghijklm'];
    const lines = names.slice(1).map((name, index) => `const ${name} = ${Array(9).fill(names[index]).join(' + ')};`);
    expect(ports(`const a = 'x';\n${lines.join('\n')}\nserver.listen(m);`)).toEqual(['unknown']);
  });
});

describe('modules', () => {
  it('a parameter has the name of a module and is another thing', () => {
    const code = "const io = require('socket.io'); module.exports = (io) => io('/x');";
    expect(readSocketServers(context(code)).servers).toEqual([]);
  });

  it('two functions load different modules under one name', () => {
    const code = `function f() { const make = require('socket.io'); make(server, { path: '/a' }); }
      function g() { const make = require('ws').Server; make({ port: 1 }); }`;
    expect(readSocketServers(context(code)).servers.map(({ options }) => told(options.path?.value))).toEqual(['/a']);
    expect(ports(code)).toEqual([1]);
  });

  it.each([
    ["import { Request } from 'express';\nlet a: Request;", []],
    ["import express, { Request } from 'express';\nlet a: Request = express();", ['express']],
    ["import type { A } from 'a';\nimport { type B } from 'b';\nexport type { C } from 'c';", []],
    ["import 'reflect-metadata';\nimport {} from 'empty';", ['reflect-metadata', 'empty']],
    ["import { Chat } from './chat';\nexport const page = () => <Chat/>;", ['./chat']],
    ["import { Chat } from './chat';\nexport { Chat };", ['./chat']],
    ["import { log } from './log';\nclass A { @log m() {} constructor(@log a: B) {} }", ['./log']],
    ["import a = require('a');\nimport b = require('b');\na();", ['a', 'b']],
  ])('%j loads %j: imports of types are left out', (code, specifiers) => {
    expect(context(code, 'x.tsx').modules.map(({ specifier }) => specifier)).toEqual(specifiers);
  });

  it('in JavaScript every import loads', () => {
    expect(context("import { a } from 'a';").modules.map(({ specifier }) => specifier)).toEqual(['a']);
  });
});

describe('sockets, clients, servers, handlers', () => {
  it("a parameter of on('connection') is a socket there, and nowhere else", () => {
    const code = `const io = require('socket.io')(server);
      io.on('connection', (s) => s.broadcast.emit('a'));
      function other(s) { s.broadcast.emit('b'); }
      function handle(s) { s.to('r').emit('c'); }
      io.of('/x').on('connection', handle);`;
    expect(readSocketReach(context(code)).broadcasts.map(({ at }) => at.line)).toEqual([2, 4]);
  });

  it('io is the global of the client script unless the script declares one where it is called', () => {
    const code = "io('/a'); function f(io) { io('/b'); } { const io = make(); io('/c'); }";
    expect(readSocketClients(context(code)).map(({ url }) => told(url?.value))).toEqual(['/a']);
  });

  it('a handler is one by the function of its name in reach', () => {
    const code = `const app = require('express')();
      function setUp() { const guard = (request, response, next) => next(); app.use(guard, other); }
      app.use(base, other);`;
    expect(readRoutes(context(code)).routes.map(({ isUnseen }) => isUnseen)).toEqual([false, true]);
  });

  it('another server of the same name in another function listens for itself', () => {
    const code = (name: string) => `const app = require('express')();
      const server = require('http').createServer(app);
      const io = require('socket.io')(server);
      app.listen(process.env.PORT);
      function test() { const ${name} = make(); ${name}.close(); }`;
    expect(readOtherListen(context(code('server')))?.server).toBe('server');
    expect(readOtherListen(context(code('other')))?.server).toBe('server');
    expect(readOtherListen(context(`${code('other')} server.close();`))).toBeUndefined();
  });
});
