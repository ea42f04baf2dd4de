import { UserError, type UserErrorOptions } from '../errors.js';
import type { ProbeReport } from '../probe/index.js';

/** The live app did not answer as it should. The deployment has been rolled back, or UNDO_INCOMPLETE says what has not. */
export class DeployFailed extends UserError {
  /** The probe of the live app, before the rollback. */
  readonly probe: ProbeReport;

  constructor(code: string, options: UserErrorOptions, probe: ProbeReport) {
    super(code, options);
    this.probe = probe;
  }
}

/** The same report; what to do about each step is what `change` makes of it. */
export const withHints = (probe: ProbeReport, change: (next: string) => string | undefined): ProbeReport => ({
  ...probe,
  steps: probe.steps.map((step) => (step.next === undefined ? step : { ...step, next: change(step.next) })),
});

/** One human-readable line. */
export function messageOf(error: unknown): string {
  if (error instanceof UserError) return `${error.what}: ${error.why}`;
  return error instanceof Error ? error.message : String(error);
}

/** The same for the failed step; of a probe only the result, because the reason follows with the error. */
export function failedNote(error: unknown): string {
  const failed = error instanceof DeployFailed ? error.probe.steps.find(({ ok }) => !ok) : undefined;
  // Its message is of the platform.
  if (error instanceof Error && error.name === 'AbortError') return 'interrupted';
  return failed === undefined ? messageOf(error) : `${failed.title}: ${failed.seen}`;
}

/** A UserError with the probe's report, if its cause has one. */
export function failureFrom(cause: unknown, code: string, options: UserErrorOptions): UserError {
  return cause instanceof DeployFailed ? new DeployFailed(code, options, cause.probe) : new UserError(code, options);
}

/** The same failure, with what is there now; a failed look at the live app keeps its report. */
export const failureWith = (error: UserError, whatIsThere: string, exit: UserError['exit']): UserError =>
  failureFrom(error, error.code, {
    what: `${error.what}; ${whatIsThere}`,
    why: error.why,
    next: error.next,
    exit,
    cause: error instanceof DeployFailed ? error : error.cause,
  });
