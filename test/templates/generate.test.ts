import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generated, toCommonJs } from '../../templates/generate.mjs';

const templates = path.join(import.meta.dirname, '../../templates');

describe('the JavaScript of the templates', () => {
  it('is generated from their TypeScript: npm run templates', () => {
    const wanted = generated();
    expect(wanted.size).toBeGreaterThan(0);
    for (const [file, text] of wanted) expect(readFileSync(file, 'utf8').replaceAll('\r\n', '\n'), file).toBe(text);
  });

  it('has no file whose TypeScript does not exist', () => {
    const wanted = generated();
    const folders = new Set([...wanted.keys()].map((file) => path.dirname(file)));
    const scripts = [...folders].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /^[\w-]+\.js$/.test(name))
        .map((name) => path.join(folder, name)),
    );
    const pages = readdirSync(templates, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'template.json')
      .flatMap((file) => {
        const { files } = JSON.parse(readFileSync(path.join(templates, file), 'utf8')) as { files: string[] };
        return files.map((each) => path.join(templates, path.dirname(file), each));
      });
    expect(scripts.filter((file) => !wanted.has(file) && !pages.includes(file))).toEqual([]);
  });
});

describe('a TypeScript module becomes a CommonJS one', () => {
  const lines = (text: string): string =>
    toCommonJs(text)
      .replace(/[ \t]+$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim();

  it.each([
    ["import http from 'node:http';", "const http = require('node:http');"],
    ["import * as http from 'node:http';", "const http = require('node:http');"],
    ["import { a, b as c } from 'x';", "const { a, b: c } = require('x');"],
    ["import x, { a } from 'x';", "const x = require('x');\nconst { a } = x;"],
    ["import './x.js';", "require('./x.js');"],
    ["import { a } from './x';", "const { a } = require('./x.js');"],
    ["import { a } from '../x.ts';", "const { a } = require('../x.js');"],
    ["import { a, type B } from 'x';", "const { a } = require('x');"],
    ["import type { B } from 'x';\nlet b: B | undefined;", 'let b               ;'],
  ])('%s -> %s', (source, wanted) => {
    expect(lines(source)).toBe(wanted);
  });

  it.each([
    ['export const a = 1, b = 2;', 'const a = 1, b = 2;\n\nmodule.exports = { a, b };'],
    ['export function f() {}\nexport class C {}', 'function f() {}\nclass C {}\n\nmodule.exports = { f, C };'],
    ['const a = 1;\nexport { a as b };', 'const a = 1;\n\nmodule.exports = { b: a };'],
    ['export default [1];', 'module.exports = [1];'],
    ['export default function f() {}', 'function f() {}\n\nmodule.exports = f;'],
    ['export interface A {}\nexport type { A as B };\nconst a = 1;', 'const a = 1;'],
    ['export {};', ''],
  ])('%s -> %s', (source, wanted) => {
    expect(lines(source)).toBe(wanted);
  });

  it('keeps its comments, except those of removed code', () => {
    const source = [
      '// What this module is.',
      '',
      "import type { B } from 'b';",
      '',
      '/** A gone type. */',
      'interface A {',
      '  /** A gone member. */',
      '  b: B; // gone',
      '}',
      'type C = string; // gone as well',
      '// Two lines',
      '// of a gone comment.',
      'export type D = C;',
      '/** What f does. */',
      'export function f(a: A): C {',
      '  return String(a); // stays',
      '}',
    ].join('\n');
    expect(lines(source)).toBe(
      [
        '// What this module is.',
        '',
        '/** What f does. */',
        'function f(a   )    {',
        '  return String(a); // stays',
        '}',
        '',
        'module.exports = { f };',
      ].join('\n'),
    );
  });

  it.each([
    ['export let a = 1;', /exported let/],
    ["export { a } from './a';", /import it, then export it/],
    ["export * from './a';", /import it, then export it/],
    ['export const { a } = { a: 1 };', /a const with a name/],
    ['export const a = 1;\nexport default a;', /beside other exports/],
    ["import { default as a } from './a';", /no plain counterpart/],
    ["import { a /* the first */ } from './a';", /a comment within an import/],
    ['enum A { b }', /enum/],
  ])('%s is rejected', (source, why) => {
    let said: unknown;
    try {
      toCommonJs(source);
    } catch (error) {
      said = error instanceof Error ? error.message : (error as { message: string }).message;
    }
    expect(said).toMatch(why);
  });
});
