import type { TextEdit, XmlDocument } from '../xml/index.js';
import type { WebConfigWants } from './types.js';

/** Edits to make together, and a line for each that describes it. */
export interface PatchChange {
  readonly edits: readonly TextEdit[];
  readonly changes: readonly string[];
}

/** The wants, and the state of the file before its first change. */
export interface PatchWants extends WebConfigWants {
  /** The file had no iisnode app: no handler of that module, and no rule that changes where requests go. */
  readonly isNew: boolean;
  /** Another module ran the app there until now. */
  readonly isMoved: boolean;
}

/** Returns the edits for what is missing in a document; undefined when nothing is missing. */
export type PatchStep = (document: XmlDocument, wants: PatchWants) => PatchChange | undefined;
