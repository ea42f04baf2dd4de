import { UserError } from '../errors.js';
import { runRules } from './engine.js';
import { type GatherOptions, gatherFacts } from './facts/gather.js';
import { rules } from './rules/index.js';
import type { Finding } from './types.js';

/** For another command that runs the doctor's rules. */
export type Moment = 'deploy' | 'serve';

interface Heard {
  /** The rules that matter for this command: what the user must know before it continues. */
  readonly only: readonly string[];
  /** Which of their findings are certain enough to show here. */
  readonly isSaid: (finding: Finding) => boolean;
}

const always = (): boolean => true;
/** Whether the server unlocks a section, or has the module that declares it, is checked during the deployment. */
const isCertain = ({ rule, severity }: Finding): boolean => rule !== 'CONFIG_ERROR' || severity === 'error';

const moments: Readonly<Record<Moment, Heard>> = {
  deploy: {
    only: [
      'DUPLICATE_ENTRY',
      'CONFIG_ERROR',
      'SOCKET_REQUESTS_REFUSED',
      'POLLING_WITHOUT_STICKY_SESSIONS',
      'PROCESSES_WITHOUT_ADAPTER',
      'VDIR_PATH_NOT_SAID',
    ],
    isSaid: isCertain,
  },
  serve: { only: ['VDIR_PATH_MISMATCH', 'VDIR_PATH_NOT_SAID', 'ENTRY_NOT_BUILT'], isSaid: always },
};

/**
 * The findings of the selected rules in an app's folder; empty where there is nothing to check, which the command reports itself.
 *
 * @param options `cwd` is the app's folder.
 */
export function judgeAt(moment: Moment, options: GatherOptions): readonly Finding[] {
  const { only, isSaid } = moments[moment];
  try {
    const facts = gatherFacts('.', { ...options, assumesPlace: true });
    return runRules(rules, facts, { only })
      .diagnoses.map(({ finding }) => finding)
      .filter(isSaid);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
