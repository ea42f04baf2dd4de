import { UserError } from '../errors.js';
import { runRules } from './engine.js';
import { type GatherOptions, gatherFacts } from './facts/gather.js';
import { rules } from './rules/index.js';
import type { Finding } from './types.js';

/** When another command asks the doctor. */
export type Moment = 'deploy' | 'serve';

interface Heard {
  /** The rules that fit the moment: what a person must know before this goes on. */
  readonly only: readonly string[];
  /** Of their findings, those that are certain enough to be said here. */
  readonly isSaid: (finding: Finding) => boolean;
}

const always = (): boolean => true;
/** Whether the server unlocks a section or has the module that declares it is seen when it is deployed there. */
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
 * What the rules that fit a moment say of an app's folder; nothing where there is nothing to examine, which the command says itself.
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
