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
function idiomIn(text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    avoided.flatMap(([pattern, instead]) => {
      const word = pattern.exec(line)?.[0];
      return word === undefined ? [] : [`${index + 1}: "${word}", better: ${instead}`];
    }),
  );
}

describe('plain English', () => {
  it.each([...pages, ...files])('%s', (file) => {
    expect(idiomIn(readFileSync(path.join(root, file), 'utf8'))).toEqual([]);
  });

  it('finds a word to avoid, with its line and what to write', () => {
    expect(idiomIn('one\nNobody heeds it')).toEqual([
      expect.stringMatching(/^2: "Nobody", better: /),
      expect.stringMatching(/^2: "heeds", better: /),
    ]);
  });
});
