import path from 'node:path';
import type { Command as Typed } from 'commander';
import { type TypedChange, UserError } from '../errors.js';
import { typedCommand } from '../typed-command.js';

/** What commander knows of an option. */
type Shape = Pick<Typed['options'][number], 'long' | 'short' | 'required' | 'optional'>;

/** An error that other words fix gets, as `next`, what was typed with those words: it can be pasted. */
export function withTypedCommand(error: unknown, words: readonly string[], typed: Typed | undefined): unknown {
  if (!(error instanceof UserError) || error.again === undefined || typed === undefined) return error;
  const next = typedAgain(words, [...typed.options, ...(typed.parent?.options ?? [])], error.again);
  if (next === undefined) return error;
  return error.reworded({ next, again: undefined });
}

/**
 * The changed command line; undefined where what changes was not typed (a default of package.json, an answer), and where it has a
 * password.
 *
 * @param words What was typed after the name of the program.
 */
export function typedAgain(
  words: readonly string[],
  shapes: readonly Shape[],
  { with: given = [], without = [], instead, same, note }: TypedChange,
): string | undefined {
  const added = given.filter((word) => word.startsWith('--'));
  if (added.some((name) => !shapes.some(({ long }) => long === name))) return undefined; // an option of another command
  const gone = new Set([...without, ...added]);
  const kept: string[] = [];
  const replaced = instead === undefined ? (at: number) => words[at] ?? '' : replacer(words, instead);
  let index = 0;
  for (let word = words[index]; word !== undefined && word !== '--'; word = words[index]) {
    const name = word.startsWith('--') ? word.replace(/=.*/s, '') : word;
    const shape = shapes.find(({ long, short }) => long === name || short === name);
    const length = name === word && takesNext(shape, words[index + 1]) ? 2 : 1;
    if (!gone.has(shape?.long ?? name)) {
      for (let at = index; at < Math.min(index + length, words.length); at++) kept.push(replaced(at));
    }
    index += length;
  }
  const again = [...kept, ...given, ...words.slice(index)];
  if (again.some((word) => /:\/\/[^/@\s]*:[^/@\s]*@/.test(word))) return undefined;
  if (same !== true && again.join('\0') === words.join('\0')) return undefined;
  return `${typedCommand(again)}${note === undefined ? '' : `     (${note})`}`;
}

/** The word at an index, or the one in its place. An argument stays where the same word is the value of an option: it is wrong there. */
function replacer(words: readonly string[], [typed, meant]: readonly [string, string]): (at: number) => string {
  const isTyped = (word: string): boolean =>
    word === typed || (path.isAbsolute(typed) && !word.startsWith('-') && path.resolve(word) === typed);
  const isBehind = (word: string): boolean => word.startsWith('--') && word.endsWith(`=${typed}`);
  const isValue = (at: number): boolean => words[at - 1]?.startsWith('-') === true && words[at - 1] !== '--';
  const isAnyValue = words.some((word, at) => (isTyped(word) && isValue(at)) || isBehind(word));
  return (at) => {
    const word = words[at] ?? '';
    if (isTyped(word)) return isAnyValue && !isValue(at) ? word : meant;
    return isBehind(word) ? word.replace(`=${typed}`, () => `=${meant}`) : word;
  };
}

const takesNext = (shape: Shape | undefined, next: string | undefined): boolean =>
  next !== undefined && (shape?.required === true || (shape?.optional === true && !next.startsWith('-')));
