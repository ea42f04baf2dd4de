import { UserError } from '../errors.js';
import { didYouMean } from '../nearest-name.js';
import { iisnodeSock } from '../typed-command.js';
import { typedAgain } from './typed-again.js';

/** Commander's error for a command line it cannot parse. */
export interface UsageFault {
  /** `commander.unknownCommand`. */
  readonly code: string;
  /** `error: unknown command 'depoly'`, and on a second line `(Did you mean deploy?)`. */
  readonly message: string;
}

const whys: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'There is no such command; --help lists them all.',
  'commander.unknownOption': 'This command has no such option; its --help lists them all.',
  'commander.missingArgument': 'The command needs this argument.',
  'commander.optionMissingArgument': 'This option needs a value after it.',
  'commander.missingMandatoryOptionValue': 'The command needs this option.',
  'commander.excessArguments': 'The command takes fewer arguments; put a name with spaces in quotes.',
  'commander.invalidArgument': 'This option does not accept the value.',
};

/** The three lines for a wrong command line; `command` is the command it names, if any. */
export function usageError(
  { code, message }: UsageFault,
  command: string | undefined,
  words: readonly string[] = [],
): UserError {
  // The message contains the user's text, with its line ends.
  const at = message.endsWith(')') ? message.indexOf('\n(Did you mean ') : -1;
  const said = (at < 0 ? message : message.slice(0, at)).replace(/^error: /, '');
  const near = at < 0 ? '' : message.slice(at + 1);
  const [, what = said, reason] = /^(.* is invalid(?: for argument '[^']*')?\.) (.+)$/s.exec(said) ?? [];
  const suggested = suggestions(what, near);
  const meant = suggested.length === 0 ? chosen(what, reason) : `Did you mean ${suggested.join(' or ')}?`;
  return new UserError('USAGE', {
    what,
    why: meant ?? reason ?? whys[code] ?? 'The command line cannot be understood.',
    next: corrected(what, suggested, words) ?? `${iisnodeSock} ${command ? `${command} ` : ''}--help`,
  });
}

/** What was typed with the one word that it means; undefined where that is not known. */
function corrected(what: string, [meant, ...others]: readonly string[], words: readonly string[]): string | undefined {
  const typed = typedWord(what);
  return meant === undefined || others.length > 0 ? undefined : typedAgain(words, [], { instead: [typed, meant] });
}

/** Commander's suggestions may be far from the word; only those that a typing error explains are shown. */
function suggestions(what: string, said: string): readonly string[] {
  const typed = typedWord(what);
  const [, names = ''] = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(said) ?? [];
  return names
    .split(', ')
    .filter(
      (name) => name !== '' && editDistance(bare(typed), bare(name)) <= Math.max(1, Math.floor(bare(name).length / 3)),
    );
}

/** `depoly` of `unknown command 'depoly'`. */
const typedWord = (what: string): string => /'([^']+)'/.exec(what)?.[1] ?? '';

/** The allowed choice that was meant, before all of them. */
function chosen(what: string, reason: string | undefined): string | undefined {
  const [, choices] = /^Allowed choices are (.*)\.$/.exec(reason ?? '') ?? [];
  const [, typed] = /argument '([^']*)' is invalid/.exec(what) ?? [];
  const meant = choices === undefined || typed === undefined ? '' : didYouMean(typed, choices.split(', '));
  return meant === '' ? undefined : `${meant}${reason}`;
}

const bare = (name: string): string => name.replace(/^--?/, '');

/** Optimal string alignment distance: wrong, missing, added, or swapped letters. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      now[column] = Math.min(
        (last[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = now;
  }
  return last[b.length] ?? 0;
}
