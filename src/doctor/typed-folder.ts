import path from 'node:path';
import { forFolder } from '../typed-command.js';
import type { FileFacts, Finding } from './types.js';

/** The same findings; the command lines in their remedies are for the folder that was typed, as it was typed. */
export function forTypedFolder(
  findings: readonly Finding[],
  target: string,
  { isFolder, directory }: FileFacts,
): readonly Finding[] {
  const typed = isFolder ? target : path.dirname(target);
  if (path.normalize(typed) === '.') return findings;
  const name = /^[./\\]/.test(typed) || path.isAbsolute(typed) ? typed : `./${typed}`;
  return findings.map((one) => (one.fix === undefined ? one : { ...one, fix: forFolder(one.fix, directory, name) }));
}
