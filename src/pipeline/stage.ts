import type { Journey, Verdict } from './journey.js';
import type { PathConfig } from './path-config.js';

/** One stage of the pipeline, named as IIS names its module. Adding one is adding a file and a line in stages.ts. */
export interface Stage {
  readonly name: string;
  /** The configuration sections it honours; the host warns of a section that no stage names when a web.config sets it. */
  readonly implements: readonly string[];
  /** Reads what it needs at a path before any request does; throws ConfigError as `decide` would. */
  readonly check?: (config: PathConfig) => void;
  /** Decides its part; undefined lets the next stage go on. Throws ConfigError: the request ends with 500.19. */
  decide(journey: Journey): Verdict;
}
