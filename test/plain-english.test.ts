import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

/** Idiom that many readers do not know, and what to write instead. */
const avoided: readonly (readonly [RegExp, string])[] = [
  [/\bnobody\b|\bno one\b|\bno-one\b/i, 'name who or what it is: "no client", "no test", "it is unknown"'],
  [/\bwhoever\b|\bwhosoever\b/i, 'name who it is: "the user", "the caller"'],
  [/\bsomebody\b/i, 'name who it is: "the user", "another process"'],
  [/\bshall\b/i, 'must, will, should'],
  [/\bheed(s|ed|ing)?\b/i, 'use, obey, respect'],
  [/\bmend(s|ed|ing)?\b|\bcure(s|d)?\b/i, 'fix'],
  [/\bdeeds?\b/i, 'step'],
  [/\bway back\b|\btak(e|es|en|ing) back\b/i, 'rollback, undo'],
  [/\bthe like\b/i, 'similar calls, or name them'],
  [/\bunheard\b|\bgoes? unseen\b/i, 'ignored, not found'],
  [/\bby itself alone\b/i, 'alone'],
  [/\b(is|are|was|be) content with\b/i, 'accepts, needs only'],
  [/\b(told|tells) of\b|(?<!const )\btell of\b/i, 'informed about, reported'],
  [/\bwhence\b|\bwherein\b|\bthereof\b|\blest\b|\bnought\b|\bhence\b/i, 'from where, in which, of it, so that .. not'],
  [/\bfor ever\b/i, 'forever, or say what never ends'],
  [/\bnothing but\b/i, 'only'],
  [/\bas it were\b/i, 'leave it out'],
  [/\bdo(es)? without (it|them|that|one|any)\b/i, 'does not need'],
  [/\bknows? nothing of\b/i, 'does not depend on, does not use'],
  [/\b(a|the) person\b|\b(for|to) people\b/i, 'the user; human-readable'],
  [/\bputs? right\b/i, 'fix, correct'],
  [/\bsits\b/i, 'is; the vdir path'],
];

/** Names of tests say what must hold; these words hide it. */
const avoidedInTestNames: readonly (readonly [RegExp, string])[] = [
  ...avoided,
  [/\btold\b/i, 'is reported, has a finding, is distinguished from'],
  [/\banew\b/i, 'again'],
  [/\bsits?\b/i, 'is at'],
  [/\beverybody\b|\beveryone\b/i, 'all clients, all others'],
  [/\boutlives?\b/i, 'survives'],
  [/\baffair\b|\bits due\b/i, 'say what must happen'],
];

/** Parts of names in code, and what to name instead: what the function does, in the words of the field. */
const avoidedInCodeNames: readonly (readonly [RegExp, string])[] = [
  [/^heed(s|ed)?$/, 'uses, respects'],
  [/^lenient$/, 'what is completed or accepted'],
  [/^(heir|bequeath)s?$/, 'the next user, the remaining record'],
  [/^stuck$/, 'what failed'],
  [/^unsaid$/, 'the default, what is assumed'],
  [/^judg(e|ed|es|ement)$/, 'check, find, run the rules'],
  [/^(mend|cure)(s|d|ed)?$/, 'fix'],
  [/^deeds?$/, 'step'],
  [/^(say|tell|told|teller)$/, 'print, report, send'],
  [/^(hear|hears|heard)$/, 'listener, selected'],
  [/^(nobody|somebody|whoever)$/, 'who it is'],
  [/^ours$/, 'what makes it so: isVdirPathKey'],
  [/^(careless|lone|odd|wish|wishes|slips)$/, 'what is true of it'],
];

/** Files whose text must be free of it. */
const folders = ['docs', 'src', 'templates'];
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
/** The poem, and the chat, which is about people. */
const foreign = /\/inferno\.\w+$|^templates\/chat\//;

const files = folders
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => /\.(ts|js|mjs|cjs|md|html|json|config|css)$/.test(file) && !foreign.test(file));

/** `12: nobody (name who it is)` for each line with a word to avoid. */
function idiomIn(text: string, words = avoided): string[] {
  return text.split('\n').flatMap((line, index) =>
    words.flatMap(([pattern, instead]) => {
      const word = pattern.exec(line)?.[0];
      return word === undefined ? [] : [`${index + 1}: "${word}", better: ${instead}`];
    }),
  );
}

const filesBelow = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    `${folder}/${name}`.replaceAll(path.sep, '/'),
  );
const testFiles = filesBelow('test').filter(
  (file) => file.endsWith('.test.ts') && !/^test\/(fixtures\/|adopt\/apps\/|plain-english)/.test(file),
);
const sources = filesBelow('src').filter((file) => file.endsWith('.ts'));

/** The names of the tests in a file, also those of `it.each(...)`, each in the line in which it is written. */
function testNamesIn(code: string): string {
  const name = /(?:\b(?:it|describe)(?:\.\w+)*|\))\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`),/g;
  const lines = code.split('\n').map(() => '');
  for (const match of code.matchAll(name)) {
    const line = code.slice(0, match.index + match[0].length).split('\n').length - 1;
    lines[line] = `${lines[line]}${match[1]}`;
  }
  return lines.join('\n');
}

/** Declared names with a part to avoid: `heedsEio3: "heeds", better: uses`. */
function idiomInNamesOf(code: string): string[] {
  const declared = /\b(?:function\*?|const|let|class|interface|type|readonly|async)\s+#?([A-Za-z]\w*)/g;
  const names = new Set([...code.matchAll(declared)].map((match) => match[1] ?? ''));
  return [...names].flatMap((name) =>
    name
      .split(/(?=[A-Z])/)
      .flatMap((part) =>
        avoidedInCodeNames.flatMap(([pattern, instead]) =>
          pattern.test(part.toLowerCase()) ? [`${name}: "${part.toLowerCase()}", better: ${instead}`] : [],
        ),
      ),
  );
}

describe('plain English', () => {
  it.each([...pages, ...files])('%s', (file) => {
    expect(idiomIn(readFileSync(path.join(root, file), 'utf8'))).toEqual([]);
  });

  it.each(testFiles)('the names of the tests in %s', (file) => {
    expect(idiomIn(testNamesIn(readFileSync(path.join(root, file), 'utf8')), avoidedInTestNames)).toEqual([]);
  });

  it.each(sources)('the names in the code of %s', (file) => {
    expect(idiomInNamesOf(readFileSync(path.join(root, file), 'utf8'))).toEqual([]);
  });

  it('reads the names of tests', () => {
    const code = [
      "it('is told', () => {",
      "  run('told');",
      '});',
      'it.each([',
      '  1,',
      '])(',
      '  "mends %s",',
      '  run,',
      ');',
    ];
    expect(idiomIn(testNamesIn(code.join('\n')), avoidedInTestNames)).toEqual([
      expect.stringMatching(/^1: "told", better: /),
      expect.stringMatching(/^7: "mends", better: /),
    ]);
  });

  it('reads the names in code by their parts', () => {
    expect(
      idiomInNamesOf('export function heedsEio3() {}\nconst unsaidPath = 1; // stuck\nreadonly judgement: X;'),
    ).toEqual([
      expect.stringMatching(/^heedsEio3: "heeds", better: /),
      expect.stringMatching(/^unsaidPath: "unsaid", better: /),
      expect.stringMatching(/^judgement: "judgement", better: /),
    ]);
    expect(idiomInNamesOf('const essay = 1;\nfunction foretells() {}')).toEqual([]);
  });

  it('finds a word to avoid, with its line and what to write', () => {
    expect(idiomIn('one\nNobody heeds it')).toEqual([
      expect.stringMatching(/^2: "Nobody", better: /),
      expect.stringMatching(/^2: "heeds", better: /),
    ]);
  });
});
