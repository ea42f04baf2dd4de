import path from 'node:path';
import { forFolder } from '../typed-command.js';
import type { FileFacts, Finding } from './types.js';

/**
 * The same findings; the command lines in their remedies are for the folder that was typed, as it was typed.
 * @param asked The options that say where the app is.
 */
export function forTypedFolder(
  findings: readonly Finding[],
  target: string,
  { isFolder, directory }: FileFacts,
  asked: readonly string[] = [],
): readonly Finding[] {
  const typed = isFolder ? target : path.dirname(target);
  const isHere = path.normalize(typed) === '.';
  if (isHere && asked.length === 0) return findings;
  const name = /^[./\\]/.test(typed) || path.isAbsolute(typed) ? typed : `./${typed}`;
  const folder = isHere ? path.resolve('.') : directory;
  return findings.map((one) =>
    one.fix === undefined ? one : { ...one, fix: forFolder(one.fix, folder, name, asked) },
  );
}
