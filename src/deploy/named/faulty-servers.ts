import { UserError } from '../../errors.js';
import type { DeployWarning } from '../deploy-with-warnings.js';
import { requireTargets } from '../server-names.js';
import { type FaultyTarget, type NamedTarget, targetsIn } from './read-targets.js';

/**
 * What is wrong with the targets, and with their servers, beside the one that is asked for: without this it is found on the day when they are needed.
 * @param asked undefined: all of them.
 * @throws UserError TARGETS_INVALID.
 */
export function faultyServers(folder: string, asked?: string): readonly DeployWarning[] {
  const others = targetsIn(folder).filter(({ name }) => name !== asked);
  return others.flatMap((target) =>
    'to' in target ? target.to.flatMap((server) => faultOf(target, server) ?? []) : [warningOf(target)],
  );
}

const warningOf = ({ file, line, what, why }: FaultyTarget): DeployWarning => ({
  rule: 'TARGETS_INVALID',
  severity: 'warning',
  message: what,
  why,
  fix: 'correct that line',
  file,
  line,
});

function faultOf({ name, file, line }: NamedTarget, server: string): DeployWarning | undefined {
  try {
    requireTargets([server]);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, what, why, next } = error;
    return { rule: code, severity: 'warning', message: `the target "${name}": ${what}`, why, fix: next, file, line };
  }
}
