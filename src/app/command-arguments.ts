import { takesNextWord } from '../source/index.js';

/** With these node runs no file. */
const withoutScript = new Set(['-e', '--eval', '-p', '--print', '-i', '--interactive', '-c', '--check', '-']);

/** The words of a command line, without their quotes. */
export const wordsOf = (commandLine: string): readonly string[] =>
  [...commandLine.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ''));

/** The script that node runs with these arguments, and the words from it on; undefined where it runs none. */
export function scriptOf(
  commandLine: string,
): { readonly script: string; readonly rest: readonly string[] } | undefined {
  const words = wordsOf(commandLine);
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (withoutScript.has(word)) return undefined;
    if (word === '--') index += 1;
    else if (takesNextWord.has(word)) {
      index += 1;
      continue;
    } else if (word.startsWith('-')) continue;
    const script = words[index];
    return script === undefined ? undefined : { script, rest: words.slice(index) };
  }
  return undefined;
}
