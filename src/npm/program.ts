import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';

/**
 * npm as a script for node, so that no shell and no npm.cmd is needed (node refuses to start .cmd files without a
 * shell since CVE-2024-27980). Searches npm_execpath, node's folder, and PATH. Throws UserError NPM_NOT_FOUND.
 */
export function npmScript(environment: Readonly<Record<string, string | undefined>>, node = process.execPath): string {
  for (const candidate of candidates(environment, node)) {
    const found = scriptOf(candidate);
    if (found !== undefined) return found;
  }
  throw new UserError('NPM_NOT_FOUND', {
    what: 'npm was not found',
    why: `It is neither beside ${node} nor on the PATH.`,
    next: 'install npm (it is part of Node.js); init does not need it with --no-install, nor deploy with --no-build',
  });
}

function* candidates(environment: Readonly<Record<string, string | undefined>>, node: string): Generator<string> {
  const named = environment.npm_execpath;
  // npx sets it to npx-cli.js, yarn and pnpm to themselves: only npm's folder is used.
  if (named !== undefined && /^np[mx]-cli\.js$/.test(path.basename(named))) {
    yield path.join(path.dirname(named), 'npm-cli.js');
  }
  const folder = path.dirname(node);
  yield path.join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js');
  yield path.join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const search = Object.entries(environment).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  for (const each of search.split(path.delimiter).filter(Boolean)) {
    // On Windows npm.cmd is beside its node_modules; on other systems npm is a link to npm-cli.js.
    yield path.join(each, 'node_modules', 'npm', 'bin', 'npm-cli.js');
    yield path.join(each, 'npm');
  }
}

function scriptOf(candidate: string): string | undefined {
  if (!existsSync(candidate)) return undefined;
  const real = realpathSync(candidate);
  return path.basename(real) === 'npm-cli.js' ? real : undefined;
}
