import { UserError } from './errors.js';
import { nearestName } from './nearest-name.js';

/** The names of the options of an action; the compiler refuses a list that lacks one. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true };

/** Throws UserError OPTION_UNKNOWN for an option that the action does not have: a misspelt one would be ignored. */
export function refuseUnknownOptions<Options extends object>(
  action: string,
  given: Options,
  names: OptionNames<Options>,
): void {
  const known = Object.keys(names);
  const unknown = Object.entries(given).find(([name, value]) => value !== undefined && !known.includes(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown[0], known);
  throw new UserError('OPTION_UNKNOWN', {
    what: `${action}() has no option "${unknown[0]}"`,
    why: near === undefined ? 'It would have no effect.' : `Did you mean ${near}?`,
    next: `its options are ${known.sort().join(', ')}`,
  });
}
