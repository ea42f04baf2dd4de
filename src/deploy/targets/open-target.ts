import type { Home } from '../../host/index.js';
import type { DeployPlan } from '../plan.js';
import type { Reporter } from '../reporter.js';
import type { DeployContext } from '../step.js';
import type { DeployOptions } from '../types.js';

/** A target that can be read and changed. */
export interface OpenTarget {
  readonly context: DeployContext;
  /** The folder of deploy's state. */
  readonly home: Home;
  /** The port of the site's binding, where the target chooses it; `reporter` is informed about changes that were not requested. */
  choosePort(options: DeployOptions, plan: DeployPlan, reporter: Reporter): Promise<number | undefined>;
}
