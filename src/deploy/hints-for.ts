import { UserError } from '../errors.js';
import { forFolder } from '../typed-command.js';
import { DeployFailed, withHints } from './failure.js';

/** The same error; the command lines of its hints are for the app in that folder. */
export function hintsFor(error: unknown, folder: string): unknown {
  if (!(error instanceof UserError)) return error;
  const { code, what, why, again, exit, cause } = error;
  const next = forFolder(error.next, folder);
  const texts = { what, why, next, again, exit, cause };
  if (!(error instanceof DeployFailed)) return next === error.next ? error : new UserError(code, texts);
  return new DeployFailed(
    code,
    texts,
    withHints(error.probe, (each) => forFolder(each, folder)),
  );
}

/** Findings whose remedies are for the app in that folder. */
export const fixesFor = <Finding extends { readonly fix?: string }>(
  findings: readonly Finding[],
  folder: string,
): readonly Finding[] =>
  findings.map((one) => (one.fix === undefined ? one : { ...one, fix: forFolder(one.fix, folder) }));
