import { existsSync } from 'node:fs';
import path from 'node:path';
import { findTarget, type NamedTarget, targetNames } from '../deploy/index.js';
import { UserError } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { quoteForShell } from '../quoting.js';

/** `--target NAME` */
export interface TargetOption {
  readonly target?: string;
}

/**
 * The target of package.json that a command line names: with `--target` one of the folder's, else the word in the place of the folder,
 * where package.json of the working directory has that name. Undefined: the word is a folder.
 * @throws UserError TARGET_OR_FOLDER where the word is both; TARGET_NOT_FOUND, TARGETS_INVALID.
 */
export function targetOf(
  word: string | undefined,
  { target: name }: TargetOption,
  cwd: string,
): NamedTarget | undefined {
  if (name !== undefined) return findTarget(path.resolve(cwd, word ?? '.'), name);
  if (word === undefined || !targetNames(cwd).includes(word)) return undefined;
  if (!existsSync(path.resolve(cwd, word))) return findTarget(cwd, word);
  throw new UserError('TARGET_OR_FOLDER', {
    what: `"${word}" is a target in package.json, and a folder`,
    why: 'They may not be the same app.',
    next: `for the target: --target ${quoteForShell(word)}; for the folder: ${quoteForShell(`.${path.sep}${word}`)}`,
  });
}

/** Where a word is no folder, and nearly the name of a target: that is what was meant. @throws UserError TARGET_NOT_FOUND. */
export function refuseNearTarget(word: string, cwd: string): void {
  if (existsSync(path.resolve(cwd, word))) return;
  if (nearestName(word, targetNames(cwd)) !== undefined) findTarget(cwd, word);
}

/** Is the word the name of a target in the package.json of a folder? */
export const namesTargetIn = (folder: string, word: string | undefined): boolean =>
  word !== undefined && targetNames(folder).includes(word);

/** The place of a target's app, for the commands for what is deployed. */
export const placeIn = ({
  options: { site, newSite, path: vdirPath },
}: NamedTarget): { readonly site?: string; readonly path?: string } => {
  const name = site ?? newSite;
  const at = vdirPath ?? (newSite === undefined ? undefined : '/');
  return { ...(name === undefined ? {} : { site: name }), ...(at === undefined ? {} : { path: at }) };
};
