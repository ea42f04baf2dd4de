import type { Decision, Journey, Step } from '../pipeline/index.js';
import type { TraceOutcome } from './types.js';

/** A decision that is being told: what iisnode and the answer's modules would do with it is added to its steps. */
export interface Tracing {
  readonly decision: Decision;
  readonly steps: Step[];
  /** The worker process's, for iisnode's settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The handler mapping that took the URL: an error says which it came from. */
export function chosenOf({ handler, config }: Journey): Pick<TraceOutcome, 'handler' | 'modules' | 'app'> {
  if (handler === undefined) return {};
  const app = config.at.application.path;
  const { mapping } = handler;
  return mapping === undefined ? { app } : { handler: mapping.name, modules: mapping.modules, app };
}

/** A path that configuration and URL give, as the disk spells it. */
export const spellingOf = ({ disk }: Journey, physicalPath: string): string =>
  disk.spelling?.(physicalPath) ?? physicalPath;
