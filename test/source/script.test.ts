import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopesOf } from '../../src/source/scopes.js';
import { parseForBundler, parseScript } from '../../src/source/script.js';

const files = ['a.js', 'a.ts', 'a.tsx'] as const;

describe('what cannot be read', () => {
  it.each([
    ['a mistake', 'a.js', 'const a = 1;\nconst b = ;', 'syntax', 23],
    ['a module', 'a.js', "import a from 'a';\nreturn }", 'syntax', 26],
    ['a value', 'a.ts', 'const a: number = 1;\nlet b = :', 'syntax', 29],
    ['a type', 'a.ts', 'interface A { a: }', 'syntax', 17],
    ['an element', 'a.tsx', 'const a = <b>{c}</d>;', 'syntax', 16],
    ['an end', 'a.ts', 'enum', 'syntax', 4],
    ['parentheses', 'a.js', `${'('.repeat(1_000)}1${')'.repeat(1_000)}`, 'too-deep', 100],
    ['calls', 'a.js', `a${'.b()'.repeat(4_000)}`, 'too-deep', 0],
    ['what is read again and again', 'a.ts', 'async<T>(a='.repeat(20), 'too-involved', undefined],
    ['TypeScript of 600 kB', 'a.ts', ' '.repeat(600_000), 'too-large', 0],
    ['JavaScript of 2 MB', 'a.js', ' '.repeat(2_100_000), 'too-large', 0],
  ] as const)('%s in %s: says why, and where', (_name, file, text, problem, offset) => {
    const { tree, failure, isModule } = parseScript({ file, text });
    expect({ tree, isModule }).toEqual({ tree: undefined, isModule: false });
    expect(failure?.problem).toBe(problem);
    expect(failure?.message).toMatch(/^[^()]+$/);
    if (offset !== undefined) expect(failure?.offset).toBe(offset);
  });

  it('is distinguished from what can: JavaScript with JSX is for bundlers, not for node', () => {
    const source = { file: 'a.js', text: 'const a = <b c={1}/>;' };
    expect(parseScript(source).failure?.problem).toBe('syntax');
    expect(parseForBundler(source)).toMatchObject({ failure: undefined, language: 'tsx' });
  });
});

/** `head` again and again, then the middle, then `tail` as often. */
const nested =
  (head: string, tail: string, middle = '1') =>
  (levels: number) =>
    head.repeat(levels) + middle + tail.repeat(levels);
const nests: Readonly<Record<string, (levels: number) => string>> = {
  parentheses: nested('(', ')'),
  'arrow functions': nested('(a)=>{', '}'),
  callbacks: nested('f((a)=>{', '})'),
  'async callbacks': nested('f(async(a)=>{', '})'),
  'generic arrow functions': nested('<T,>(a)=>{', '}'),
  'default values': nested('(a=', ')=>a'),
  conditions: nested('a?(b):(', ')'),
  'conditions with arrow functions': nested('a?(b):c=>{', '}'),
  'else if': nested('if(a)b;else ', '', 'c'),
  'else if with blocks': nested('if(a){b}else ', '', 'c'),
  operators: nested('a+', '', 'b'),
  'right operators': nested('a**', '', 'b'),
  negations: nested('!', '', 'a'),
  assignments: nested('a=', '', 'b'),
  new: nested('new ', '', 'a'),
  arrays: nested('[', ']'),
  'array patterns': (levels) => `let ${nested('[', ']', 'a')(levels)}=1`,
  'object patterns': (levels) => `let ${nested('{a:', '}', 'a')(levels)}=1`,
  templates: nested('`${', '}`'),
  classes: nested('class a{x=', '}', 'a'),
  heritage: nested('class a extends ', '{}', 'b'),
  blocks: nested('{', '}'),
  functions: nested('function f(){', '}'),
  elements: nested('<a>', '</a>', ''),
  'elements and code': nested('<a>{', '}</a>'),
  'attributes and code': nested('<a b={', '}/>'),
  casts: nested('<a>', '', 'b'),
  'type arguments': nested('a<', '>', 'b'),
  'less than': nested('a<', '', 'b'),
  'object types': (levels) => `let x:${nested('{a:', '}')(levels)}`,
  'function types': (levels) => `let x:${nested('(a:', ')=>b')(levels)}`,
  'conditional types': (levels) => `type x=${nested('a extends b?c:', '', 'd')(levels)}`,
  'tuple types': (levels) => `let x:${nested('[', ']', 'a')(levels)}`,
  namespaces: nested('namespace a{', '}', ''),
  'names of namespaces': (levels) => `namespace ${nested('a.', '', 'b')(levels)}{}`,
  decorators: nested('@a(class{', '})', 'x=1'),
  calls: (levels) => `a${'.b()'.repeat(levels)}`,
  'calls with types': (levels) => `a${'.b<c>()'.repeat(levels)}`,
  assertions: (levels) => `a${' as b'.repeat(levels)}`,
  'open parentheses of generics': nested('a<(', '', ''),
  'open calls of generics': nested('a<b>(', '', ''),
  'open async generics': nested('async<T>(a=', '', ''),
  'open callbacks': nested('f((a)=>{', '', ''),
  'open types': (levels) => `let x:${'(a:('.repeat(levels)}`,
  'open elements': nested('<a>', '', ''),
};

// V8 aborts the process where the stack ends within a regular expression: here the test would end without a word.
it.each(Object.entries(nests))(
  '%s, nested a thousand times over and more, end in a tree or in a reason',
  (_name, code) => {
    for (const file of files) {
      for (const levels of [3, 30, 300, 1_000, 4_000, 20_000]) {
        const { tree, failure } = parseScript({ file, text: code(levels) });
        expect(tree === undefined).toBe(failure !== undefined);
        if (levels > 3_999) expect(failure?.problem ?? 'none').toMatch(/^(syntax|too-|none)/);
      }
    }
  },
);

const words = [
  'a',
  'async',
  'await',
  'import',
  'export',
  'type',
  'from',
  'class',
  'enum',
  'namespace',
  'declare',
  'abstract',
  'function',
  'const',
  'return',
  'yield',
  'new',
  'as',
  'satisfies',
  'keyof',
  'infer',
  'extends',
  'require("x")',
  'io(',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '<',
  '>',
  '=>',
  '=',
  ':',
  '?',
  '?.',
  '!',
  ',',
  ';',
  '...',
  '@',
  '`',
  '${',
  '"',
  "'",
  '/',
  '//',
  '/*',
  '*/',
  '#',
  '\\',
  '\u2028',
  '\r\n',
  '\n',
  '0',
  '1n',
  '.5',
  '</a>',
  '<a/>',
  '&nbsp;',
];

it('any text ends in a tree of plain JavaScript or in a reason with its place', () => {
  const text = fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, fc.string()), { maxLength: 60 });
  fc.assert(
    fc.property(fc.constantFrom(...files), text, fc.boolean(), (file, parts, isDense) => {
      const code = parts.join(isDense ? '' : ' ');
      const { tree, failure } = parseForBundler({ file, text: code });
      if (failure) {
        expect(tree).toBeUndefined();
        expect(failure.offset).toBeGreaterThanOrEqual(0);
        expect(failure.offset).toBeLessThanOrEqual(code.length);
        return;
      }
      if (tree) expect(scopesOf(tree).variableOf(tree.program)).toBeUndefined();
      for (const node of tree?.nodes ?? []) {
        expect(node.type).not.toMatch(/^TS|^Decorator$/);
        expect(node.start).toBeGreaterThanOrEqual(0);
        expect(node.end).toBeLessThanOrEqual(code.length);
      }
    }),
    { numRuns: 3_000, seed: 20_261_128 },
  );
});
