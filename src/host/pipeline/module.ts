import type { StageFailure } from '../stages/failure.js';
import type { RequestContext } from './context.js';
import type { PathConfig } from './path-config.js';

/**
 * `next`: the following module goes on; `handled`: the answer is on its way; `child`: the context's URL was changed to a child
 * request, which starts again at handler mapping; a failure ends the request with IIS's error answer.
 */
export type Verdict = 'next' | 'handled' | 'child' | StageFailure;

/** One module of the pipeline, named as IIS names it. Adding one is adding a file and a line in pipeline.ts. */
export interface PipelineModule {
  readonly name: string;
  /** The configuration sections it honours; a section nobody names here gives a warning when a web.config sets it. */
  readonly implements: readonly string[];
  /** Reads what it needs at a path before any request does; throws ConfigError as `onRequest` would. */
  readonly check?: (config: PathConfig) => void;
  onRequest(context: RequestContext): Verdict | Promise<Verdict>;
  /** For `Connection: Upgrade` requests; `onRequest` where it is absent. */
  onUpgrade?(context: RequestContext): Verdict | Promise<Verdict>;
}
