import { isBelow } from '../files/index.js';
import type { PackOptions } from '../pack/index.js';
import type { DeployPlan } from './plan.js';

/** What to pack of a planned app: what runs, with its entry point whatever the rules say, and without iisnode's logs. */
export const filesToPack = (
  { directory, entry, logDirectory }: Pick<DeployPlan, 'directory' | 'entry' | 'logDirectory'>,
  target: PackOptions['target'],
  signal: AbortSignal | undefined,
): PackOptions & Required<Pick<PackOptions, 'leaveOut'>> => ({
  directory,
  keep: [entry],
  leaveOut: logDirectory === undefined || !isBelow(directory, logDirectory) ? [] : [logDirectory],
  target,
  ...(signal && { signal }),
});
