import type { Appcmd } from '../appcmd/index.js';
import type { ExitReason } from '../exit-codes.js';
import type { Expectation, ProbeReport } from '../probe/index.js';
import type { DeployPlan } from './plan.js';

export type * from './plan.js';

/** What deploy is asked for; what is not given is found out (see `planDeploy`). */
export interface DeployOptions {
  /** The app's folder. */
  readonly directory: string;
  /** iis, embedded, FILE.bat, FILE.ps1; default: iis where appcmd.exe is found, else embedded. */
  readonly to?: string;
  readonly site?: string;
  /** Creates this site for the app, at its root; `site` and `path` are left out. */
  readonly newSite?: string;
  /** The new site's: `http://chat.example.com:80`; on the embedded target one for `port`, or for a free port, by default. */
  readonly binding?: readonly string[];
  /** SHA-1 thumbprint of the certificate of its https bindings, in the machine's store `MY`. */
  readonly certificate?: string;
  /** '/' or '/dante'; default: what the app's web.config says, else the folder's name. */
  readonly path?: string;
  readonly pool?: string;
  /** Entry point relative to the folder; default: the iisnode handler's path in web.config. */
  readonly entry?: string;
  /** Port of the site's binding: on the embedded target, or of a new site. */
  readonly port?: number;
  /** Say the commands, run nothing that writes. */
  readonly dryRun?: boolean;
  /** Run the build of a TypeScript app first, whatever is built already; true unless said otherwise. */
  readonly build?: boolean;
  /** Look at the live app afterwards; true unless said otherwise. */
  readonly verify?: boolean;
  /** What URLs of the live app have to answer, the look includes them. */
  readonly expect?: readonly Expectation[];
  /** Interrupts: everything done so far is undone, then UserError INTERRUPTED (exit 130). */
  readonly signal?: AbortSignal;
  /** process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Stands in for appcmd.exe of target iis. */
  readonly appcmd?: Appcmd;
}

/** One thing that happened, for whoever shows it; deploy itself never prints. */
export interface DeployEvent {
  /** Step id; `verify` for the look at the live app. */
  readonly step: string;
  readonly title: string;
  readonly phase: 'looked' | 'doing' | 'done' | 'undone' | 'failed';
  /** looked: what will run (empty: nothing to do); doing, done: what ran. */
  readonly commands: readonly string[];
  /** Since the step (or its undo) began. */
  readonly ms: number;
  /** looked: why it is not needed; doing: what takes so long; failed: what went wrong. */
  readonly note?: string;
}

export interface DeployResult {
  readonly target: string;
  readonly plan: DeployPlan;
  readonly dryRun: boolean;
  /** False when everything was already as wanted (and, in a dry run, would stay so). */
  readonly changed: boolean;
  /** The command lines run, or in a dry run: that would be run, by step. */
  readonly steps: readonly { readonly id: string; readonly title: string; readonly commands: readonly string[] }[];
  /** Where the app is; undefined when only commands were written. */
  readonly url: string | undefined;
  /** The look at the live app; undefined without verification. */
  readonly probe: ProbeReport | undefined;
  /** FILE.bat or FILE.ps1 written, absolute. */
  readonly file?: string;
  readonly ms: number;
  /** done: whatever else comes of it is thrown. */
  readonly exit: ExitReason;
}

export interface UndeployOptions {
  /** The app's folder, from which it was deployed; default, where no path is given: the current one. */
  readonly directory?: string;
  readonly to?: string;
  readonly site?: string;
  readonly path?: string;
  /** Ends the waiting for another deploy or undeploy: UserError INTERRUPTED. */
  readonly signal?: AbortSignal;
  /** Receives a sentence for people when another deploy or undeploy is at work and is waited for. */
  readonly onWait?: (sentence: string) => void;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly appcmd?: Appcmd;
}

export interface UndeployResult {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  /** False when nothing was there. */
  readonly changed: boolean;
  readonly commands: readonly string[];
  /** One line for people for each thing done, or why nothing was. */
  readonly said: readonly string[];
}
