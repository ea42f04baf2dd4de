import type { Appcmd } from '../appcmd/index.js';

/** What deploy was asked for; defaults are filled in. */
export interface DeployPlan {
  /** Absolute physical path of the app. */
  readonly directory: string;
  readonly siteName: string;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  readonly poolName: string;
  /** Entry point relative to `directory`, forward slashes. */
  readonly entry: string;
  /** Sections the app's web.config sets that may be locked. */
  readonly sections: readonly string[];
  /** Embedded target: the port of the site's binding. */
  readonly port: number | undefined;
}

/** The tools a step acts through. */
export interface DeployContext {
  readonly appcmd: Appcmd;
  readonly signal: AbortSignal;
  /** Runs icacls and the like; a recorder in tests and dry runs. */
  readonly run: (command: string, args: readonly string[]) => Promise<{ exitCode: number; stdout: string }>;
}

/** One deed with its way back. `Seen` is what `look` found, handed to the others. */
export interface DeployStep<Seen = unknown> {
  /** verb-noun: create-pool. */
  readonly id: string;
  readonly title: string;
  /** Reads only. */
  look(context: DeployContext, plan: DeployPlan): Promise<Seen>;
  /** The exact command lines `do` will run, in order; empty when the world is already as wanted. */
  say(context: DeployContext, plan: DeployPlan, seen: Seen): readonly string[];
  do(context: DeployContext, plan: DeployPlan, seen: Seen): Promise<void>;
  /** Back to what `look` saw; copes with `do` never having happened. */
  undo(context: DeployContext, plan: DeployPlan, seen: Seen): Promise<void>;
}
