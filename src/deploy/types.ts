import type { Appcmd } from '../appcmd/index.js';
import type { ExitReason } from '../exit-codes.js';
import type { Expectation, ProbeReport } from '../probe/index.js';
import type { DeployPlan } from './plan.js';

export type * from './plan.js';

/** The options of deploy; for defaults see `planDeploy`. */
export interface DeployOptions {
  /** The app's folder. */
  readonly directory: string;
  /**
   * iis, iisexpress, iisexpress:APPLICATIONHOST.CONFIG, embedded, azure://app[/slot], FILE.bat, FILE.ps1, FILE.zip; default: iis where
   * appcmd.exe is found, else embedded.
   */
  readonly to?: string;
  readonly site?: string;
  /** Creates this site for the app, at its root; without `site` and `path`. */
  readonly newSite?: string;
  /** The new site's: `http://chat.example.com:80`; on the embedded target one for `port`, or for a free port, by default. */
  readonly binding?: readonly string[];
  /**
   * SHA-1 thumbprint of the certificate of its https bindings, in the machine's store `MY`; on the embedded target in the folder
   * `certificates` of its state, where a self-signed one is made by default.
   */
  readonly certificate?: string;
  /** '/' or '/dante'; default: the path in the app's web.config, else the folder's name. */
  readonly path?: string;
  /** On IIS: let the app replace the root of a site that serves another folder, also without `site`; false by default. */
  readonly force?: boolean;
  readonly pool?: string;
  /** Entry point relative to the folder; default: the iisnode handler's path in web.config. */
  readonly entry?: string;
  /** Port of the site's binding: on the embedded target, or of a new site. */
  readonly port?: number;
  /**
   * Copy the app into a release folder of its own, and keep so many releases; true: as many as before, or 5. Undefined: as the deployment
   * before, which is in place for a new one.
   */
  readonly releases?: number | true;
  /** The folder with the releases of this application; default: below inetpub of IIS, or in the state of the embedded IIS. */
  readonly releasesDirectory?: string;
  /** IIS gets the app's own folder, also where the deployment before made a release. Not together with `releases`. */
  readonly inPlace?: boolean;
  /** The app's folder on a Windows server that is not this machine, for the commands of a dry run. */
  readonly serverPath?: string;
  /** Packages of Windows Installer (.msi) for IIS of this machine, used where the product is missing. */
  readonly installIisnode?: string;
  readonly installRewrite?: string;
  /** azure://: minutes for everything that is waited for; 30 by default. */
  readonly timeLimit?: number;
  /** FILE.zip, azure://, ssh://: leave out the packages in node_modules, which the server installs; false by default. */
  readonly installOnServer?: boolean;
  /** Print the commands, run nothing that writes. */
  readonly dryRun?: boolean;
  /** Run the build of a TypeScript app first, also if it is already built; true by default. */
  readonly build?: boolean;
  /** Check the live app afterwards; true by default. */
  readonly verify?: boolean;
  /** The expected answers of URLs of the live app, which are part of the probe. */
  readonly expect?: readonly Expectation[];
  /** Interrupts: everything done so far is rolled back, then UserError INTERRUPTED (exit 130). */
  readonly signal?: AbortSignal;
  /** process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Replaces appcmd.exe of target iis. */
  readonly appcmd?: Appcmd;
}

/** One progress event for the caller to show; deploy itself never prints. */
export interface DeployEvent {
  /** Step id; `verify` for the check of the live app. */
  readonly step: string;
  readonly title: string;
  readonly phase: 'looked' | 'doing' | 'done' | 'undone' | 'failed';
  /** looked: what will run (empty: nothing to do); doing, done: what ran. */
  readonly commands: readonly string[];
  /** Since the step (or its undo) began. */
  readonly ms: number;
  /** looked: why it is not needed; doing: what takes long; failed: what went wrong. */
  readonly note?: string;
}

/** What deploy had made live at a place: nothing (what was there without deploy is put back by undeploy), a release, or the app's own folder. */
export type FormerState =
  | { readonly was: 'nothing' }
  | { readonly was: 'release'; readonly release: string }
  | { readonly was: 'folder'; readonly directory: string };

export interface DeployResult {
  readonly target: string;
  readonly plan: DeployPlan;
  readonly dryRun: boolean;
  /** False when nothing was changed (or, in a dry run, would be changed). */
  readonly changed: boolean;
  /** The command lines that were run, or in a dry run would be run, by step. */
  readonly steps: readonly { readonly id: string; readonly title: string; readonly commands: readonly string[] }[];
  /** The app's URL; undefined when only commands were written. */
  readonly url: string | undefined;
  /** The probe of the live app; undefined without verification. */
  readonly probe: ProbeReport | undefined;
  /** The app ended by itself while it was checked, and its answers were right all the same: what the host has logged of it. */
  readonly ended?: string;
  /** Bytes that went over ssh. */
  readonly sentBytes?: number;
  /** FILE.bat, FILE.ps1 or FILE.zip written, absolute. */
  readonly file?: string;
  /** What was live there before; undefined: only a file was written, or the server cannot be seen. */
  readonly before?: FormerState;
  /** Of App Service. */
  readonly azure?: {
    readonly app: string;
    readonly slot?: string;
    /** The id of the deployment at Kudu; undefined: none was needed. */
    readonly deployment?: string;
    /** The slot was swapped with production. */
    readonly swapped: boolean;
    /** The id of the deployment that was live before; undefined: none was, or a slot was deployed to. */
    readonly before?: string;
    /** The command that makes it live, where this program cannot. */
    readonly next?: string;
  };
  readonly ms: number;
  /** done: every other result is thrown. */
  readonly exit: ExitReason;
}

export interface RollbackOptions
  extends Omit<UndeployOptions, 'onWait'>,
    Pick<DeployOptions, 'dryRun' | 'verify' | 'expect'> {
  /** The id of a kept release, its beginning, or its hash's; default: the one before the live one. */
  readonly release?: string;
}

export interface UndeployOptions {
  /** Changes nothing: the result has the commands and sentences of an undeploy. */
  readonly dryRun?: boolean;
  /** The app's folder, from which it was deployed; default, where no path is given: the current one. */
  readonly directory?: string;
  readonly to?: string;
  readonly site?: string;
  readonly path?: string;
  /** Ends the waiting for another deploy or undeploy: UserError INTERRUPTED. */
  readonly signal?: AbortSignal;
  /** Receives a human-readable sentence while waiting for another deploy or undeploy. */
  readonly onWait?: (sentence: string) => void;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly appcmd?: Appcmd;
}

export interface UndeployResult {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  /** False when there was nothing to remove. */
  readonly changed: boolean;
  readonly commands: readonly string[];
  /** One human-readable line for each action, or why there was none. */
  readonly said: readonly string[];
  /** Nothing was changed: it was a dry run. */
  readonly dryRun?: true;
}
