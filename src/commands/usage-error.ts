import { UserError } from '../errors.js';
import { editDistance, nearestName } from '../nearest-name.js';
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
  const choice = choiceMeant(what, reason);
  const suggested = choice === undefined ? suggestions(what, near) : [choice.meant];
  const meant = suggested.length === 0 ? undefined : `Did you mean ${suggested.join(' or ')}?`;
  const general = reason ?? whys[code] ?? 'The command line cannot be understood.';
  return new UserError('USAGE', {
    what,
    why: meant === undefined ? general : choice === undefined ? meant : `${meant} ${general}`,
    next:
      corrected(choice?.typed ?? typedWord(what), suggested, words) ??
      `${iisnodeSock} ${command ? `${command} ` : ''}--help`,
  });
}

/** What was typed with the one word that it means; undefined where that is not known. */
function corrected(typed: string, [meant, ...others]: readonly string[], words: readonly string[]): string | undefined {
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

/** A value that is none of the allowed ones, and the one that was meant. */
function choiceMeant(what: string, reason: string | undefined): { typed: string; meant: string } | undefined {
  const [, choices] = /^Allowed choices are (.*)\.$/.exec(reason ?? '') ?? [];
  const [, typed] = /(?:argument|value) '([^']*)' is invalid/.exec(what) ?? [];
  const meant = choices && typed ? nearestName(typed, choices.split(', ')) : undefined;
  return typed === undefined || meant === undefined ? undefined : { typed, meant };
}

const bare = (name: string): string => name.replace(/^--?/, '');
