import type { Appcmd, RememberingAppcmd } from '../appcmd/index.js';
import type { PackedApp } from '../pack/index.js';
import type { AppSources } from '../probe/index.js';
import type { Argument } from '../quoting.js';
import type { AppPlace, DeploymentRecord, DeploymentRecords, DeployPlan } from './plan.js';
import type { ReleaseFolder } from './releases/release-folder.js';
import type { PartOfScript } from './script/script-part.js';
import type { Target } from './target.js';
import type { DeployResult } from './types.js';

/** What a step needs to read and change the server. */
export interface DeployContext {
  /** Runs the same `list` only once between two writes (`rememberLists`), unless a long step clears the cache. */
  readonly appcmd: Appcmd & Partial<Pick<RememberingAppcmd, 'forget'>>;
  readonly signal: AbortSignal;
  /** Runs programs such as icacls; a recorder in tests and dry runs. `unread`: only the exit code is wanted, and `stdout` may be ''. */
  readonly run: (
    command: string,
    args: readonly string[],
    options?: { readonly unread?: boolean },
  ) => Promise<{ exitCode: number; stdout: string }>;
  /** The printed form of another program's command line; cmd.exe's quoting by default. */
  readonly format?: (program: string, args: readonly Argument[]) => string;
  readonly target: Target;
  readonly records?: DeploymentRecords;
  /** The record of the previous deployment at the same place. */
  readonly earlier?: DeploymentRecord;
  /** The environment of started programs; process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What the app's sources say about its page and its sockets. */
  readonly sources?: () => AppSources;
  /** The application's releases, where it has some; `app` is what a new one is copied from, but where its files are in their place (`isStaged`). */
  readonly releases?: { readonly folder: ReleaseFolder; readonly app?: PackedApp; readonly isStaged?: boolean };
  /** The release that a deployment in place takes the place of: the switch recycles the pool. */
  readonly switchedFrom?: string;
  /** What the server was looked at for, as its record has it; undefined: it was not looked at. */
  readonly checked?: () => Promise<string>;
  /** When the deployment began, in ms since 1970. */
  readonly began?: number;
  /** The undo is run for its command lines alone: it changes nothing itself. */
  readonly isRehearsal?: true;
  /** What the background host has logged since then. */
  readonly hostLog?: () => Promise<string>;
}

/** What a step's `do` may report while it runs. */
export interface AtWork {
  /** What takes long, human-readable. */
  progress(note: string): void;
  /** Adds to the result of the deployment. */
  result(part: Pick<DeployResult, 'probe' | 'ended'>): void;
}

/** Restores what `look` saw; works also if `do` was never called. */
export type UndoStep<Seen = unknown> = (
  context: DeployContext,
  plan: DeployPlan,
  seen: Seen,
) => Promise<LeftBehind<Seen> | undefined> | Promise<void>;

/** What stays after an undo on purpose: it is said, and `look` returns `seen` now. */
export interface LeftBehind<Seen = unknown> {
  /** Human-readable: 'the log folder C:\\app\\iisnode stays'. */
  readonly stays: string;
  readonly seen: Seen;
}

/** What cannot be put back, because there is no copy of it. */
export interface Lost {
  /** Human-readable, as part of a line: 'IIS serves C:\\app itself: its changed files are live'. */
  readonly what: string;
  /** What else the user can do; the end of a line. */
  readonly next: string;
}

/**
 * Why a step is not undone. `changes-nothing`: there is nothing to undo on the server. `stays`: it creates nothing on the server; a
 * failure shows this text. `clean-up`: it runs after everything else has succeeded and the deployment is complete: its failure is
 * only reported, and after it nothing is undone.
 */
export type NotUndone = 'changes-nothing' | 'clean-up' | { readonly stays: string };

/**
 * One step of a deployment. `Seen` is the result of `look`, passed to the others. Each step defines how it is undone when the
 * deployment fails, and what undeploy removes; where that is nothing, it says why.
 */
export interface DeployStep<Seen = unknown> {
  /** verb-noun: create-pool. */
  readonly id: string;
  readonly title: string | ((context: DeployContext, plan: DeployPlan) => string);
  /** Reads only. */
  look(context: DeployContext, plan: DeployPlan): Promise<Seen>;
  /** The exact command lines that `do` will run, in order; empty when nothing must be changed. */
  say(context: DeployContext, plan: DeployPlan, seen: Seen): readonly string[];
  do(context: DeployContext, plan: DeployPlan, seen: Seen, atWork: AtWork): Promise<void>;
  /** True when there is something to do without a command line; default: `say` is not empty. */
  needed?(context: DeployContext, plan: DeployPlan, seen: Seen): boolean;
  readonly undo: UndoStep<Seen> | NotUndone;
  /** Ids of later steps. While one of them cannot be undone, IIS uses what this one did: it stays, and is named in the error. */
  usedBy?(seen: Seen): readonly string[];
  /** Why the step has nothing to do, human-readable; undefined: the usual note. */
  note?(context: DeployContext, plan: DeployPlan, seen: Seen): string | undefined;
  /** False: it is not shown, unless it fails; true by default. */
  mentioned?(context: DeployContext, plan: DeployPlan, seen: Seen): boolean;
  /** False: its undo changes nothing that a user sees; true by default. */
  readonly isUndoShown?: boolean;
  /** The message at its start if it takes long. */
  readonly busy?: string;
  /** Asked after a failure of a later step, when all is undone. */
  lost?(context: DeployContext, plan: DeployPlan): Promise<Lost | undefined>;
  /** What to record before anything is changed, for `remove`; `earlier` is always kept. */
  remember?(
    context: DeployContext,
    plan: DeployPlan,
    earlier: DeploymentRecord | undefined,
  ): Promise<Partial<DeploymentRecord>>;
  /** The same for a server that cannot be seen now: what a script looks at, changes, undoes and removes there. */
  readonly script?: PartOfScript;
  /** Removes what it created, according to the record, for undeploy; or why that stays. Called in reverse order of the steps. */
  readonly remove: ((context: DeployContext, removal: Removal) => Promise<void>) | { readonly keeps: string };
}

/** One running undeploy: what to remove, and what to report. */
export interface Removal extends AppPlace {
  /** Nothing is changed: what would be removed is only reported. The context's own writers do nothing then (rehearsal.ts). */
  readonly dryRun: boolean;
  /** deploy's record; undefined: deploy does not know the application. */
  readonly record: DeploymentRecord | undefined;
  /** Whether anything was removed so far. */
  readonly changed: boolean;
  /** Runs appcmd. @throws UserError unless it ends with 0 or one of `accepted`. */
  appcmd(args: readonly Argument[], accepted?: readonly number[]): Promise<void>;
  /** Reports something that was done without a command line; human-readable. */
  did(what: string): void;
  /** Reports one human-readable line. */
  say(sentence: string): void;
}
