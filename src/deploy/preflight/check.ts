import type { App } from '../../app/index.js';
import type { ServerSeen } from '../../server/index.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext } from '../step.js';
import type { DeployOptions } from '../types.js';

/** What a check may look at. It reads only. */
export interface Preflight {
  readonly context: DeployContext;
  readonly plan: DeployPlan;
  readonly app: App;
  readonly options: Pick<DeployOptions, 'force' | 'verify'> & {
    /** Nothing is deployed: all that can be seen is looked at, also where the app is deployed already. */
    readonly check?: boolean;
  };
  /** What its own programs say of a Windows server; asked once. undefined: it was not asked, or is none. */
  readonly server: () => Promise<ServerSeen | undefined>;
  /** What it is asked for: the same as long as nothing changes that its answers depend on. */
  readonly checked: () => Promise<string>;
  /** What the rules of another command find wrong with the app. */
  readonly faults: readonly AppFault[];
  /** The folder of the releases: the app is copied there, and IIS does not read its own folder. undefined: in place. */
  readonly copiedTo?: string | undefined;
}

/** A finding about the app's files. */
export interface AppFault {
  readonly rule: string;
  readonly severity?: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly fix?: string;
  /** Of the place that the fix is for. */
  readonly file?: string;
  readonly line?: number;
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
  /** It applies to IIS alone; undefined: also to the embedded IIS. */
  readonly only?: 'iis';
  /** The obstacle; undefined: there is none; a text: why that could not be seen. @throws UserError where the server cannot be asked. */
  look(asked: Preflight): Promise<Obstacle | string | undefined>;
}

/** The result of a check: plain data, as `deploy --check --json` has it. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  /** `passed over`: there is an obstacle, and `--force` was given; `advice`: it works, and something is worth knowing. */
  readonly state: 'ok' | 'failed' | 'passed over' | 'not seen' | 'advice';
  /** Why it was not seen, or what is worth knowing. */
  readonly note?: string;
  readonly obstacle?: Obstacle;
}

/** The result of `deploy --check`: plain data. */
export interface DeployCheck {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  /** Nothing is in the way of a deployment. */
  readonly ready: boolean;
  readonly checks: readonly CheckResult[];
}
