import type { XmlDocument, XmlElement } from '../xml/index.js';
import type { Declaration } from './declarations.js';
import type { OverrideMode } from './schema/types.js';

/** The level a file belongs to. */
export interface FileLevel {
  /** Lower case, for comparing: '' for the server, '/default web site/dante'. */
  readonly key: string;
  readonly configPath: string;
  readonly basePath: string;
}

/** One section in one file for one path. */
export interface Block {
  readonly declaration: Declaration;
  readonly element: XmlElement;
  /** The document of `element`: the file's document, or the one in configSource. */
  readonly document: XmlDocument;
  /** The level of its file. */
  readonly level: FileLevel;
  /** The level it applies to: the file's own, or the one its `<location>` names. */
  readonly target: FileLevel;
  readonly inLocation: boolean;
  readonly overrideMode: OverrideMode | undefined;
  readonly inheritInChildApplications: boolean;
  readonly encrypted: boolean;
}
