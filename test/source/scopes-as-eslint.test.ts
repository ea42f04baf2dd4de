import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AnyNode } from 'acorn';
import { analyze } from 'eslint-scope';
import { describe, expect, it } from 'vitest';
import { childKeys } from '../../src/source/child-keys.js';
import { scopesOf } from '../../src/source/scopes.js';
import { parseForBundler } from '../../src/source/script.js';
import type { Tree } from '../../src/source/tree.js';
import type { Variable } from '../../src/source/variable.js';

/** eslint-scope compares ranges, which our parser does not write. */
function withRanges(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('start' in node && 'end' in node) Object.assign(node, { range: [node.start, node.end] });
  for (const [key, each] of Object.entries(node)) if (key !== 'range' && key !== 'loc') withRanges(each);
}

/** What eslint-scope says of a program: the variable of each name that has one. */
function variablesByEslint({ program }: Tree): ReadonlyMap<AnyNode, Variable> {
  withRanges(program);
  const isModule = program.body.some(({ type }) => /^(Import|Export).*Declaration$/.test(type));
  const { scopes } = analyze(program, {
    ecmaVersion: 2024,
    sourceType: isModule ? 'module' : 'commonjs',
    ignoreEval: true,
    jsx: true,
    fallback: childKeys,
  }) as { readonly scopes: readonly { readonly variables: readonly Variable[] }[] };
  const found = new Map<AnyNode, Variable>();
  for (const variable of scopes.flatMap(({ variables }) => variables)) {
    for (const { name } of variable.defs) found.set(name, variable);
    for (const { identifier } of variable.references) found.set(identifier, variable);
  }
  return found;
}

const shown = (variable: Variable | undefined): string =>
  variable === undefined
    ? 'none'
    : [
        ...variable.defs.map(
          ({ type, name, node }) => `${type} ${name.name}@${name.start} in ${node.type}@${node.start}`,
        ),
        ...variable.references.map(
          (each) =>
            `${each.identifier.start}${each.isRead() ? 'r' : ''}${each.isWrite() ? 'w' : ''}${each.init ? 'i' : ''}`,
        ),
      ].join(', ');

function differences(code: string, file: string): readonly string[] {
  const { tree } = parseForBundler({ file, text: code });
  if (tree === undefined) return [];
  const ours = scopesOf(tree);
  const theirs = variablesByEslint(tree);
  return tree.nodes
    .filter(({ type }) => type === 'Identifier' || (type as string) === 'JSXIdentifier')
    .flatMap((node) => {
      const [is, mustBe] = [shown(ours.variableOf(node)), shown(theirs.get(node))];
      return is === mustBe ? [] : [`${file}:${node.start} ${code.slice(node.start, node.end)}: ${is}; not ${mustBe}`];
    });
}

/** Everything in which names can be hidden, set or not yet there. */
const programs: readonly string[] = [
  'var a = 1; function f(b, { c: d, e = b, ...g }, [h, [i] = [a]] = [], ...j) { var b; return a + b + d + e + g + h + i + j; }',
  'const x = 1; function f(a = x, y = () => x) { const x = 2; return a + x + y(); } f.x = x;',
  'function f(a = arguments[0]) { return arguments.length + (() => arguments)() + a; } arguments;',
  'function arguments2() { var arguments = 1; return arguments; } function g(arguments) { return arguments; }',
  'try { a(); } catch (e) { var e = 1; let b = e; } try { c(); } catch { d(); } try { x(); } catch ({ m, n = m }) { m; n; }',
  'for (let i = 0, n = 9; i < n; i++) { let i = 5; i += n; } for (var k = 0; k < 3; k++) ; i; k;',
  'for (const a of a) { a; } for (var b in b) b; for (c of d) c = d; for ({ e, f: [g = e] } of h) e; let c, d, e, g, h;',
  'for (const [a, b = a, { c = b }] of d) c; for (var [e = f] in g) e; for (let { f = 1 } = {}; ; ) f; var a, b, d, e, g;',
  'for (x.y of z) ; for (x[z] in x) ; var x, z;',
  'class A extends A { static a = A; [A] = A; static { var s = A; s; } get b() { return this.#p(A); } #p(A) { return A; } } new A();',
  'const B = class A extends B { a = A; }; const C = class { c = C; }; A;',
  'const f = function g() { return g; }; const h = function h() { var h = 1; return h; }; g; h;',
  'switch (a) { case b: let a = 1; break; default: a; { let b; b; } } var a, b;',
  'a = 1; a += 1; a++; --b; [a, b.c, d[a]] = [a]; ({ a, x: b.c, [a]: d = a, ...e } = a); (a) = 2; var a, b, d, e;',
  'label: for (;;) { break label; } const o = { a, b: c, [d]: e, f() { return a; }, get g() { return o; } }; var a, c, d, e;',
  'with (o) { a; var b = a; b; } var o, a;',
  'f(); { function f() { return f; } } f; if (x) { function g() {} } g; var x;',
  'var { a, b: { c = a } = {}, ...d } = d, [e = c] = [a]; let g = (h, { i } = h) => ({ h, i, g }); async () => { await g; };',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a program
  '`${a}${(b) => `${a}${b}`}`; tag`${b}`; var a, b, tag; new.target; super_; new a.b(b); a?.b?.[b]; delete a[b]; typeof c;',
  "import d, { a, b as c, 'x y' as e } from 'm'; import * as n from 'n'; export { a as z, c }; export default d; n.e(e); export * from 'q'; export const p = n, { q } = p; export { r } from 'r'; import('x').then((d) => d);",
  "export default function f() { return f; } export function g() { f(); } import { f as h } from 'f'; export class K extends h {} export default class {}",
  'var async, of, let_, yield_; async(of); function* g() { yield of; yield* g(); }',
  'x => { x; { let x; x; } }; (x) => x; (x, y = x) => { var x; return x + y; };',
  'import { P } from "p"; const q = { R: P }; const low = 1; const page = <P a={low} {...q}><q.R /><low>{low}</low><></></P>;',
  'var f = f || function (f) { f = f || 1; return f; }; ({ f } = { f }); [f] = [f]; f ??= f; f &&= 1;',
];

describe('the names of a program', () => {
  it.each(programs)('mean what eslint-scope says: %s', (code) => {
    expect(differences(code, 'program.js')).toEqual([]);
    expect(differences(code, 'program.tsx')).toEqual([]);
  });

  it('also in programs of others', () => {
    const root = path.join(import.meta.dirname, '..', '..');
    const installed = ['express/lib', 'ws/lib', 'semver/classes'];
    const folders = [...installed.map((name) => path.join(root, 'node_modules', name)), path.join(root, 'src', 'xml')];
    const files = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /(?<!\.d)\.[cm]?[jt]s$/.test(name))
        .map((name) => path.join(folder, name)),
    );
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap((file) => differences(readFileSync(file, 'utf8'), file)).slice(0, 5)).toEqual([]);
  });
});
