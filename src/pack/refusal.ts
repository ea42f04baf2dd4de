import { existsSync } from 'node:fs';
import path from 'node:path';
import { plural } from '../amounts.js';
import { UserError } from '../errors.js';
import { quoteForShell } from '../quoting.js';
import type { PackFault, PackTarget } from './types.js';

const mostNamed = 10;

/** What to do about each kind. */
function remedyFor(kind: PackFault['kind'], directory: string, { platform }: PackTarget): string {
  switch (kind) {
    case 'native':
      return platform === process.platform
        ? 'install the packages with the node that runs the app (npm ci)'
        : `install the packages on the server, or deploy from ${platform === 'win32' ? 'Windows' : platform}`;
    case 'missing':
      return existsSync(path.join(directory, '.pnp.cjs'))
        ? 'nodeLinker: node-modules in .yarnrc.yml, then yarn install: packages of a release are files'
        : `npm install --prefix ${quoteForShell(directory)}`;
    case 'outside':
      return "install the packages in the app's own folder (npm: --install-links; pnpm: pnpm deploy)";
    case 'name':
    case 'case':
      return 'rename it';
    default:
      return 'replace it by a file, or name it in .deployignore';
  }
}

/** All files and packages that cannot be deployed, at once. */
export function packRefused(directory: string, faults: readonly PackFault[], target: PackTarget): UserError {
  const all = faults.map(({ path, why }) => `${path}: ${why}`);
  const isMore = all.length > mostNamed;
  const more = isMore ? [`and ${all.length - mostNamed} more`] : [];
  const remedies = new Set(faults.map(({ kind }) => remedyFor(kind, directory, target)));
  return new UserError('APP_NOT_PACKABLE', {
    what: `${plural(faults.length, 'part')} of ${directory} cannot be deployed`,
    why: [...all.slice(0, mostNamed), ...more].join('; '),
    next: [...remedies, ...(isMore ? ['the same command with --verbose lists them all'] : [])].join('; '),
    exit: 'refused',
    ...(isMore && { cause: listOf(all) }),
  });
}

/** As the stack of a cause it is printed with --verbose. */
function listOf(lines: readonly string[]): Error {
  const list = new Error(`all ${lines.length} parts`);
  list.stack = [`all ${lines.length} parts:`, ...lines].join('\n  ');
  return list;
}
