import { isBuildProduct, type ServerScript } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** Is this file of the app, relative with forward slashes, made by a build script of its package.json? */
export const isBuiltFile = ({ package: { scripts }, folder }: FileFacts, name: string): boolean =>
  isBuildProduct(name, Object.keys(scripts), (file) => folder.isFile(file));

/**
 * Does a build stand between a script and what node loads? Then --fix leaves it alone: a build makes what it writes anew, and what
 * fits JavaScript may not fit the types of a source.
 */
export const isBuiltScript = (facts: FileFacts, { name, source, loaded }: ServerScript): boolean =>
  loaded?.source !== source || isBuiltFile(facts, name);
