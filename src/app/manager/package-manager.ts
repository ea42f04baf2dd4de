import { existsSync } from 'node:fs';
import path from 'node:path';
import { FileError, fileLimits, readIfThereSync } from '../../files/index.js';
import { quoteForShell } from '../../quoting.js';
import { type Json, parseJson } from '../json.js';

/** What installs the packages of an app and runs its scripts. */
export interface PackageManager {
  readonly name: ManagerName;
  /** The folder that it works in: that of the workspace that the app is a part of, or the app's own. Absolute. */
  readonly root: string;
  /** That folder says which packages are linked. */
  readonly linksPackages: boolean;
}

type ManagerName = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** What a package manager is told; `add` writes a package into dependencies. */
type ManagerWords = 'install' | `add ${string}` | `run ${string}`;

const lockFiles: readonly (readonly [file: string, name: ManagerName])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['pnpm-workspace.yaml', 'pnpm'],
  ['package-lock.json', 'npm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** The package manager of an app, by `packageManager` of package.json, else by the lock files: in the folder of its workspace. */
export function packageManagerOf(directory: string): PackageManager {
  let above: string | undefined = directory;
  while (above !== undefined && !isWorkspace(above)) {
    const next: string = path.dirname(above);
    above = next === above ? undefined : next;
  }
  const root = above ?? directory;
  const [, named] = /^(npm|pnpm|yarn|bun)(?:@|$)/.exec(String(manifestIn(root)?.packageManager ?? '')) ?? [];
  const [, locked] = lockFiles.find(([file]) => existsSync(path.join(root, file))) ?? [];
  return { name: (named as ManagerName | undefined) ?? locked ?? 'npm', root, linksPackages: above !== undefined };
}

/** Are the packages of an app installed: in its own folder, by yarn's Plug'n'Play, or all of them in the folders above, as in a workspace? */
export function isInstalledApp(directory: string, names: readonly string[]): boolean {
  if (existsSync(path.join(directory, 'node_modules'))) return true;
  const { root } = packageManagerOf(directory);
  const folders = [root];
  for (let folder = directory; folder !== root; folder = path.dirname(folder)) folders.push(folder);
  const isThere = (...below: readonly string[]): boolean =>
    folders.some((folder) => existsSync(path.join(folder, ...below)));
  return pnpFiles.some((name) => isThere(name)) || names.every((name) => isThere('node_modules', name));
}

const pnpFiles = ['.pnp.cjs', '.pnp.js'];

/**
 * A command as it is typed.
 *
 * @param folder Where it is not the working directory: relative to that, or absolute.
 */
export function managerCommand(name: ManagerName, asked: ManagerWords, folder = ''): string {
  // A package of devDependencies stays there unless npm and pnpm are told; the others move it.
  const plain = /^(?:yarn|bun)$/.test(name) ? asked.replace(' --save-prod ', ' ') : asked;
  const words = name === 'npm' ? plain.replace(/^add /, 'install ') : plain;
  const place = folder === '' ? '' : quoteForShell(folder);
  if (place === '') return `${name} ${words}`;
  switch (name) {
    case 'npm':
      return `npm ${words} --prefix ${place}`;
    case 'pnpm':
      return `pnpm --dir ${place} ${words}`;
    case 'yarn':
      return `yarn --cwd ${place} ${words}`;
    default: {
      const [verb, ...script] = words.split(' ');
      return ['bun', verb, '--cwd', place, ...script].join(' ');
    }
  }
}

const isWorkspace = (folder: string): boolean =>
  existsSync(path.join(folder, 'pnpm-workspace.yaml')) || manifestIn(folder)?.workspaces !== undefined;

function manifestIn(folder: string): Json | undefined {
  try {
    return parseJson(readIfThereSync(path.join(folder, 'package.json'), fileLimits.source)?.toString());
  } catch (cause) {
    if (cause instanceof FileError) return undefined;
    throw cause;
  }
}
