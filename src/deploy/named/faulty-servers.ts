import { UserError } from '../../errors.js';
import type { DeployWarning } from '../deploy-with-warnings.js';
import { requireTargets } from '../server-names.js';
import { type NamedTarget, readTargets } from './read-targets.js';

/**
 * What is wrong with the servers of the targets beside the one that is asked for: without this it is found on the day when they are needed.
 * @param asked undefined: all of them.
 * @throws UserError TARGETS_INVALID.
 */
export function faultyServers(folder: string, asked?: string): readonly DeployWarning[] {
  const others = readTargets(folder).filter(({ name }) => name !== asked);
  return others.flatMap((target) => target.to.flatMap((server) => faultOf(target, server) ?? []));
}

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
