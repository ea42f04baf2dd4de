import { describe, expect, it } from 'vitest';
import { findSyntaxError, type ModuleKind } from '../../src/source/index.js';

function faultOf(text: string, kind: ModuleKind): string | undefined {
  const fault = findSyntaxError({ file: '/app/server.js', text }, kind);
  return fault && `${fault.at.line}:${fault.at.column}`;
}

/** Sources that node takes, in one way of loading at least. */
const right: readonly (readonly [string, ModuleKind, string])[] = [
  ['a hashbang', 'commonjs', '#!/usr/bin/env node\nrequire("http");\n'],
  ['a hashbang in a module', 'module', '#!/usr/bin/env node\nimport "node:http";\n'],
  ['CR LF and CR', 'commonjs', '"use strict";\r\nconst a = 1;\r// b\r\n'],
  ['return at the top level', 'commonjs', 'if (!process.env.PORT) return;\nconst a = 1;\n'],
  ['new.target at the top level', 'commonjs', 'console.log(new.target);\n'],
  ['await as a name', 'commonjs', 'const await = 1;\nexports.a = await;\n'],
  ['yield, let and static as names', 'commonjs', 'var yield = 1, let = 2, static = 3;\n'],
  ['with and octals in sloppy mode', 'commonjs', 'with (process) { var a = 010; }\n'],
  ['HTML comments', 'commonjs', '<!-- old\nvar a = 1;\n--> older\n'],
  ['a module in either', 'either', 'import http from "node:http";\nexport const a = 1;\n'],
  ['import.meta in either', 'either', 'console.log(import.meta.url);\n'],
  ['top-level await', 'either', 'const a = await fetch("http://a");\nexport default a;\n'],
  ['top-level await without imports', 'module', 'for await (const a of b()) console.log(a);\n'],
  ['import attributes', 'module', 'import a from "./a.json" with { type: "json" };\n'],
  ['a deferred import', 'module', 'import defer * as a from "./a.js";\na.run();\n'],
  ['an import of a source', 'module', 'import source a from "./a.wasm";\n'],
  ['a name source that is imported', 'module', 'import source from "./a.js";\nimport defer, { b } from "./b.js";\n'],
  ['names in quotes', 'module', 'export { a as "a b" };\nconst a = 1;\nexport * as "c d" from "./c.js";\n'],
  [
    'private fields and static blocks',
    'commonjs',
    'class A { #a = 1; static { this.b = 2; } has(o) { return #a in o; } static async *#c() {} }\n',
  ],
  ['using', 'commonjs', '{ using a = open(); }\nasync function f() { await using b = open(); }\n'],
  ['using in a module', 'module', 'using a = open();\nawait using b = open();\n'],
  ['the v flag', 'commonjs', 'const a = /[\\p{L}--[a-z]]/v;\n'],
  ['modifiers and doubled names in a pattern', 'commonjs', 'const a = /(?i:a)b|(?<n>a)|(?<n>b)/;\n'],
  ['a pattern of a newer Unicode in a module', 'module', 'export const a = /\\p{Script=Kawi}/u;\n'],
  ['numbers with separators, BigInts', 'commonjs', 'const a = 1_000_000n ** 2n;\n'],
  ['operators', 'commonjs', 'a ??= b?.[0] ?? c?.();\na ||= 1; b &&= 2;\nvar a, b, c;\n'],
  ['a catch without a name', 'commonjs', 'try { a(); } catch { b(); }\n'],
  ['a tagged template with any escape', 'commonjs', 'String.raw`\\unicode and \\xerxes`;\n'],
  [
    'an async arrow in a class field',
    'commonjs',
    'class A { a = async () => { await this.b; }; "c d"; 5; [x] = 1; get; set; static; async; }\nvar x;\n',
  ],
  ['U+2028 in a string', 'commonjs', 'const a = "\u2028";\n'],
  ['nothing', 'either', ''],
  ['a comment alone', 'module', '// later'],
  [
    'createRequire under its usual name',
    'either',
    'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n',
  ],
  ['what nests too deep to be read', 'commonjs', `const a = ${'['.repeat(50_000)}${']'.repeat(50_000)};\n`],
];

/** Sources that node refuses, with the place. */
const wrong: readonly (readonly [string, ModuleKind, string, string])[] = [
  ['a value that is missing', 'either', 'const a = 1;\n\tconst b = ;\n', '2:12'],
  ['behind CR LF', 'either', 'const a = 1;\r\nconst b = ;\r\n', '2:11'],
  ['a string that is not closed', 'either', 'const a = "b;\nconst c = 1;\n', '1:11'],
  ['a bracket that is not closed', 'either', 'function a() {\n  if (b) {\n  }\n', '4:1'],
  ['a bracket too many', 'either', 'function a() {\n}}\n', '2:2'],
  ['what would close the function around a CommonJS module', 'commonjs', '}, function () {\n', '1:1'],
  ['a mark of a merge', 'either', 'const a = 1;\n<<<<<<< HEAD\nconst b = 1;\n', '2:1'],
  ['await in a function', 'either', 'function f() {\n  await g();\n}\n', '2:3'],
  ['a name declared twice', 'either', 'let a;\nlet a;\n', '2:5'],
  ['JSX', 'either', 'const a = <b />;\n', '1:11'],
  ['a type', 'either', 'function a(b: string) {}\n', '1:13'],
  ['a decorator', 'either', '@injectable\nclass A {}\n', '1:1'],
  ['deep within functions', 'either', 'function f() {\n  return () => {\n    let x = 5 5;\n  };\n}\n', '3:15'],
  ['a pattern', 'commonjs', 'const a = /(/;\n', '1:11'],
  ['import in CommonJS', 'commonjs', 'const a = 1;\nimport b from "b";\n', '2:1'],
  ['export in CommonJS', 'commonjs', 'export default 1;\n', '1:1'],
  ['in a module', 'either', 'import a from "a";\nexport const b = a +;\n', '2:21'],
  ['an import of what is no name', 'module', 'import { a-b } from "a";\n', '1:11'],
  ['return at the top level of a module', 'module', 'const a = 1;\nreturn;\n', '2:1'],
  ['with in a module', 'module', 'with (a) {}\n', '1:1'],
  ['an undeclared export', 'module', 'export { a };\n', '1:10'],
  ['a private name that no class declares', 'module', 'class A { a() { return this.#b; } }\n', '1:29'],
  ['after U+2028', 'commonjs', 'let a = 1;\u2028let b = ;', '1:20'],
  ['UTF-16 read as UTF-8', 'either', '\ufffd\ufffdl\0e\0t\0', '1:1'],
];

describe('findSyntaxError', () => {
  it.each(right)('finds nothing in %s (%s)', (_name, kind, text) => expect(faultOf(text, kind)).toBeUndefined());

  it.each(wrong)('finds %s (%s)', (_name, kind, text, place) => expect(faultOf(text, kind)).toBe(place));

  it('runs nothing', () => {
    const mark = Symbol.for('iisnode-sock test of syntax errors');
    const code = `globalThis[Symbol.for(${JSON.stringify(mark.description)})] = true; throw new Error("it ran");`;
    for (const kind of ['commonjs', 'module', 'either'] as const) expect(faultOf(code, kind)).toBeUndefined();
    expect(Reflect.get(globalThis, mark)).toBeUndefined();
  });

  it("has node's own text, without a position in the sentence", () => {
    const fault = findSyntaxError({ file: '/app/a.js', text: 'const a = ;' }, 'either');
    expect(fault?.message).toBe("Unexpected token ';'");
    expect(findSyntaxError({ file: '/app/a.mjs', text: 'const a = ;' }, 'module')?.message).toBe('Unexpected token');
    expect(fault?.at).toEqual({ file: '/app/a.js', line: 1, column: 11, evidence: 'const a = ;' });
  });
});
