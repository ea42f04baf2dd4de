import path from 'node:path';

/** Is a folder or file in another folder, or the same? Both are absolute; nothing is read. */
export function isBelow(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
