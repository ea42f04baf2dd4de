import type { App, LoaderNeed } from '../app/index.js';
import type { FileError } from '../files/index.js';
import type { NpmEvent } from '../npm/index.js';

/** The options of `init`. An undefined option is asked on a terminal, or gets its default. */
export interface InitOptions {
  /** The app's folder; relative paths start from the process's working directory. It need not exist. */
  readonly directory: string;
  /** No folder was named: on a terminal the name of a new app is a question where the folder is empty. Default false. */
  readonly isFolderOpen?: boolean | undefined;
  /** A name of `templates`. With it a new app is created, also in a folder that has a package.json. */
  readonly template?: string | undefined;
  /** vdir path: '/', '/dante'. Default: the one in web.config, else for a new app '/' and the folder's name, and '/' for an existing one. */
  readonly path?: string | undefined;
  /** Adopting: the entry point, relative to the folder. */
  readonly entry?: string | undefined;
  /** Adopting: whether iisnode starts the app by the loader: auto, always or never. Default: auto, where its code needs it. */
  readonly loader?: string | undefined;
  /** What runs node in IIS: iisnode or httpplatform. Default: a question for a new app, else iisnode. */
  readonly module?: string | undefined;
  /** Adopting: iisnode takes the place of another way to run the app in web.config. Default: a question, or an error. */
  readonly replaceHandler?: boolean | undefined;
  /** Node processes iisnode starts, at least 1. Default 1. */
  readonly processes?: number | undefined;
  /** A new app in TypeScript, built with its own compiler. Default: a question for a new app of which nothing is said, else JavaScript. */
  readonly typescript?: boolean | undefined;
  /** A name of `adapters`. Default: a question for a new app whose template supports one, else 'none'. */
  readonly adapter?: string | undefined;
  /** socket.io's server also accepts clients of version 2. Default false. */
  readonly allowEio3?: boolean | undefined;
  /** 'websocket' and 'polling', in the order of preference. Default: only websocket. */
  readonly transports?: readonly string[] | undefined;
  /** Adopting: folders whose files IIS serves instead of node: 'public', '/assets=client/dist'. Default: none. */
  readonly static?: readonly string[] | undefined;
  /** Also write a workflow that deploys the app: 'github'. Default: none. */
  readonly ci?: string | undefined;
  /** With `ci`: where it deploys to, as in deploy's `--to`. Default: the targets in package.json. */
  readonly to?: readonly string[] | undefined;
  /** Run `npm install` after scaffolding. Default true. */
  readonly install?: boolean | undefined;
  /** Write into a folder with other files; a backup of each replaced file is kept. There are no questions before a file changes. */
  readonly force?: boolean | undefined;
  /** Plan and report, write nothing. */
  readonly dryRun?: boolean | undefined;
  /** The environment in which npm is searched (PATH, npm_execpath). Default: process.env. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Ends `npm install`; nothing is started after it. */
  readonly signal?: AbortSignal | undefined;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** One question to the user; without `choices` the answer is free text. */
export interface Question {
  /** What answers it on the command line: an option, or the argument `dir`. */
  readonly flag:
    | 'dir'
    | '--template'
    | '--typescript'
    | '--adapter'
    | '--path'
    | '--module'
    | '--entry'
    | '--replace-handler'
    | '--yes';
  readonly message: string;
  readonly choices?: readonly Choice[];
  readonly initial?: string;
  /** Why an answer is invalid, in one line; undefined when it is valid. */
  readonly validate?: (answer: string) => string | undefined;
}

/** How `init` communicates with its caller. It never prints and never asks itself. */
export interface InitTalk {
  /** True when the user can answer questions. */
  readonly interactive: boolean;
  /** Called only when `interactive`, once, before the questions about a new app. */
  begin?(): Promise<void>;
  /** Called only when `interactive`; rejects when the user cancels. */
  ask(question: Question): Promise<string>;
  event(event: InitEvent): void;
}

/** The progress, in order: planned, written (not in a dry run), then the install events, then those of a build. */
export type InitEvent =
  | { readonly kind: 'planned'; readonly plan: InitPlan }
  | { readonly kind: 'written'; readonly files: readonly InitFile[] }
  | NpmEvent;

/** One file to write. Paths are relative to the app's folder, with forward slashes. */
export interface FileEdit {
  readonly file: string;
  /** The current text; undefined: the file does not exist. */
  readonly before: string | undefined;
  /** undefined: the file is removed. */
  readonly after: string | undefined;
  /** Keep the replaced file under this name. */
  readonly backup?: string;
}

/** A build of the app that has not run. */
export interface EntryBuild {
  /** The folder of its package, relative; '' for the app's own. */
  readonly folder: string;
  /** The name of the script in package.json. */
  readonly script: string;
  /** Relative, forward slashes. */
  readonly creates: string;
  /** deploy runs it, too. */
  readonly byDeploy: boolean;
}

/** What a plan and its result have in common. */
interface InitOutline {
  readonly kind: 'scaffolded' | 'adopted';
  /** Absolute physical path of the app. */
  readonly directory: string;
  readonly template?: string;
  /** Scaffolding: the adapter's name. */
  readonly adapter?: string;
  readonly typescript?: boolean;
  readonly entry: string;
  readonly vdirPath: string;
  /** Unified diff of the files that change; without new files when scaffolding. '' when nothing changes. */
  readonly diff: string;
  /** One line for each change to web.config (adopting). */
  readonly changes: readonly string[];
  /** The findings of the rules in the planned app. */
  readonly findings: readonly InitFinding[];
  /** Choices of init that the user may not expect. */
  readonly notes: readonly string[];
  /** Adopting: whether the loader starts the app. */
  readonly loader?: LoaderChoice;
}

export interface InitPlan extends InitOutline {
  readonly edits: readonly FileEdit[];
  /** The output of the build of a new TypeScript app; relative, forward slashes. */
  readonly products: readonly string[];
  /** Adopting: the build that creates the entry point, or what it serves. */
  readonly build?: EntryBuild;
  /** Adopting: packages to build before the app can serve its page. */
  readonly clients?: readonly ClientBuild[];
}

/** A package whose build creates a folder that the server serves. */
export interface ClientBuild {
  /** Relative, forward slashes; '' for the app's own. */
  readonly folder: string;
  /** 'client/dist' */
  readonly serves: string;
  /** Its packages are installed, so that it can be built. */
  readonly isInstalled: boolean;
}

/** Whether the loader starts an app, and why. */
export interface LoaderChoice {
  readonly used: boolean;
  /** Its file, relative. */
  readonly file: string;
  /** Why the app needs it; empty where it does not. */
  readonly reasons: readonly LoaderReason[];
}

/** One reason. */
export interface LoaderReason {
  /** What the app does: 'listens on a fixed port'. */
  readonly says: string;
  /** Relative to the app's folder, forward slashes. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
}

export interface InitFile {
  /** Relative to the app's folder, forward slashes. */
  readonly file: string;
  /** kept: the copy of a replaced file. */
  readonly action: 'created' | 'changed' | 'unchanged' | 'kept' | 'removed';
}

/** One finding of a rule of the doctor. */
export interface InitFinding {
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly why: string;
  readonly fix?: string;
  /** Absolute. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** The line as it stands. */
  readonly evidence?: string;
  /** True when doctor --fix fixes it. */
  readonly fixable?: true;
}

/** The targets of deploy in the package.json of a folder. @throws UserError TARGETS_INVALID. */
export type ReadTargets = (folder: string) => readonly { readonly name: string; readonly to: readonly string[] }[];

/** What init needs to know about a planned app. */
export interface PlannedAppCheck {
  readonly findings: readonly InitFinding[];
  /** From the options of the app's servers; undefined where a server has no such option, or its value cannot be read. */
  readonly transports: readonly string[] | undefined;
  readonly adapter: {
    readonly isAttached: boolean;
    /** The file where the code attaches one; absolute. */
    readonly places: readonly { readonly file: string; readonly line: number }[];
  };
  readonly loader: LoaderNeed;
  /** Where the app may take upgrades to WebSocket, if not just at socket.io's usual URL. */
  readonly upgrades: 'any' | 'none' | undefined;
  /** Packages (relative, '' for the app's own) whose build creates a folder that the server serves. */
  readonly unbuilt: readonly { readonly folder: string; readonly serves: string }[];
  /** Files that could not be read. */
  readonly unread: readonly FileError[];
}

/** Checks an app as it will be with the doctor's rules: init has no rules of its own. The folder need not exist yet. */
export type CheckPlannedApp = (planned: App) => PlannedAppCheck;

/** What a line of the app's own code must do to work at the vdir path under iisnode. */
export interface Advice {
  readonly topic: 'server-path' | 'client-path' | 'client-script' | 'listen' | 'routes' | 'urls' | 'rewrite';
  /** Always true: correct lines are not listed. */
  readonly change: boolean;
  /** One human-readable line. */
  readonly message: string;
  /** Relative, forward slashes; undefined when the app has no such line. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** The current line, trimmed. */
  readonly code?: string;
  /** What to write instead. */
  readonly suggestion?: string;
}

/** One command to run next, in `cwd` when given. */
export interface NextStep {
  /** As typed: `npx iisnode-sock deploy dante`. */
  readonly command: string;
  readonly why: string;
}

export interface InitResult extends InitOutline {
  /** True when no file had to be written. */
  readonly nothingToDo: boolean;
  readonly dryRun: boolean;
  readonly files: readonly InitFile[];
  /** The findings about lines of the app's own code. */
  readonly advice: readonly Advice[];
  /** The notes and the other findings, each in one line. */
  readonly warnings: readonly string[];
  readonly nextSteps: readonly NextStep[];
  /** How long `npm install` took; undefined when it did not run. */
  readonly installed?: { readonly ms: number };
  /** How long `npm run build` took; undefined when it did not run. */
  readonly built?: { readonly ms: number };
}

/** A complete app that `init` can write: a folder of templates/ with a template.json, which has all fields except name and root. */
export interface Template {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Entry point relative to the app's folder. */
  readonly entry: string;
  /** Absolute path of the folder that holds it. */
  readonly root: string;
  /** Modules of its src/: `server` is src/server.ts, and server.js in JavaScript. */
  readonly sources: readonly string[];
  /** Its other files besides web.config, the same in both languages, by name in the app. */
  readonly files: readonly string[];
  /** Files from other folders: name in the app (`inferno.js` for a module) -> path relative to `root`. */
  readonly shared?: Readonly<Record<string, string>>;
  /** The supported adapters besides 'none'. */
  readonly adapters?: readonly string[];
  /** True: users do not interact, so its processes are independent of each other. */
  readonly independent?: boolean;
  /** The supported transports; both by default. */
  readonly transports?: readonly string[];
  /** Its server accepts clients of socket.io 2 if the setting allowEIO3 is set. */
  readonly allowsEio3?: boolean;
  /** Its names in appSettings, with their defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The URL of its page's plain WebSocket, below the app's own URL: `stream`. Default: the app uses socket.io. */
  readonly route?: string;
}

/** How messages reach the clients of an app's other processes: a folder of templates/adapters/ with an adapter.json. */
export interface Adapter {
  readonly name: string;
  readonly title: string;
  /** Absolute path of the folder that holds it. */
  readonly root: string;
  /** Dependencies for the app's package.json. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Keys for its appSettings. */
  readonly settings: Readonly<Record<string, string>>;
  /** The meaning of each, for the app's README: `where Redis is`. */
  readonly about?: Readonly<Record<string, string>>;
  /** Those that must be changed: name -> where the user finds the right value. */
  readonly fill?: Readonly<Record<string, string>>;
  /** One human-readable sentence. */
  readonly why: string;
}
