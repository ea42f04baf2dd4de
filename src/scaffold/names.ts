import path from 'node:path';
import { withoutEnd, withoutStart } from '../trimmed.js';

/** Names npm refuses for a package (validate-npm-package-name), and those of the packages the app itself installs. */
const taken = new Set(['node_modules', 'favicon.ico', 'socket.io']);

/**
 * A valid npm package name from a folder's name: lower case, URL-safe, no leading dot or underscore, at most 214
 * characters. It is also used as the vdir path's segment.
 */
export function packageName(directory: string): string {
  const plain = path
    .basename(directory)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-');
  const name = withoutEnd(withoutStart(plain, '._-').slice(0, 200), '._-');
  if (name === '') return 'app';
  return taken.has(name) ? `${name}-app` : name;
}
