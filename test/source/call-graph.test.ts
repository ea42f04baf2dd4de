import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callGraph } from '../../src/source/call-graph.js';
import { contextOf } from '../../src/source/context.js';
import { readFolder } from '../../src/source/folder.js';
import { parseScript } from '../../src/source/script.js';

/** Can the code at `here()` be reached from `entries`? All files are scripts that node loads. */
function isReached(files: Readonly<Record<string, string>>, entries = ['server.js']): boolean {
  const root = mkdtempSync(path.join(tmpdir(), 'call-graph-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const scripts = Object.entries(files).map(([name, text]) => ({
    name,
    text,
    context: contextOf(parseScript({ file: name, text })),
  }));
  const found = scripts.find(({ text }) => text.includes('here()'));
  if (!found) throw new Error('nothing is asked');
  return callGraph(readFolder(root, false), scripts, entries).canBeReached(found, found.text.indexOf('here()'));
}

describe('within a script, code can be reached', () => {
  it.each([
    'here();',
    'if (a) { for (;;) here(); }',
    'function f() { here(); } f();',
    'f(); function f() { here(); }',
    'const f = () => here(); f();',
    'function f() { here(); } function g() { f(); } g();',
    'function f() { g(); here(); } function g() { f(); } g();',
    'function f() { here(); } setTimeout(f, 10);',
    'function f() { here(); } f.call(a);',
    'function f() { here(); } const g = f;',
    'function f() { here(); } app.locals.f = f;',
    'function f() { here(); } a = { f };',
    'function f() { here(); } export { g }; const g = f;',
    'http.on("x", () => here());',
    '(function f() { here(); })();',
    'new (class { constructor() { here(); } })();',
    'class A { m() { here(); } }',
    'const a = { m() { here(); } };',
    'function outer() { function f() { here(); } f(); } outer();',
    'function outer() { return { f() { here(); } }; } outer();',
    'exports.f = () => here(); exports.f();',
    'exports.f = f; function f() { here(); } module.exports.f();',
    'var f; f = () => here();',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code under test
    'tag`${f()}`; function f() { here(); }',
  ])('%s', (code) => expect(isReached({ 'server.js': code })).toBe(true));
});

describe('within a script, code cannot be reached', () => {
  it.each([
    'function f() { here(); }',
    'const f = () => here();',
    'const f = async function named() { here(); };',
    'function f() { f(); here(); }',
    'function f() { g(); } function g() { f(); here(); }',
    'function f() { here(); } function g() { f(); }',
    'function f() { setTimeout(() => here()); }',
    'function f() { here(); } function g(f) { f(); } g(h);',
    'function f() { here(); } { const f = () => {}; f(); }',
    'function outer() { function f() { here(); } f(); }',
    'function outer() { class A { static { here(); } } }',
    'exports.f = () => here();',
    'module.exports = { f() { here(); }, g };',
    'export function f() { here(); }',
    'export default () => here();',
    'const f = () => here(); export { f as g };',
  ])('%s', (code) => expect(isReached({ 'server.js': code })).toBe(false));
});

const exporting = {
  'function exports': 'module.exports = { f }; function f() { here(); }',
  exports: 'exports.f = () => here();',
  module: 'export const f = () => here();',
  renamed: 'export { g as f }; function g() { here(); }',
};

describe('between scripts, code can be reached', () => {
  it.each([
    [exporting['function exports'], "const { f } = require('./a'); f();"],
    [exporting.exports, "require('./a').f();"],
    [exporting.module, "import { f as g } from './a.js'; g();"],
    [exporting.renamed, "import * as a from './a.js'; a.f();"],
    [exporting.renamed, "import * as a from './a.js'; a[name]();"],
    [exporting.module, "import('./a.js').then(({ f }) => f());"],
    [exporting.module, "import { f } from './a.js'; emitter.on('x', f);"],
    [exporting.module, "export * from './a.js';"],
    [exporting.module, "export { f } from './a.js';"],
    [exporting.module, "import { f } from './a.js'; export { f as g };"],
    [exporting.module, "import { f } from './a.js'; export default { f };"],
    [exporting.exports, "module.exports = { ...require('./a') };"],
    [exporting.exports, "const a = require('./a'); use(a);"],
    ['export default function () { here(); }', "import a from './a.js'; a();"],
    ['module.exports = () => here();', "const a = require('./a'); a();"],
    ['here();', "import './a.js';"],
    ['here();', "if (b) require('./a');"],
    ['here();', "function load() { require('./a'); } load();"],
  ])('%s from %s', (a, server) => expect(isReached({ 'server.js': server, 'a.js': a })).toBe(true));

  it('where one of them cannot be read', () => {
    const files = { 'server.js': "import './b.js';", 'b.js': 'nothing (', 'a.js': exporting.module };
    expect(isReached(files)).toBe(true);
  });

  it('from whatever it starts with; anywhere when that is not known', () => {
    const files = { 'server.js': '', 'worker.js': "require('./a').f();", 'a.js': exporting.exports };
    expect(isReached(files)).toBe(false);
    expect(isReached(files, ['server.js', 'worker.js'])).toBe(true);
    expect(isReached(files, ['other.js'])).toBe(true);
  });

  it('through TypeScript and JSX', () => {
    const files = (a: string) => ({ 'server.ts': "import { App } from './app'; App();", 'app.tsx': a });
    const used = "import { Chat } from './chat'; export const App = () => <Chat/>;";
    const unused = "import { Chat } from './chat'; export const App = () => <b/>; let chat: typeof Chat;";
    const chat = {
      'chat.ts': 'namespace N { export function f(): void { here(); } }\nexport const Chat = () => N.f();',
    };
    expect(isReached({ ...files(used), ...chat }, ['server.ts'])).toBe(true);
    expect(isReached({ ...files(unused), ...chat }, ['server.ts'])).toBe(false);
  });
});

describe('between scripts, code cannot be reached', () => {
  it.each([
    [exporting['function exports'], "const { f } = require('./a');"],
    [exporting['function exports'], "const { f } = require('./a'); function g() { f(); }"],
    [exporting['function exports'], "const { f } = require('./a'); function g(f) { f(); } g(h);"],
    [exporting.exports, "require('./a').g();"],
    [exporting.exports, "const a = require('./a'); a.g();"],
    [exporting.module, "import { f } from './a.js';"],
    [exporting.module, "import * as a from './a.js'; a.g();"],
    ['here();', "function load() { require('./a'); }"],
    ['here();', 'nothing();'],
    ['here();', "const load = () => import('./a.js');"],
  ])('%s from %s', (a, server) => expect(isReached({ 'server.js': server, 'a.js': a })).toBe(false));
});

it('the search ends in code with many functions that call each other', () => {
  const names = Array.from({ length: 600 }, (_, index) => `f${index}`);
  const calls = names.map((name) => `function ${name}() { ${names.slice(0, 40).join('(); ')}(); ${names.at(-1)}(); }`);
  const code = `${calls.join('\n')}\nfunction last() { here(); }\n`;
  expect(isReached({ 'server.js': `${code}f0();` })).toBe(false);
  expect(isReached({ 'server.js': `${code}f0(); function f1() { last(); }` })).toBe(true);
});
