import type { Appcmd } from '../appcmd/index.js';
import type { ExitReason } from '../exit-codes.js';
import type { ProbeReport } from '../probe/index.js';

/** What deploy is asked for; what is not given is found out (see `planDeploy`). */
export interface DeployOptions {
  /** The app's folder. */
  readonly directory: string;
  /** iis, embedded, FILE.bat, FILE.ps1; default: iis where appcmd.exe is found, else embedded. */
  readonly to?: string;
  readonly site?: string;
  /** '/' or '/dante'; default: what the app's web.config says, else the folder's name. */
  readonly path?: string;
  readonly pool?: string;
  /** Entry point relative to the folder; default: the iisnode handler's path in web.config. */
  readonly entry?: string;
  /** Embedded target: port of the site's binding. */
  readonly port?: number;
  /** Say the commands, run nothing that writes. */
  readonly dryRun?: boolean;
  /** Run the build of a TypeScript app first, whatever is built already; true unless said otherwise. */
  readonly build?: boolean;
  /** Look at the live app afterwards; true unless said otherwise. */
  readonly verify?: boolean;
  /** Interrupts: everything done so far is undone, then UserError INTERRUPTED (exit 130). */
  readonly signal?: AbortSignal;
  /** process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Stands in for appcmd.exe of target iis. */
  readonly appcmd?: Appcmd;
}

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
  /** Server variables the app's rewrite rules set: HTTP_CONNECTION. */
  readonly serverVariables?: readonly string[];
  /** Embedded target: the port of the site's binding. */
  readonly port: number | undefined;
  /** Where plain WebSockets come in, below the app's own URL; undefined for socket.io. */
  readonly plainRoute?: string;
  /** Folder iisnode writes its logs to, absolute. */
  readonly logDirectory?: string;
}

/** The background host of the embedded target. */
export interface HostControl {
  running(): Promise<boolean>;
  /** What a person would type to the same effect. */
  readonly command: string;
  /** What a person would type to stop it; shown when it could not be stopped. */
  readonly stopCommand: string;
  /** Begins what takes long in starting and can wait, while other steps go on; `release` ends it when `start` never came. */
  prepare?(): Promise<void>;
  release?(): void;
  start(): Promise<void>;
  /** False when none was running. */
  stop(): Promise<boolean>;
}

/** What deploy remembers of one deployment, so that undeploy takes back exactly that. */
export interface DeploymentRecord {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  readonly pool: string;
  /** Deploy made the pool. */
  readonly poolCreated: boolean;
  readonly directory: string;
  /** Of a site root or an application that was there before: what it had. */
  readonly former?: { readonly physicalPath: string; readonly pool: string; readonly preloadEnabled: boolean };
  /** Deploy started the background host. */
  readonly hostStarted: boolean;
  /** Folders that were deployed here before and had to give way. */
  readonly displaced?: readonly string[];
  /** The site's http binding (`*:8080:`) before deploy changed it; without `from` there was none. Same in all records of a site. */
  readonly formerBinding?: { readonly from?: string; readonly to: string };
}

/** Where records are kept. */
export interface DeploymentRecords {
  find(target: string, site: string, path: string): Promise<DeploymentRecord | undefined>;
  all(): Promise<readonly DeploymentRecord[]>;
  /** Replaces the record of the same target, site and path. */
  save(record: DeploymentRecord): Promise<void>;
  remove(target: string, site: string, path: string): Promise<void>;
}

/** The tools a step acts through. */
export interface DeployContext {
  readonly appcmd: Appcmd;
  readonly signal: AbortSignal;
  /** Runs icacls and the like; a recorder in tests and dry runs. */
  readonly run: (command: string, args: readonly string[]) => Promise<{ exitCode: number; stdout: string }>;
  /** How a command line of another program than appcmd is printed; cmd.exe's quoting by default. */
  readonly format?: (program: string, args: readonly string[]) => string;
  /** iis, embedded, script. */
  readonly target: string;
  /** Only the embedded target has one. */
  readonly host?: HostControl;
  readonly records?: DeploymentRecords;
}

/** One step that can be undone. `Seen` is what `look` found, handed to the others. */
export interface DeployStep<Seen = unknown> {
  /** verb-noun: create-pool. */
  readonly id: string;
  readonly title: string;
  /** Reads only. */
  look(context: DeployContext, plan: DeployPlan): Promise<Seen>;
  /** The exact command lines `do` will run, in order; empty when the world is already as wanted. */
  say(context: DeployContext, plan: DeployPlan, seen: Seen): readonly string[];
  do(context: DeployContext, plan: DeployPlan, seen: Seen): Promise<void>;
  /** True when there is something to do although no command line stands for it; default: `say` is not empty. */
  needed?(context: DeployContext, plan: DeployPlan, seen: Seen): boolean;
  /** Back to what `look` saw; copes with `do` never having happened. */
  undo(context: DeployContext, plan: DeployPlan, seen: Seen): Promise<void>;
  /** Why the step has nothing to do on this target, for people; undefined when it has. */
  note?(context: DeployContext, plan: DeployPlan): string | undefined;
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
