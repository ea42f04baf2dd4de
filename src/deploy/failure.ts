import { UserError, type UserErrorOptions } from '../errors.js';
import type { ProbeReport } from '../probe/index.js';

/** The live app did not answer as it should. What was done has been undone, or UNDO_INCOMPLETE says what has not. */
export class DeployFailed extends UserError {
  /** The look at the live app, before anything was undone. */
  readonly probe: ProbeReport;

  constructor(code: string, options: UserErrorOptions, probe: ProbeReport) {
    super(code, options);
    this.probe = probe;
  }
}

/** One line for people. */
export function messageOf(error: unknown): string {
  if (error instanceof UserError) return `${error.what}: ${error.why}`;
  return error instanceof Error ? error.message : String(error);
}

/** The same for the step that failed; of a probe only what it saw, as the reason follows with the error. */
export function failedNote(error: unknown): string {
  const failed = error instanceof DeployFailed ? error.probe.steps.find(({ ok }) => !ok) : undefined;
  return failed === undefined ? messageOf(error) : `${failed.title}: ${failed.seen}`;
}

/** A UserError that still tells what the probe saw when its cause did. */
export function failureFrom(cause: unknown, code: string, options: UserErrorOptions): UserError {
  return cause instanceof DeployFailed ? new DeployFailed(code, options, cause.probe) : new UserError(code, options);
}
