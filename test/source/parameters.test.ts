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
  ])('%s', (_what, text) => {
    expect(listensOf(text).map(told)).toEqual(['unknown']);
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
  expect(placesOf('enum Port {\n Web = 3000 }\nserver.listen(Port.Web);', 'a.ts')).toEqual([[undefined, 5]]);
});
