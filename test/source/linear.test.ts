import type { AnyNode } from 'acorn';
import { expect, it, vi } from 'vitest';
import { callGraph } from '../../src/source/call-graph.js';
import { contextOf, type ScriptContext } from '../../src/source/context.js';
import { readEsModuleUse } from '../../src/source/es-module.js';
import { readFolder } from '../../src/source/folder.js';
import { readListens } from '../../src/source/listens.js';
import { readNamespaces } from '../../src/source/namespaces.js';
import { readRootRequests } from '../../src/source/root-requests.js';
import { readRedirects, readRootLinksInStrings } from '../../src/source/root-urls.js';
import { readRoutes } from '../../src/source/routes.js';
import { scopesOf } from '../../src/source/scopes.js';
import { parseScript } from '../../src/source/script.js';
import { readWebPaths } from '../../src/source/sent-pages.js';
import { readServedFolders } from '../../src/source/served-folders.js';
import { readServerHabits } from '../../src/source/server-habits.js';
import { readSocketClients } from '../../src/source/socket-client.js';
import { readSocketReach } from '../../src/source/socket-reach.js';
import { readSocketServers } from '../../src/source/socket-server.js';
import { readStreams } from '../../src/source/streams.js';

const head = `const http = require('http');
const express = require('express');
const app = express();
const io = require('socket.io')(http.createServer(app));
const options = { path: '/a' };
let x = 1;
`;
const times = (count: number, each: (number: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, number) => each(number)).join(between);
const repeated =
  (each: (number: number) => string, first = '', last = '') =>
  (count: number): string =>
    `${head}${first}\n${times(count, each)}\n${last}`;
/** 20 levels each. */
const nests = (open: string, close: string, middle = 'io') =>
  repeated(() => `${open.repeat(20)}${middle}${close.repeat(20)};`);

/** Scripts that repeat something as often as they are told. */
const scripts: Readonly<Record<string, (count: number) => string>> = {
  'a handler that is the server itself': repeated(() => `io.on('connection', io);`),
  'handlers of connections': repeated((n) => `io.on('connection', (socket) => socket.emit('a${n}'));`),
  'one handler by its name': repeated(() => `io.on('connection', greet);`, 'function greet(s) { s.emit(1); }'),
  'calls of a function': repeated(() => 'f();', 'function f() { return io; }'),
  'messages to all': repeated(() => `io.to('room').emit('x');`),
  'chains of calls': repeated(() => `io${'.of("/x")'.repeat(10)};`),
  'chains of properties': repeated(() => `io${'.a'.repeat(20)};`),
  'assignments to one name': repeated(() => 'x = x + 1;'),
  'assignments to the name of a server': repeated(() => 'var s = io; s.on("connection", s);'),
  'assignments of keys': repeated((n) => `options.k${n} = x;`),
  'exported values': repeated((n) => `exports.k${n} = x;`),
  'exported functions': repeated((n) => `exports.k${n} = () => exports.k${n + 1}();`),
  'one module': repeated(() => `require('./other');`),
  'one module by one name': repeated(() => `var other = require('./other');`),
  'calls of a name out of an object': repeated(() => 'part(io);', 'const { part } = options;'),
  'servers of one app': repeated((n) => `http.createServer(app).listen(${3000 + n});`),
  'names of one module': repeated((n) => `const { a: a${n} } = require('./other');`),
  'many packages': repeated((n) => `require('package${n}');`),
  'functions that call the next': repeated((n) => `function f${n}() { return f${n + 1}(); }`),
  'functions that hand a port on': repeated(
    (n) => `function f${n}(port) { f${n + 1}(port); app.listen(port); }`,
    '',
    'f0(process.env.PORT);',
  ),
  'classes that get a port': repeated(
    (n) =>
      `class A${n} { constructor(port) { this.port = port; } start(o) { app.listen(this.port); app.listen(o.port); } }
const a${n} = new A${n}(1); a${n}.start({ port: ${n} });`,
  ),
  'methods of one name': repeated((n) => `class A${n} { start(port) { app.listen(port); } }`, '', 'new A1().start(1);'),
  'fields of a class that has many objects': (count) =>
    `${head}class A { constructor() { ${times(count, (n) => `this.a${n} = ${n};`)} }
go() { ${times(count, (n) => `app.listen(this.a${n});`)} } }
${times(count, (n) => `const a${n} = new A(); a${n}.b${n} = 1;`)}`,
  'settings that functions fill': repeated(
    (n) =>
      `function f${n}(all) { f${n + 1}(all); all[x] = 1; } const c${n} = { port: 1 }; f1(c${n}); app.listen(c${n}.port);`,
  ),
  'properties of one another': repeated(
    (n) => `const a${n + 1} = { port: a${n}.port }; app.listen(a${n}.port);`,
    'const a0 = { port: process.env.PORT };',
  ),
  'objects with what is in one another': repeated(
    (n) => `const b${n + 1} = { ...b${n}.web }; app.listen(b${n}.web);`,
    'const b0 = { web: process.env.PORT };',
  ),
  'objects that functions change': repeated(
    (n) => `function f(o${n}) { o${n}[key] = 1; }
f(c${n}); const c${n} = { port: 1 }; app.listen(c${n}.port);`,
  ),
  'functions in functions': nests('(function () {', '})', 'return io'),
  'named functions in functions': repeated(
    (n) => `${times(20, (level) => `function f${n}_${level}() {`, '')}io.x${'}'.repeat(20)}`,
  ),
  'names for one another': repeated((n) => `const a${n + 1} = a${n};`, 'const a0 = io;', 'io.listen(a9);'),
  'members of one another': repeated((n) => `const a${n + 1} = a${n}.b;`, 'const a0 = io;'),
  'texts of one another': repeated((n) => `const a${n + 1} = a${n} + 'b';`, `const a0 = 'a';`),
  'texts of the environment and one another': repeated(
    (n) => `const a${n + 1} = a${n} + 'b'; app.listen(a${n});`,
    'const a0 = process.env.PORT;',
  ),
  'lists of one another': repeated((n) => `const a${n + 1} = [a${n}]; app.use(a${n}, io);`, 'const a0 = [io];'),
  'calls of one another': repeated((n) => `const a${n + 1} = a${n}(); app.use(a${n}, io);`, 'const a0 = io;'),
  'objects that spread one another': repeated(
    (n) => `const a${n + 1} = { ...a${n} }; require('socket.io')(1, a${n});`,
    'const a0 = options;',
  ),
  'a long list': (count) => `${head}const list = [${times(count, (n) => `'/socket.io/${n}'`, ',')}];`,
  'a long list of objects': (count) => `${head}const list = [${times(count, (n) => `{ path: 'a${n}', io }`, ',')}];`,
  'a long object, handed on often': (count) =>
    `${head}const o = { ${times(count, (n) => `k${n}: ${n}`, ',')} };\n${times(count, () => `require('socket.io')(1, o);`)}`,
  'lists in lists': nests('[', ']'),
  'blocks in blocks': repeated(() => `${'{'.repeat(20)}io.x();${'}'.repeat(20)}`),
  'else if': repeated(() => `if (io) {}${' else if (process.env.A) { app.listen(x); }'.repeat(10)}`),
  'one long condition': (count) =>
    `${head}if (${times(count, () => 'x', '||')}) {${times(count, () => 'app.listen(process.env.PORT);')}}`,
  templates: repeated((n) => `const t${n} = \`a\${io}b\${${n}}\`;`),
  'one long template': (count) => `${head}app.listen(\`${times(count, () => `a\${x}`, '')}\`);`,
  'one long sum': (count) => `${head}app.listen(${times(Math.min(count, 1_000), () => 'x', '+')});`,
  'pages in strings': repeated(() => `app.get('/', (q, r) => r.send('<script src="/a.js"></script>'));`),
  routes: repeated((n) => `app.get('/r${n}', (request, response) => response.send('x'));`),
  'folders of static files': repeated((n) => `app.use(express.static('public${n}'));`),
  redirects: repeated(() => `app.get('/', (q, r) => r.redirect('/login'));`),
  'servers that listen': repeated(() => 'app.listen(process.env.PORT);'),
  'servers with one handler': repeated(() => 'http.createServer(answer);', 'function answer(q, r) { r.end(); }'),
  'servers of socket.io': repeated((n) => `const io${n} = require('socket.io')(app, options);`),
  adapters: repeated(() => `io.adapter(require('@socket.io/redis-adapter').createAdapter(options));`),
  'options handed to anything': repeated(() => `other.make(options, { adapter: x });`, `const other = require('pg');`),
  namespaces: repeated((n) => `io.of('/n${n}').on('connection', () => {});`),
  classes: repeated((n) => `class C${n} extends io.X { m() { return this.m(); } }`),
  'cases of a switch': repeated((n) => `case ${n}: io.emit('x'); break;`, 'switch (x) {', '}'),
  'caught errors': repeated(() => `try { require('./a'); } catch (error) { throw error; }`),
  'reads of the environment': repeated((n) => `const e${n} = process.env.K${n} || 'd';`),
  'connections of a page': repeated(() => `window.io('http://localhost/x' + x);`),
  'requests of a page': repeated((n) => `fetch('/api/' + x + ${n}).then((r) => r.json());`),
  'plain names of a page': repeated(() => `var u = location.host; new WebSocket('ws://' + location.host + '/x');`),
};

/** What every reader of a script does with it, as the doctor has them. */
function readAll(context: ScriptContext): void {
  const readers = [
    readListens,
    readServerHabits,
    readSocketServers,
    readSocketReach,
    readNamespaces,
    readRedirects,
    readRootLinksInStrings,
    readStreams,
    readRoutes,
    readEsModuleUse,
    readSocketClients,
    readRootRequests,
  ];
  for (const read of readers) read(context);
  readServedFolders(context, '');
  readWebPaths(context, '');
  const other = contextOf(parseScript({ file: '/app/other.js', text: 'exports.a = () => 1;' }));
  const named = [
    { name: 'server.js', context },
    { name: 'other.js', context: other },
  ];
  const { canBeReached } = callGraph(folder, named, ['server.js']);
  for (const { node } of context.modules) canBeReached({ name: 'server.js', context }, node.start);
}

const folder = {
  ...readFolder('/nowhere', true),
  spelling: (name: string) => (name === 'other.js' ? name : undefined),
};

/** How often the readers look at a node of a script, or at a use of a variable. */
function looksAt(text: string): number {
  const script = parseScript({ file: '/app/server.js', text });
  const context = contextOf(script);
  if (context === undefined) throw new Error(script.failure?.message);
  let looks = 0;
  const count = <Key extends string>(object: Readonly<Record<Key, unknown>>, key: Key): void => {
    const value = object[key];
    Object.defineProperty(object, key, {
      get: () => {
        looks += 1;
        return value;
      },
    });
  };
  const { variableOf } = scopesOf(context.tree);
  const references = new Set(context.tree.nodes.flatMap((node: AnyNode) => variableOf(node)?.references ?? []));
  for (const reference of references) count(reference, 'isWrite');
  for (const node of context.tree.nodes) count(node, 'type');
  readAll(context);
  return looks;
}

it.each(Object.entries(scripts))('each further one is as much work as those before: %s', (_name, script) => {
  const [few = 0, more = 0, many = 0] = [30, 60, 90].map((count) => looksAt(script(count)));
  expect(more - few).toBeGreaterThan(50);
  expect(many - more).toBeLessThan((more - few) * 1.05);
});

it.each([
  ['texts', `const a0 = location.host;`, (n: number) => `const a${n + 1} = a${n} + 'b';`, 'fetch'],
  ['members', 'const a0 = location;', (n: number) => `const a${n + 1} = a${n}.b;`, 'app.listen'],
  ['lists', 'const a0 = [process.env.A];', (n: number) => `const a${n + 1} = [a${n}];`, 'app.use'],
  ['calls', 'const a0 = process.env;', (n: number) => `const a${n + 1} = a${n}();`, `io.on`],
] as const)('a name that leads through 10,000 others is read to its end: %s', (_name, first, each, last) => {
  const text = `${head}${first}\n${times(10_000, each)}\n${last}(a10000, io);`;
  const context = contextOf(parseScript({ file: '/app/server.js', text }));
  if (context === undefined) throw new Error('it does not parse');
  expect(() => readAll(context)).not.toThrow();
});

it.each([
  ['a.js', 'names', (n: number) => `let a${n} = ${n};`],
  ['a.js', 'variables', (n: number) => `var a${n} = 1; let b${n};`],
  ['a.js', 'functions', (n: number) => `function f${n}() {}`],
  ['a.js', 'imports', (n: number) => `import a${n} from 'a';`],
  ['a.ts', 'types', (n: number) => `type A${n} = 1; enum B${n} { C }`],
  ['a.ts', 'imports', (n: number) => `import a${n} from 'a'; a${n}();`],
] as const)('a name that a program declares is not compared with all others, in %s: %s', (file, _name, each) => {
  const [few = 0, more = 0, many = 0] = [1_000, 2_000, 3_000].map((count) => {
    let compared = 0;
    const { indexOf, includes } = Array.prototype;
    const spies = [
      vi.spyOn(Array.prototype, 'indexOf').mockImplementation(function (this: unknown[], what) {
        compared += this.length;
        return indexOf.call(this, what);
      }),
      vi.spyOn(Array.prototype, 'includes').mockImplementation(function (this: unknown[], what) {
        compared += this.length;
        return includes.call(this, what);
      }),
    ];
    const { failure } = parseScript({ file, text: times(count, each) });
    for (const spy of spies) spy.mockRestore();
    expect(failure).toBeUndefined();
    return compared;
  });
  expect(many - more).toBeLessThanOrEqual((more - few) * 1.05 + 100);
});

it('a name that is declared twice is found in a long list, too', () => {
  const text = `${times(500, (n) => `let a${n};`)}\nlet a123;`;
  expect(parseScript({ file: 'a.js', text }).failure?.message).toMatch(/a123.*already been declared/);
});
