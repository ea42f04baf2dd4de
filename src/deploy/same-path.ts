import { expand, variablesOf } from '../config/index.js';
import { realFolder } from '../files/index.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * On Windows physical paths are compared ignoring case, slash direction and slashes at the end; on other systems exactly. IIS expands
 * `%SystemDrive%\inetpub\wwwroot` before it reads the folder.
 */
export function samePath(
  left: string | undefined,
  right: string | undefined,
  environment: Environment = process.env,
): boolean {
  if (left === undefined || right === undefined) return left === right;
  const variables = variablesOf(environment);
  const [one, other] = [left, right].map((path) => expand(path, variables).replace(/(?<=.)[\\/]+$/, ''));
  if (one === other) return true;
  if (!/^[A-Za-z]:|^\\\\|^%/.test(other ?? '')) return false;
  const plain = (path = ''): string => path.replaceAll('/', '\\').toLowerCase();
  return plain(one) === plain(other);
}

/** The same folder of this machine, also by a short name (PROGRA~1), a junction or a symbolic link. */
export function sameFolder(left: string | undefined, right: string, environment: Environment = process.env): boolean {
  if (left === undefined || samePath(left, right, environment)) return left !== undefined;
  const variables = variablesOf(environment);
  const [one, other] = [left, right].map((path) => realFolder(expand(path, variables)));
  return one !== undefined && samePath(one, other, {});
}
