import type { Argument, Placeholder } from '../../quoting.js';
import type { DeployPlan } from '../plan.js';

/**
 * What a script knows, as variables: `POOL` is the first word of an answer, or `yes`; an empty one is unknown. Those that begin with
 * `BEFORE_` are read before the first change and are kept in a file beside the script, for its `undo` later.
 */
export type Variable = string;

/** What must hold for an item; without any it always runs. */
export type Condition =
  | { readonly variable: Variable; readonly is: 'known' | 'unknown' }
  /** Compared ignoring case, as IIS does. */
  | { readonly variable: Variable; readonly equals: string }
  | { readonly variable: Variable; readonly isNot: string | Placeholder };

interface Item {
  readonly when?: readonly Condition[];
}

/** A program by its full path; `mkdir` and `rmdir` are commands of the shell. */
export type ScriptProgram = 'appcmd' | 'icacls' | 'netsh' | 'sc' | 'net' | 'fc' | 'mkdir' | 'rmdir';

/** Asks a program, which only reads. A variable is unknown where the program fails, or says nothing of it. */
export interface Look extends Item {
  readonly kind: 'look';
  readonly program: ScriptProgram;
  readonly args: readonly Argument[];
  /**
   * Becomes the first line of the answer, other than `except`. Of a folder that will be an argument, a backslash at its end is doubled:
   * before a quote the C runtime reads two as one.
   */
  readonly first?: { readonly into: Variable; readonly except?: string; readonly isFolder?: true };
  /** Becomes `yes` where the answer has one of the texts, ignoring case. */
  readonly mentions?: readonly { readonly into: Variable; readonly texts: readonly Argument[] }[];
  /** Becomes `yes` where it ends with one of the exit codes. */
  readonly ends?: { readonly into: Variable; readonly codes: readonly number[] };
  /** Said behind what the program wrote where it ends with neither 0 nor one of those codes. The script ends as after a failure. */
  readonly orFail?: string;
}

/** Is there such a folder, or file? */
export interface LookForFolder extends Item {
  readonly kind: 'folder';
  readonly folder: Argument;
  readonly into: Variable;
}

/** Writes down the size and the time of the files that node loads, in the folder and below it: code, and settings. */
export interface FileList extends Item {
  readonly kind: 'files';
  readonly folder: Argument;
  /** Files in it, and folders with a backslash at the end, whose settings do not count: the app writes them itself. Backslashes. */
  readonly apart: readonly string[];
  /** The file beside the script that has them; it is written anew. */
  readonly to: Argument;
}

/** Gives a file beside the script another name; one that is there is replaced. */
export interface Renaming extends Item {
  readonly kind: 'rename';
  readonly from: Argument;
  readonly to: Argument;
}

/** Gives a variable a value. */
export interface Assignment extends Item {
  readonly kind: 'assign';
  readonly into: Variable;
  readonly value: Argument;
}

/** Puts one more argument into a list of arguments; the text has no character that a shell knows. */
export interface Addition extends Item {
  readonly kind: 'add';
  readonly to: Variable;
  readonly argument: readonly [text: string, value?: Placeholder];
}

/** A command line. When it fails, the script undoes what it has done; in an undo, it goes on and says at the end that something is left. */
export interface ScriptCommand extends Item {
  readonly kind: 'run';
  readonly program: ScriptProgram;
  readonly args: readonly Argument[];
  /** Arguments of a variable, behind the others. */
  readonly list?: Variable;
  /** Run where it has failed; if this succeeds, all is well. */
  readonly orElse?: Pick<ScriptCommand, 'args' | 'list'>;
  /** Said in an undo instead of a failure: what stays on purpose. */
  readonly orStays?: string;
}

/** Ends the script before it has changed anything. */
export interface Refusal extends Item {
  readonly kind: 'refuse';
  readonly text: string;
}

/** Tells the administrator something. */
export interface Remark extends Item {
  readonly kind: 'say';
  readonly text: string;
  /** In an undo: it is something that could not be undone. */
  readonly isLeft?: true;
}

export type LookItem = Look | LookForFolder | FileList | Renaming | Assignment | Addition | Refusal;
export type ChangeItem = Exclude<LookItem, Refusal> | ScriptCommand | Remark;

/** One step of a deployment as a script does it on a server that cannot be seen now. */
export interface ScriptPart {
  /** Human-readable, the comment above it. */
  readonly why: string;
  /** All looks of all parts come before the first change. */
  readonly look: readonly LookItem[];
  readonly change: readonly ChangeItem[];
  /** After a failure, whether or not the change was made: in reverse order of the parts. */
  readonly undo: readonly ChangeItem[];
  /** Of the script's `undo`, later: others may have changed the server since. */
  readonly remove: readonly ChangeItem[];
  /** After all steps have succeeded; it changes nothing on the server, and what it cannot do is no failure. */
  readonly done?: readonly LookItem[];
  /** Ends of the names of the files beside the script that it writes; they are deleted when all is undone. */
  readonly keeps?: readonly string[];
}

/** A file beside the script, named as the script is: `deploy.before.app.acl`. */
export const besideScript = (end: string): Argument => [{ placeholder: 'FILES' }, end];

/** Where a script puts things on the server. */
export interface ScriptPlace {
  /** A folder in or below the app's, as the script writes it. */
  folder(folder: string): Argument;
  /** The folder above it. */
  above(folder: string): Argument;
}

/** What a step contributes to a script; undefined: nothing for this plan. */
export type PartOfScript = (plan: DeployPlan, place: ScriptPlace) => ScriptPart | undefined;

/** The variables to which an item gives a value. */
export function givenBy(item: LookItem | ChangeItem): readonly Variable[] {
  if (item.kind === 'folder' || item.kind === 'assign') return [item.into];
  if (item.kind === 'add') return [item.to];
  if (item.kind !== 'look') return [];
  return [item.first, item.ends, ...(item.mentions ?? [])].flatMap((one) => (one === undefined ? [] : [one.into]));
}

export const known = (variable: Variable): Condition => ({ variable, is: 'known' });
export const unknown = (variable: Variable): Condition => ({ variable, is: 'unknown' });
export const contentOf = (variable: Variable): Placeholder => ({ placeholder: variable });

/** The first line that appcmd answers. */
export const lookFor = (into: Variable, args: readonly Argument[], when: readonly Condition[] = []): Look => ({
  kind: 'look',
  program: 'appcmd',
  args,
  first: { into },
  when,
});

export const runAppcmd = (args: readonly Argument[], when: readonly Condition[] = []): ScriptCommand => ({
  kind: 'run',
  program: 'appcmd',
  args,
  when,
});

/** The name of a variable with a text in it: `system.webServer/webSocket` is WEBSOCKET. */
export const variableName = (before: string, text: string): Variable =>
  `${before}_${text.replace(/^system\.webServer\//i, '').replace(/\W/g, '_')}`.toUpperCase();
