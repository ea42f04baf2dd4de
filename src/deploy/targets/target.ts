import type { Home } from '../../host/index.js';
import type { DeployContext, DeployOptions, DeployPlan } from '../types.js';

/** Where an app can be put. */
export interface DeployTarget {
  /** What `--to` says. */
  readonly name: string;
  readonly context: DeployContext;
  /** Where deploy keeps its state. */
  readonly home: Home;
  /** The background host's log, where there is one. */
  readonly logFile?: string;
  /** The port of the site's binding, where the target decides it. */
  choosePort(options: DeployOptions): Promise<number | undefined>;
  /** Where the app will be, without trailing slash but for '/'. */
  url(plan: DeployPlan): Promise<string>;
}
