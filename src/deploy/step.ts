import type { Appcmd, RememberingAppcmd } from '../appcmd/index.js';
import type { AppSources } from '../probe/index.js';
import type { Argument } from '../quoting.js';
import type { AppPlace, DeploymentRecord, DeploymentRecords, DeployPlan } from './plan.js';
import type { Target } from './target.js';
import type { DeployResult } from './types.js';

/** The tools a step acts through. */
export interface DeployContext {
  /** Asks the server the same thing once only between two writes (`rememberLists`), unless a step that took long has it forget. */
  readonly appcmd: Appcmd & Partial<Pick<RememberingAppcmd, 'forget'>>;
  readonly signal: AbortSignal;
  /** Runs icacls and the like; a recorder in tests and dry runs. */
  readonly run: (command: string, args: readonly string[]) => Promise<{ exitCode: number; stdout: string }>;
  /** How a command line of another program than appcmd is printed; cmd.exe's quoting by default. */
  readonly format?: (program: string, args: readonly Argument[]) => string;
  readonly target: Target;
  readonly records?: DeploymentRecords;
  /** What is remembered of the deployment that this one comes after, at the same place. */
  readonly earlier?: DeploymentRecord;
  /** Of the programs that are run; process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What the app's sources say about its page and its sockets. */
  readonly sources?: () => AppSources;
  /** When deploying began, in ms since 1970. */
  readonly began?: number;
  /** What the background host has logged since then. */
  readonly hostLog?: () => Promise<string>;
}

/** What a step's `do` may say while it is at work. */
export interface AtWork {
  /** What takes so long, for people. */
  progress(note: string): void;
  /** Adds to what deploying results in. */
  result(part: Pick<DeployResult, 'probe'>): void;
}

/** Back to what `look` saw; copes with `do` never having happened. */
export type UndoStep<Seen = unknown> = (context: DeployContext, plan: DeployPlan, seen: Seen) => Promise<void>;

/**
 * Why a step is not undone. `changes-nothing`: there is nothing to undo on the server. `stays`: what it makes is not the server's; a failure says these words.
 * `clean-up`: it comes when all else has succeeded and the deployment stands, whatever becomes of it: a failure is noted, no more,
 * and behind it nothing is undone.
 */
export type NotUndone = 'changes-nothing' | 'clean-up' | { readonly stays: string };

/**
 * One step of deploying. `Seen` is what `look` found, handed to the others. Each says how it is undone when deploying fails, and what
 * undeploy removes; where that is nothing, it says why.
 */
export interface DeployStep<Seen = unknown> {
  /** verb-noun: create-pool. */
  readonly id: string;
  readonly title: string | ((context: DeployContext, plan: DeployPlan) => string);
  /** Reads only. */
  look(context: DeployContext, plan: DeployPlan): Promise<Seen>;
  /** The exact command lines `do` will run, in order; empty when the world is already as wanted. */
  say(context: DeployContext, plan: DeployPlan, seen: Seen): readonly string[];
  do(context: DeployContext, plan: DeployPlan, seen: Seen, atWork: AtWork): Promise<void>;
  /** True when there is something to do although no command line stands for it; default: `say` is not empty. */
  needed?(context: DeployContext, plan: DeployPlan, seen: Seen): boolean;
  readonly undo: UndoStep<Seen> | NotUndone;
  /** Why the step has nothing to do on this target, for people; undefined when it has. */
  note?(context: DeployContext, plan: DeployPlan): string | undefined;
  /** False: people hear nothing of it, unless it fails; true by default. */
  mentioned?(context: DeployContext, plan: DeployPlan, seen: Seen): boolean;
  /** What is said when it begins and takes long. */
  readonly busy?: string;
  /** What has to be remembered before anything is changed, so that `remove` knows it; `earlier` is never forgotten. */
  remember?(
    context: DeployContext,
    plan: DeployPlan,
    earlier: DeploymentRecord | undefined,
  ): Promise<Partial<DeploymentRecord>>;
  /** Removes what it made, as the record says it, for undeploy; or why that stays. Comes in reverse order of the steps. */
  readonly remove: ((context: DeployContext, removal: Removal) => Promise<void>) | { readonly keeps: string };
}

/** One undeploy under way: what is to be removed, and what is told of it. */
export interface Removal extends AppPlace {
  /** What deploy remembers of it; undefined: it does not know the application. */
  readonly record: DeploymentRecord | undefined;
  /** Whether anything was removed so far. */
  readonly changed: boolean;
  /** Runs appcmd. @throws UserError unless it ends with 0 or one of `accepted`. */
  appcmd(args: readonly Argument[], accepted?: readonly number[]): Promise<void>;
  /** Something was done for which no command line stands; as people read it. */
  did(what: string): void;
  /** One line for people. */
  say(sentence: string): void;
}
