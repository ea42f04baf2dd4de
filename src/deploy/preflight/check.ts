import type { App } from '../../app/index.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext } from '../step.js';
import type { DeployOptions } from '../types.js';

/** What a check may look at. It reads only. */
export interface Preflight {
  readonly context: DeployContext;
  readonly plan: DeployPlan;
  readonly app: App;
  readonly options: Pick<DeployOptions, 'force'>;
}

/** Why the app cannot work on the server; human-readable. */
export interface Obstacle {
  /** Never changes; upper case: IISNODE_NOT_INSTALLED. */
  readonly code: string;
  readonly what: string;
  readonly why: string;
  /** The remedy: what to install and where to get it, or a command. */
  readonly next: string;
  /** `--force` goes past it. */
  readonly isForcible?: boolean;
}

/** One thing that must be right before anything is changed. */
export interface PreflightCheck {
  readonly id: string;
  readonly title: string;
  /** The obstacle; undefined: there is none. @throws UserError where the server cannot be asked. */
  look(asked: Preflight): Promise<Obstacle | undefined>;
}

/** The result of a check: plain data, as `deploy --check --json` has it. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  /** `passed over`: there is an obstacle, and `--force` was given. */
  readonly state: 'ok' | 'failed' | 'passed over';
  readonly obstacle?: Obstacle;
}
