import { UserError } from '../errors.js';
import { forFolder } from '../typed-command.js';
import { DeployFailed } from './failure.js';

/** The same error; the command lines of its hints are for the app in that folder. */
export function hintsFor(error: unknown, folder: string): unknown {
  if (!(error instanceof UserError)) return error;
  const isProbe = error instanceof DeployFailed;
  const next = forFolder(error.next, folder);
  const steps = isProbe
    ? error.probe.steps.map((step) =>
        step.next === undefined ? step : { ...step, next: forFolder(step.next, folder) },
      )
    : [];
  const { code, what, why, exit, cause } = error;
  if (isProbe) return new DeployFailed(code, { what, why, next, exit, cause }, { ...error.probe, steps });
  return next === error.next ? error : new UserError(code, { what, why, next, exit, cause });
}

/** Findings whose remedies are for the app in that folder. */
export const fixesFor = <Finding extends { readonly fix?: string }>(
  findings: readonly Finding[],
  folder: string,
): readonly Finding[] =>
  findings.map((one) => (one.fix === undefined ? one : { ...one, fix: forFolder(one.fix, folder) }));
