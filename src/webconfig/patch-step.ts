import type { TextEdit, XmlDocument } from '../xml/index.js';
import type { WebConfigWants } from './types.js';

/** Edits to make together, and what they do, one line each for people. */
export interface PatchChange {
  readonly edits: readonly TextEdit[];
  readonly changes: readonly string[];
}

/** Looks at a document and says what it lacks; undefined when it lacks nothing more. */
export type PatchStep = (document: XmlDocument, wants: WebConfigWants) => PatchChange | undefined;
