import { withoutEnd, withoutStart } from '../trimmed.js';

/** A command of a line, and whether a shell runs it when the one before has ended (`&&`), not in its place or with it (`||`, `|`). */
interface Part {
  readonly text: string;
  readonly isNext: boolean;
}

/** Commands of a line that are joined by `&&`, `||` or `|`. */
interface CommandList {
  readonly parts: readonly Part[];
  /** The shell goes on without waiting for it (`&`); it runs in a shell of its own. */
  readonly isBeside: boolean;
}

/** The lists of a line, in their order: `cd web && node a.js & node b.js` has two. What is in quotes is a word of a command. */
export function listsOf(command: string): readonly CommandList[] {
  const lists: CommandList[] = [];
  let parts: Part[] = [];
  // `2>&1` and `&>` are no ends of a command.
  for (const [, before = '', text = ''] of command.matchAll(
    /([;|&\n]*)((?:"[^"]*"|'[^']*'|\d*>>?&\d?|&>>?|[^;|&\n"'])*)/g,
  )) {
    if (parts.length > 0 && /^(&|;|\n)/.test(before) && !before.startsWith('&&')) {
      lists.push({ parts, isBeside: before.startsWith('&') });
      parts = [];
    }
    const plain = withoutParentheses(text);
    if (plain !== '') parts.push({ text: plain, isNext: before.startsWith('&&') });
  }
  if (parts.length > 0) lists.push({ parts, isBeside: false });
  return lists;
}

/** Those of a subshell: `(cd server && node .)`; `$(..)` keeps its own. */
function withoutParentheses(text: string): string {
  const inner = withoutStart(text.trim(), '( ');
  return inner.includes('$(') ? inner : withoutEnd(inner, ') ');
}

/** The words of a command, without quotes and without where its output goes: `> log.txt 2>&1`. */
export function wordsOf(part: string): readonly string[] {
  const words: string[] = [];
  let isTarget = false;
  for (const [word] of part.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    const [redirection, target] = /^(?:\d*|&)(?:>>?|<)(.*)$/s.exec(word) ?? [];
    if (redirection === undefined && !isTarget) words.push(word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
    isTarget = target === '';
  }
  return words;
}

/** `NODE_ENV=production`, alone, or behind what sets variables for a command. */
export function withoutVariables(all: readonly string[]): {
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
} {
  const variables: Record<string, string> = {};
  let at = 0;
  for (; at < all.length; at++) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(all[at] ?? '') ?? [];
    if (name !== undefined && value !== undefined) variables[name] = value;
    else if (!/^(npx|cross-env|cross-env-shell|env|set|export|exec|nohup)$/i.test(all[at] ?? '')) break;
  }
  return { words: all.slice(at), variables };
}
