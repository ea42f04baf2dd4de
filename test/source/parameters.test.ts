import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/source/context.js';
import { type Listen, readListens } from '../../src/source/listens.js';
import { parseForBundler } from '../../src/source/script.js';

const head = `import http from 'node:http';\nconst server = http.createServer();\n`;

function listensOf(text: string): readonly Listen[] {
  const context = contextOf(parseForBundler({ file: 'server.js', text: head + text }));
  if (context === undefined) throw new Error('does not parse');
  return readListens(context);
}

/** '3000', 'environment', 'unknown', each also `coerced` or `guarded`. */
const told = ({ port, isCoerced, guarded }: Listen): string =>
  [port.kind === 'literal' ? String(port.value) : port.kind, isCoerced ? 'coerced' : '', guarded ? 'guarded' : '']
    .filter((word) => word !== '')
    .join(' ');

describe('a port that a function gets from its only call is read there', () => {
  it.each([
    ['a function', 'function start(port) { server.listen(port); }\nstart(3000);'],
    ['before it stands', 'start(3000);\nfunction start(port) { server.listen(port); }'],
    ['an arrow function', 'const start = async (port) => { server.listen(port); };\nawait start(3000);'],
    ['through two functions', 'const a = (p) => server.listen(p);\nfunction b(port) { a(port); }\nb(3000);'],
    ['one that is called where it stands', '(function (port) { server.listen(port); })(3000);'],
    ['the second of two', 'function start(host, port) { server.listen(port, host); }\nstart("::", 3000);'],
    ['an option', 'function start({ port }) { server.listen(port); }\nstart({ host: "::", port: 3000 });'],
    ['options', 'function start(options) { server.listen(options.port); }\nstart({ port: 3000 });'],
    ['its default', 'function start(port = 3000) { server.listen(port); }\nstart();'],
    ['the default of an option', 'function start({ port = 3000 }) { server.listen(port); }\nstart({});'],
    [
      'a constructor',
      'class Chat { constructor(port) { this.port = port; } start() { server.listen(this.port); } }\nnew Chat(3000).start();',
    ],
    [
      'a constructor with options',
      'class Chat { constructor(o) { this.o = o; } start() { server.listen(this.o.port); } }\nnew Chat({ port: 3000 }).start();',
    ],
    [
      'a method beside others, that are bound',
      `class Chat { constructor() { on('x', this.say.bind(this)); this.#go(); }
say() { this.said = true; } #go() {} start(port) { server.listen(port); } }\nconst chat = new Chat();\nchat.say();\nchat.start(3000);`,
    ],
    ['a method', 'class Chat { start(port) { server.listen(port); } }\nconst chat = new Chat();\nchat.start(3000);'],
    [
      'a method with the name of the server',
      'class Chat { listen(port) { server.listen(port); } }\nnew Chat().listen(3000);',
    ],
  ])('%s', (_what, text) => {
    expect(listensOf(text).map(told)).toEqual(['3000']);
    const environment = text.replace(/\b3000\b/, 'process.env.PORT || 3000');
    expect(listensOf(environment).map(told)).toEqual(['environment']);
    const numeric = text.replace(/\b3000\b/, 'Number(process.env.PORT) || 3000');
    expect(listensOf(numeric).map(told)).toEqual(['environment coerced']);
  });
});

describe('what is not certain stays unknown', () => {
  it.each([
    ['two calls', 'function start(port) { server.listen(port); }\nstart(3000);\nstart(4000);'],
    ['a function that is exported', 'export function start(port) { server.listen(port); }\nstart(3000);'],
    ['a list of exports', 'function start(port) { server.listen(port); }\nstart(3000);\nexport { start };'],
    ['a function that is handed on', 'function start(port) { server.listen(port); }\nstart(3000);\nuse(start);'],
    ['a parameter that is set', 'function start(port) { port = other(); server.listen(port); }\nstart(3000);'],
    ['arguments of a list', 'function start(port) { server.listen(port); }\nstart(...[3000]);'],
    ['all arguments', 'function start(...ports) { server.listen(ports[0]); }\nstart(3000);'],
    ['options that are spread', 'function start({ port }) { server.listen(port); }\nstart({ port: 3000, ...more });'],
    ['a class that is exported', 'export class Chat { start(port) { server.listen(port); } }\nnew Chat().start(3000);'],
    ['a class below', 'class A { start(port) { server.listen(port); } }\nclass B extends A {}\nnew A().start(3000);'],
    [
      'a class that makes itself',
      'class A { constructor(port) { server.listen(port); } static make() { return new A(1); } }\nnew A(3000);',
    ],
    [
      'a class that makes more of itself',
      'class A { constructor(port) { server.listen(port); } twin() { return new this.constructor(4000); } }\nnew A(3000);',
    ],
    [
      'a function that calls itself by a name of its own',
      "const start = function again(port) { server.listen(port).on('error', () => again(4000)); };\nstart(3000);",
    ],
    [
      'the same where it stands',
      "(function again(port) { server.listen(port).on('error', () => again(4000)); })(3000);",
    ],
    ['a name that is declared twice', 'var start = (port) => server.listen(port);\nvar start = other();\nstart(3000);'],
  ])('%s', (_what, text) => {
    expect(listensOf(text).map(told)).toEqual(['unknown']);
  });

  it.each([
    ['the class itself', 'class A { start(port) { server.listen(port); } again() { this.start(4000); } }', ''],
    ['other code that gets the object', 'class A { start(port) { server.listen(port); } }', 'other(a);'],
    [
      'other code that gets `this`',
      'class A { constructor() { other(this); } start(port) { server.listen(port); } }',
      '',
    ],
    ['another script', 'class A { start(port) { server.listen(port); } }', 'export default a;'],
    ['a timer', 'class A { start(port) { server.listen(port); } }', 'setTimeout(a.start, 1, 4000);'],
    ['a name of the method', 'class A { start(port) { server.listen(port); } }', 'const { start } = a;\nstart(4000);'],
    ['a computed name', 'class A { start(port) { server.listen(port); } }', 'a[name()](4000);'],
    ['another object', 'class A { start(port) { server.listen(port); } }', 'let b;\nb = new A();\nb.start(4000);'],
    ['a class above', 'class A extends Base { start(port) { server.listen(port); } }', ''],
  ])('a method that may also be called by %s', (_what, made, others) => {
    const text = `${made}\nconst a = new A();\na.start(3000);\n${others}`;
    expect(listensOf(text).map(told)).toEqual(['unknown']);
  });

  it('a method of which one is taken from an object', () => {
    const made = 'class A { listen(port) { server.listen(port); } }';
    expect(listensOf(`${made}\nconst { app } = new A();\napp.listen(3000);`).map(told)).toEqual(['unknown', '3000']);
  });

  it('a call in a branch that not every environment takes', () => {
    const text = 'function start(port) { server.listen(port); }\nif (process.env.LOCAL) start(3000);';
    expect(listensOf(text).map(told)).toEqual(['3000 guarded']);
  });

  it('functions that call each other', () => {
    expect(listensOf('function a(p) { b(p); server.listen(p); }\nfunction b(p) { a(p); }').map(told)).toEqual([
      'unknown',
    ]);
  });
});

describe('a port in an object of the program', () => {
  it.each([
    ['an object', 'const config = { port: 3000 };\nserver.listen(config.port);', '3000'],
    ['in an object', 'const config = { web: { port: 3000 } };\nserver.listen(config.web.port);', '3000'],
    [
      'beside what the environment says',
      'const c = { host: process.env.HOST, port: 3000 };\nserver.listen(c.port);',
      '3000',
    ],
    ['a part of it', 'const settings = { port: 3000 };\nconst { port } = settings;\nserver.listen(port);', '3000'],
    ['a part with a default', 'const { port = 3000 } = {};\nserver.listen(port);', '3000'],
    ['a part of what may have more', 'const { port = 3000 } = { ...more };\nserver.listen(port);', 'unknown'],
    [
      'handed to a function',
      'const all = { web: { port: 3000 } };\nfunction start({ port }) { server.listen(port); }\nstart(all.web);',
      '3000',
    ],
    [
      'handed to a function, and merged before',
      'const all = { port: 3000 };\n_.merge(all, other);\nfunction start(o) { server.listen(o.port); }\nstart(all);',
      'unknown',
    ],
    ['set later', 'const config = { port: 3000 };\nconfig.port = other();\nserver.listen(config.port);', 'unknown'],
    ['set by a computed name', 'const c = { port: 3000 };\nc[name()] = 1;\nserver.listen(c.port);', 'unknown'],
    ['merged', 'const c = { port: 3000 };\nObject.assign(c, other);\nserver.listen(c.port);', 'unknown'],
    ['set in a pattern', 'const c = { port: 3000 };\n({ PORT: c.port } = x);\nserver.listen(c.port);', 'unknown'],
    ['set by a loop', 'const c = { port: 3000 };\nfor (c.port of x);\nserver.listen(c.port);', 'unknown'],
    ['merged deeply', 'const c = { port: 3000 };\n$.extend(true, c, x);\nserver.listen(c.port);', 'unknown'],
    [
      'merged by another name',
      'const c = { port: 3000 };\nconst d = c;\n_.merge(d, x);\nserver.listen(c.port);',
      'unknown',
    ],
    [
      'merged by a name of a part',
      'const c = { web: { port: 3000 } };\nconst { web } = c;\n_.assignIn(web, x);\nserver.listen(c.web.port);',
      'unknown',
    ],
    [
      'merged by a function that gets it',
      'const c = { port: 3000 };\nfunction load(d) { for (const k of x) d[k] = 1; }\nload(c);\nserver.listen(c.port);',
      'unknown',
    ],
    [
      'merged by a method that gets it',
      'const c = { port: 3000 };\nconst u = { load(a, d) { _.merge(d, a); } };\nu.load(1, c);\nserver.listen(c.port);',
      'unknown',
    ],
    [
      'beside another object that is merged',
      'const c = { port: 3000 };\nconst d = {};\n_.merge(d, c);\nserver.listen(c.port);',
      '3000',
    ],
    ['deleted', 'const c = { port: 3000 };\ndelete c.port;\nserver.listen(c.port);', 'unknown'],
    ['counted up', 'const c = { port: 3000 };\nc.port++;\nserver.listen(c.port);', 'unknown'],
    [
      'a number of the environment',
      'const c = { port: +process.env.PORT };\nserver.listen(c.port);',
      'environment coerced',
    ],
  ])('%s', (_what, text, port) => {
    expect(listensOf(text).map(told)).toEqual([port]);
  });
});

it('a number has its place where it stands; one of an enum has none, because an enum takes numbers alone', () => {
  const placesOf = (text: string, file: string) => {
    const context = contextOf(parseForBundler({ file, text: head + text }));
    return context && readListens(context).map(({ literal, at }) => [literal?.text, at.line]);
  };
  expect(placesOf('const c = {\n port: 3000 };\nserver.listen(c.port);', 'a.ts')).toEqual([['3000', 4]]);
  // `number` is the type of the parameter: the name of a pipe is an error of the compiler.
  const typed = 'function start(port: number) { server.listen(port); }\nstart(3000);';
  expect(placesOf(typed, 'a.ts')).toEqual([[undefined, 3]]);
  expect(placesOf(typed.replace(': number', ''), 'a.js')).toEqual([['3000', 4]]);
  expect(placesOf('enum Port {\n Web = 3000 }\nserver.listen(Port.Web);', 'a.ts')).toEqual([[undefined, 5]]);
});
