import path from 'node:path';
import { type App, nearestManifest } from '../app/index.js';
import type { InitPlan } from './types.js';

/** What the command of a framework needs from its build. */
const outputs: readonly (readonly [command: RegExp, output: string])[] = [
  [/(^|\/)node_modules\/next\/dist\/bin\/next$/, '.next/BUILD_ID'],
];

/** The build that has to run before the entry point can: it creates the entry point itself, or what a framework's command serves. */
export function entryBuild({ folder }: App, entry: string): Pick<InitPlan, 'build'> {
  const output = outputs.find(([command]) => command.test(entry))?.[1];
  const [owner = ''] = output === undefined ? [entry] : entry.split(/(?:^|\/)node_modules\//);
  const manifest = nearestManifest(folder, output === undefined ? owner : path.posix.join(owner, 'x'));
  const at =
    manifest === undefined ? '' : path.relative(folder.root, path.dirname(manifest.file)).replaceAll(path.sep, '/');
  const creates = output === undefined ? entry : path.posix.join(at, output);
  if (folder.isFile(creates)) return {};
  const names = Object.keys(manifest?.scripts ?? {});
  const script = names.includes('build') ? 'build' : names.find((name) => /^build\b/.test(name));
  if (script === undefined) return {};
  // deploy builds apps in TypeScript.
  const byDeploy = script === 'build' && at === '' && output === undefined && folder.isFile('tsconfig.json');
  return {
    build: { folder: at, script, creates: output === undefined ? entry : path.posix.dirname(creates), byDeploy },
  };
}
