import { UserError } from '../errors.js';
import { forFolder } from '../typed-command.js';
import { DeployFailed, withHints } from './failure.js';

/** The same error; the command lines of its hints are for the app in that folder. */
export const hintsFor = (error: unknown, folder: string): unknown =>
  error instanceof UserError ? hintsChanged(error, (hint) => forFolder(hint, folder)) : error;

/** The same error; each of its hints, also those of a look at the live app, is what `change` makes of it. */
export function hintsChanged(error: UserError, change: (hint: string) => string): UserError {
  const { code, what, why, again, exit, cause } = error;
  const next = change(error.next);
  const texts = { what, why, next, again, exit, cause };
  if (error instanceof DeployFailed) return new DeployFailed(code, texts, withHints(error.probe, change));
  return next === error.next ? error : new UserError(code, texts);
}

/** Findings whose remedies are for the app in that folder. */
export const fixesFor = <Finding extends { readonly fix?: string }>(
  findings: readonly Finding[],
  folder: string,
): readonly Finding[] =>
  findings.map((one) => (one.fix === undefined ? one : { ...one, fix: forFolder(one.fix, folder) }));
