import path from 'node:path';
import { type AppFolder, compiledFrom, isBuildProduct } from '../source/index.js';
import { type Manifest, readManifest } from './manifest.js';
import { type PackageBelow, packagesBelow } from './packages.js';

/** Is this file (relative, forward slashes) created by a build script of package.json, of the app's own or of a package below? */
export const isBuilt = (folder: AppFolder, name: string): boolean => builderOf(folder, name) !== undefined;

/** A build of the app: the package that has it, as a folder below the app's ('' for itself), and the script's name. */
export interface Build {
  readonly folder: string;
  readonly script: string;
}

/** What builds a file: the nearest package around it with a build script, for a workspace is also built from its root. */
export function builderOf(folder: AppFolder, name: string): Build | undefined {
  const around = packagesAround(folder, name);
  const at = around.findIndex(({ manifest }) => buildScriptOf(manifest) !== undefined);
  const builder = around[at];
  const script = builder && buildScriptOf(builder.manifest);
  if (builder === undefined || script === undefined) return undefined;
  const isProduct = around
    .slice(0, at + 1)
    .some((each) =>
      isBuildProduct(path.posix.relative(each.folder, name), [script], (file) =>
        folder.isFile(path.posix.join(each.folder, file)),
      ),
    );
  return isProduct || compiledFrom(folder, name).names.length > 0 ? { folder: builder.folder, script } : undefined;
}

/** The script that builds a package: `build`, or one whose name begins so. */
export function buildScriptOf({ scripts }: Manifest): string | undefined {
  const names = Object.keys(scripts);
  return names.includes('build') ? 'build' : names.find((name) => /^build\b/.test(name));
}

/** Does `npm run build` of the app itself compile this file from TypeScript? Then deploy runs it. */
export function isCompiledByApp(folder: AppFolder, name: string): boolean {
  const builder = builderOf(folder, name);
  if (builder?.folder !== '' || builder.script !== 'build') return false;
  return packagesAround(folder, name).some((each) => folder.isFile(path.posix.join(each.folder, 'tsconfig.json')));
}

/** The packages that a file is in, the nearest first, and at last the app itself. */
function packagesAround(folder: AppFolder, name: string): readonly PackageBelow[] {
  const own: { readonly folder: string; readonly manifest: Manifest } = { folder: '', manifest: readManifest(folder) };
  const below = packagesBelow(folder).filter((each) => name.startsWith(`${each.folder}/`));
  return [...below.toReversed(), own];
}
