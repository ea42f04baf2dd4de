import type { TextEdit, XmlDocument } from '../xml/index.js';
import type { WebConfigWants } from './types.js';

/** Edits to make together, and what they do, one line each for people. */
export interface PatchChange {
  readonly edits: readonly TextEdit[];
  readonly changes: readonly string[];
}

/** The wants, and what the file was before its first change. */
export interface PatchWants extends WebConfigWants {
  /** The file carried no app of iisnode: no handler of that module, and no rule that sends requests somewhere. */
  readonly isNew: boolean;
}

/** Looks at a document and says what it lacks; undefined when it lacks nothing more. */
export type PatchStep = (document: XmlDocument, wants: PatchWants) => PatchChange | undefined;
