import { isBuilt } from '../../app/index.js';
import type { ServerScript } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** Is this file of the app, relative with forward slashes, created by a build script of its package.json, or of a package below? */
export const isBuiltFile = ({ folder }: FileFacts, name: string): boolean => isBuilt(folder, name);

/**
 * Is there a build between a script and what node loads? Then --fix does not change it: a build overwrites its output, and an edit
 * that is right in JavaScript may violate the types of a source.
 */
export const isBuiltScript = (facts: FileFacts, { name, source, loaded }: ServerScript): boolean =>
  loaded?.source !== source || isBuiltFile(facts, name);
