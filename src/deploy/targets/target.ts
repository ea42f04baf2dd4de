import type { Home } from '../../host/index.js';
import type { DeployContext, DeployEvent, DeployOptions, DeployPlan } from '../types.js';

/** Where an app can be put. */
export interface DeployTarget {
  /** What `--to` says. */
  readonly name: string;
  readonly context: DeployContext;
  /** Where deploy keeps its state. */
  readonly home: Home;
  /** The background host's log, where there is one. */
  readonly logFile?: string;
  /** The port of the site's binding, where the target decides it; `report` hears of what a person did not ask for. */
  choosePort(
    options: DeployOptions,
    plan: DeployPlan,
    report: (event: DeployEvent) => void,
  ): Promise<number | undefined>;
  /** Where the app will be, without trailing slash but for '/'. */
  url(plan: DeployPlan): Promise<string>;
}
