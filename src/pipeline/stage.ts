import type { Journey, Verdict } from './journey.js';
import type { PathConfig } from './path-config.js';

/** One stage of the pipeline, with the name of its IIS module. To add one, add a file and a line in stages.ts. */
export interface Stage {
  readonly name: string;
  /** The configuration sections that it implements; the host warns when a web.config sets a section that no stage names. */
  readonly implements: readonly string[];
  /** Reads its settings at a path before any request; throws ConfigError as `decide` would. */
  readonly check?: (config: PathConfig) => void;
  /** Decides its part; undefined continues with the next stage. Throws ConfigError: the request ends with 500.19. */
  decide(journey: Journey): Verdict;
}
