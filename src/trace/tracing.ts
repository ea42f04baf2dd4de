import type { Decision, Journey, Step } from '../pipeline/index.js';
import type { TraceOutcome } from './types.js';

/** A decision that is being traced: the forecast of iisnode and of the response modules is added to its steps. */
export interface Tracing {
  readonly decision: Decision;
  readonly steps: Step[];
  /** The worker process's, for iisnode's settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The handler mapping that matched the URL: an error names it. */
export function chosenOf({ handler, config }: Journey): Pick<TraceOutcome, 'handler' | 'modules' | 'app'> {
  if (handler === undefined) return {};
  const app = config.at.application.path;
  const { mapping } = handler;
  return mapping === undefined ? { app } : { handler: mapping.name, modules: mapping.modules, app };
}

/** A path from configuration and URL, in the spelling of the disk. */
export const spellingOf = ({ disk }: Journey, physicalPath: string): string =>
  disk.spelling?.(physicalPath) ?? physicalPath;
