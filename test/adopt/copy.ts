import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { root, runToEnd, temporaryFolder } from '../support/cli.js';
import { linkPackages } from './packages.js';

const appsFolder = path.join(import.meta.dirname, 'apps');
const cache = path.join(root, 'node_modules', '.cache', 'tests', 'adopt-built');

/** The names of all apps that are there. */
export const appNames = readdirSync(appsFolder);

/** A copy of an app of apps/ with its packages, built if it has a build; gone when the test ends. */
export interface Copy {
  readonly folder: string;
  /** Files of the app that are not as they were. */
  changed(): readonly string[];
}

/**
 * @param where The folder that has the app.
 * @param packages Those that its package.json leaves out.
 */
export async function copyOf(
  name: string,
  { where = appsFolder, packages = [] }: { readonly where?: string; readonly packages?: readonly string[] } = {},
): Promise<Copy> {
  const from = path.join(where, name);
  const { folder: parent, remove } = await temporaryFolder();
  onTestFinished(remove);
  const folder = path.join(parent, name);
  cpSync(hasBuild(from) ? await built(from, packages) : from, folder, { recursive: true });
  linkPackages(folder, packages);
  return {
    folder,
    changed: () => filesIn(from).filter((file) => hashOf(path.join(folder, file)) !== hashOf(path.join(from, file))),
  };
}

function hasBuild(app: string): boolean {
  const { scripts } = JSON.parse(readFileSync(path.join(app, 'package.json'), 'utf8')) as { scripts?: object };
  return scripts !== undefined && 'build' in scripts && !existsSync(path.join(app, 'dist'));
}

/** The app with what `npm run build` makes of it, without packages; made once for each state of its files. */
async function built(from: string, packages: readonly string[]): Promise<string> {
  const name = path.basename(from);
  const hashes = [path.join('..', '..', 'package-lock.json'), ...filesIn(from)].map((file) => [
    file,
    hashOf(path.join(from, file)),
  ]);
  const target = path.join(cache, `${name}-${hash(JSON.stringify(hashes)).slice(0, 16)}`);
  if (existsSync(target)) return target;
  const { folder: parent, remove } = await temporaryFolder(); // compilers pass over what is in node_modules
  const folder = path.join(parent, name);
  try {
    cpSync(from, folder, { recursive: true });
    linkPackages(folder, packages);
    const environment = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined };
    const { code, stdout, stderr } = await runToEnd('npm', ['run', 'build'], { cwd: folder, environment });
    if (code !== 0) throw new Error(`npm run build of ${name} ended with ${code}:\n${stdout}\n${stderr}`);
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    const copy = `${target}.${process.pid}`;
    cpSync(folder, copy, { recursive: true });
    renameSync(copy, target);
  } finally {
    await remove();
  }
  return target;
}

/** All files below a folder, relative to it; links are not followed. */
export const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => path.relative(folder, path.join(each.parentPath, each.name)));

const hash = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

const hashOf = (file: string): string => hash(existsSync(file) ? readFileSync(file) : '');
