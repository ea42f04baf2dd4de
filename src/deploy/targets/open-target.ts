import type { Home } from '../../host/index.js';
import type { DeployPlan } from '../plan.js';
import type { Reporter } from '../reporter.js';
import type { DeployContext } from '../step.js';
import type { DeployOptions } from '../types.js';

/** A target that can be looked at and changed. */
export interface OpenTarget {
  readonly context: DeployContext;
  /** Where deploy keeps its state. */
  readonly home: Home;
  /** The port of the site's binding, where the target decides it; `reporter` hears of what a person did not ask for. */
  choosePort(options: DeployOptions, plan: DeployPlan, reporter: Reporter): Promise<number | undefined>;
}
