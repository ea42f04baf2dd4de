import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from '@swc/wasm-typescript';
import { expect, it } from 'vitest';
import { parseScript } from '../../src/source/script.js';

const root = path.join(import.meta.dirname, '..', '..');
/** Every fourth file, which is some two hundred. */
const sources = ['src', 'test']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  )
  .filter((name) => name.endsWith('.ts') && !/fixtures|adopt.apps|cases.(broken|healthy)/.test(name)) // decorators are no JavaScript yet
  .filter((_name, index) => index % 4 === 0);

/** A type beside them may count as part of others. */
const placed = /^(Identifier|Literal|CallExpression|NewExpression|ObjectExpression|MemberExpression)$/;

/** The kinds of a program's nodes, and where those begin that others point at. */
const outline = (file: string, text: string): readonly string[] | undefined =>
  parseScript({ file, text }).tree?.nodes.map(({ type, start }) => (placed.test(type) ? `${type} ${start}` : type));

/** The text with blanks for types; undefined where more than that would be needed (parameters that are properties). */
function stripped(text: string): string | undefined {
  try {
    return transformSync(text, { mode: 'strip-only' }).code;
  } catch {
    return undefined;
  }
}

it.each(['src', 'test'])('what is read of the TypeScript in %s is what remains without its types', (folder) => {
  let compared = 0;
  for (const name of sources.filter((each) => each.startsWith(folder + path.sep))) {
    const text = readFileSync(path.join(root, name), 'utf8');
    const plain = stripped(text);
    if (plain === undefined) continue;
    expect(outline('a.ts', text), name).toEqual(outline('a.js', plain));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(50);
});
