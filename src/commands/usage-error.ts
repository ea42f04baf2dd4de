import { UserError } from '../errors.js';

/** What commander says of a command line it cannot read. */
export interface UsageFault {
  /** `commander.unknownCommand`. */
  readonly code: string;
  /** `error: unknown command 'depoly'`, and on a second line `(Did you mean deploy?)`. */
  readonly message: string;
}

const whys: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'No command is called so; --help lists them all.',
  'commander.unknownOption': 'No option of this command is called so; its --help lists them all.',
  'commander.missingArgument': 'The command cannot do its work without it.',
  'commander.optionMissingArgument': 'This option wants a value behind it.',
  'commander.missingMandatoryOptionValue': 'The command cannot do its work without it.',
  'commander.excessArguments': 'Quote a name that has blanks in it; everything else is an option.',
  'commander.invalidArgument': 'The value is not one of those this option takes.',
};

/** The three lines for a command line that is wrong; `command` is the one it names, if any. */
export function usageError({ code, message }: UsageFault, command: string | undefined): UserError {
  // What was typed is in the message, line ends and all.
  const [, said = '', near = ''] = /^(?:error: )?(.*?)(?:\n(\(Did you mean .*\)))?$/s.exec(message) ?? [];
  const [, what = said, reason] = /^(.* is invalid(?: for argument '[^']*')?\.) (.+)$/s.exec(said) ?? [];
  const meant = suggestion(what, near);
  return new UserError('USAGE', {
    what,
    why: meant ?? reason ?? whys[code] ?? 'The command line says something this program does not know.',
    next: `iisnode-sock ${command ? `${command} ` : ''}--help`,
  });
}

/** Commander suggests what is near in its own way; only what a slip of the fingers explains is worth a person's time. */
function suggestion(what: string, said: string): string | undefined {
  const [, typed = ''] = /'([^']+)'/.exec(what) ?? [];
  const [, names = ''] = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(said) ?? [];
  const near = names
    .split(', ')
    .filter((name) => name !== '' && slips(bare(typed), bare(name)) <= Math.max(1, Math.floor(bare(name).length / 3)));
  return near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`;
}

const bare = (name: string): string => name.replace(/^--?/, '');

/** Optimal string alignment distance: letters typed wrongly, left out, added, or in the wrong order. */
function slips(a: string, b: string): number {
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
