import { asUserError } from '../../config/index.js';
import { tooManyOpenFiles, UserError } from '../../errors.js';
import { rollback } from '../releases/rollback.js';
import { requireTargets } from '../server-names.js';
import type { DeployEvent, DeployResult, RollbackOptions } from '../types.js';
import { type FarmRun, type FarmTalk, runFarm } from './run-farm.js';

/**
 * Makes a kept release live again on several servers, one after the other. All or nothing: where one fails, those before it go forward
 * again to the release that was live. What happens on a server is in the result.
 * @param wanted For each server, with its `to`; `signal` and `dryRun` are those of the first.
 * @throws UserError as `requireTargets`.
 */
export async function rollbackFarm(
  wanted: readonly RollbackOptions[],
  talk: FarmTalk<DeployResult> & { event(server: string, event: DeployEvent): void },
  back: (options: RollbackOptions, report?: (event: DeployEvent) => void) => Promise<DeployResult> = rollback,
): Promise<FarmRun<DeployResult>> {
  requireTargets(wanted.map(({ to }) => to));
  const { signal = new AbortController().signal, dryRun = false } = wanted[0] ?? {};
  const works = wanted.map((options) => ({
    server: options.to ?? '',
    act: (ofServer: AbortSignal) =>
      knownErrors(back({ ...options, signal: ofServer }, (event) => talk.event(options.to ?? '', event))),
    async undo({ changed, before }: DeployResult) {
      if (!changed) return;
      if (before?.was !== 'release') throw notForward();
      const { signal: _interrupted, expect: _expected, ...rest } = options;
      await knownErrors(back({ ...rest, release: before.release }));
    },
  }));
  return runFarm(works, { parallel: 1, keepGoing: false, signal, dryRun }, talk);
}

/** Errors of the configuration, and of too many open files, as those that users read. */
export const knownErrors = <Result>(work: Promise<Result>): Promise<Result> =>
  work.catch((error: unknown) => {
    throw tooManyOpenFiles(error) ?? asUserError(error);
  });

const notForward = (): UserError =>
  new UserError('NOT_PUT_BACK', {
    what: 'what was live before cannot be put back',
    why: 'It was not a release: the folder of the app itself was live.',
    next: 'deploy the app again',
    exit: 'incomplete',
  });
