import path from 'node:path';
import { type App, builderOf, buildScriptOf, isCompiledByApp, nearestManifest } from '../app/index.js';
import type { AppFolder } from '../source/index.js';
import type { InitPlan } from './types.js';

/** What the command of a framework needs from its build. */
const outputs: readonly (readonly [command: RegExp, output: string])[] = [
  [/(^|\/)node_modules\/next\/dist\/bin\/next$/, '.next/BUILD_ID'],
];

/** The build that has to run before the entry point can: it creates the entry point itself, or what a framework's command serves. */
export function entryBuild({ folder }: App, entry: string): Pick<InitPlan, 'build'> {
  const output = outputs.find(([command]) => command.test(entry))?.[1];
  const build = output === undefined ? builderOf(folder, entry) : buildBeside(folder, entry);
  if (build === undefined) return {};
  const creates = output === undefined ? entry : path.posix.join(build.folder, output);
  if (folder.isFile(creates)) return {};
  const byDeploy = output === undefined && isCompiledByApp(folder, entry);
  return { build: { ...build, creates: output === undefined ? entry : path.posix.dirname(creates), byDeploy } };
}

/** Of the package that has installed the framework. */
function buildBeside(folder: AppFolder, entry: string): ReturnType<typeof builderOf> {
  const [owner = ''] = entry.split(/(?:^|\/)node_modules\//);
  const manifest = nearestManifest(folder, path.posix.join(owner, 'x'));
  const script = manifest && buildScriptOf(manifest);
  if (manifest === undefined || script === undefined) return undefined;
  return { folder: path.relative(folder.root, path.dirname(manifest.file)).replaceAll(path.sep, '/'), script };
}
