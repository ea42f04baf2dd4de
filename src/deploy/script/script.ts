import { UserError } from '../../errors.js';
import { printable } from '../../printable.js';
import type { Argument } from '../../quoting.js';
import type { ScriptCheck } from '../targets/script-checks.js';
import { besideScript, givenBy, type ScriptPart, type Variable } from './script-part.js';

/** What a script is made of; a dialect writes it for its shell. */
export interface Script {
  /** Human-readable: what it deploys, and where. */
  readonly title: string;
  /** The script's own name: `deploy.bat`. */
  readonly name: string;
  /** The app's folder relative to the script's, with backslashes; '' for the same folder, absolute on another drive. */
  readonly folder: string;
  readonly checks: readonly ScriptCheck[];
  readonly parts: readonly ScriptPart[];
  readonly look: LiveLook;
}

/** The look at the live app at the end. */
export interface LiveLook {
  /** False: only the URL is said. */
  readonly isChecked: boolean;
  /** Asks appcmd for the bindings of its site. */
  readonly bindings: readonly Argument[];
  /** `/dante/`, as it stands in a URL. */
  readonly path: string;
}

/** The whole text of a script; no text of it may have a control character (refuseControlCharacters). */
export type Dialect = (script: Script) => string;

/** Every variable of the parts, in the order in which they get a value. */
export const variablesOf = ({ parts }: Pick<Script, 'parts'>): readonly Variable[] => [
  ...new Set(
    parts.flatMap(({ look, change, undo, remove, done = [] }) =>
      [...look, ...change, ...done, ...undo, ...remove].flatMap(givenBy),
    ),
  ),
];

/** The files that it keeps beside itself, but the first one, which has its variables. */
export const filesOf = ({ parts }: Pick<Script, 'parts'>): readonly Argument[] =>
  parts.flatMap(({ keeps = [] }) => keeps.map(besideScript));

/** What a script says, in both shells. */
export const sentences = {
  noIis: 'There is no IIS on this machine, or its management tools are missing. Nothing was changed.',
  notKept: 'cannot be written: what was there before would not be known later. Nothing was changed.',
  failed: 'A command failed. What was done before is undone now.',
  asBefore: 'Everything is as it was before.',
  left: 'Not everything could be undone: see the errors above.',
  nothingToUndo: 'This script has changed nothing here that is not undone already.',
  removed: 'What the script has added is removed, and what was there before is as it was. The files stay.',
  answered: 'The app has answered with status',
  unseen: 'Look at the app in a browser: it must show its page, without an error 500 of IIS:',
} as const;

export const isAscii = (text: string): boolean => /^[\r\n\x20-\x7e]*$/.test(text);

/** A folder on another drive than the script has no path relative to it. */
export const isAbsolute = (folder: string): boolean => /^[A-Za-z]:|^\\\\/.test(folder);

/**
 * A line break in a name would end a comment, or a line that prints something, and what follows would be a command that an administrator
 * runs; Ctrl-Z ends a .bat. A name on Windows has none of these characters.
 * @throws UserError CONTROL_CHARACTER.
 */
export function refuseControlCharacters(script: Script): void {
  const bad = textsIn(script).find((text) => /\p{Cc}/u.test(text));
  if (bad === undefined) return;
  throw new UserError('CONTROL_CHARACTER', {
    what: `a script cannot have the control character in: ${printable(bad).replaceAll('\t', '\\t')}`,
    why: 'A line break in a name would make a command of what follows, and Windows has no such names.',
    next: 'give the folder, file, site or pool another name, without line breaks, tabs and other control characters',
  });
}

/**
 * In a .bat a quotation mark ends a name, and what follows would be a command that an administrator runs. A name on Windows has none, nor
 * have sites, pools and server variables of IIS.
 * @param names All that a script is told by the user, and by files of the app.
 * @throws UserError QUOTE_IN_NAME.
 */
export function refuseQuotationMarks(names: readonly (string | undefined)[]): void {
  const bad = names.find((name) => name?.includes('"'));
  if (bad === undefined) return;
  throw new UserError('QUOTE_IN_NAME', {
    what: `a script cannot have the quotation mark in: ${bad}`,
    why: 'It would end the name, and what follows would be a command; Windows and IIS have no such names.',
    next: 'give the folder, file, site, log folder (logDirectory) or server variable another name, without quotation marks',
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
