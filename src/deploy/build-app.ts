import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { fileLimits, readFileSync } from '../files/index.js';
import { quoteForCmd } from '../quoting.js';
import { isBuildProduct } from '../source/index.js';
import { messageOf } from './failure.js';
import type { DeployEvent, DeployOptions, DeployPlan, DeployResult } from './types.js';

/**
 * A TypeScript app whose entry point its own `npm run build` makes: package.json has a build script, tsconfig.json stands
 * beside it, and the entry point is in a folder for what is built or has its source (server.ts, src/server.ts) in the app.
 * A build script that makes something else, such as a page's bundle for a server in JavaScript, is not deploy's to run.
 */
export function isBuilt(directory: string, entry: string): boolean {
  if (!existsSync(path.join(directory, 'tsconfig.json'))) return false;
  return isBuildProduct(entry, scriptsOf(directory), (file) => existsSync(path.join(directory, file)));
}

function scriptsOf(directory: string): readonly string[] {
  try {
    const manifest: unknown = JSON.parse(
      readFileSync(path.join(directory, 'package.json'), fileLimits.config)
        .toString()
        .replace(/^\uFEFF/, ''),
    );
    const scripts = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest ? manifest.scripts : {};
    // `npm run build` runs the script of just that name.
    return typeof scripts === 'object' && scripts !== null && 'build' in scripts ? ['build'] : [];
  } catch {
    return []; // npm could not read it either
  }
}

/**
 * Runs the app's build, whatever is built already: only the compiler knows whether that is what the sources say, and whether
 * their types are right. A dry run only says so. It comes before the plan's steps: what it makes belongs to the app's folder,
 * not to the server, and so is not undone with them.
 * @returns the step for the result; undefined where there is nothing that deploy builds.
 * @throws UserError of `npmBuild`; ENTRY_NOT_FOUND when the build does not make the entry point.
 */
export async function buildApp(
  { directory, entry }: DeployPlan,
  options: DeployOptions,
  report: (event: DeployEvent) => void,
): Promise<DeployResult['steps'][number] | undefined> {
  if (options.build === false || !isBuilt(directory, entry)) return undefined;
  const began = performance.now();
  const step = {
    id: 'build-app',
    title: 'Build the app',
    commands: [`npm run build --prefix ${quoteForCmd(directory)}`],
  };
  const tell = (phase: DeployEvent['phase'], note?: string): void =>
    report({
      step: step.id,
      title: step.title,
      commands: step.commands,
      phase,
      ms: performance.now() - began,
      ...(note && { note }),
    });
  tell('looked');
  if (options.dryRun === true) return step;
  tell('doing', 'npm run build ...');
  try {
    // Loaded here: an app that is not built does without it.
    const { npmBuild } = await import('../npm/index.js');
    const { environment = process.env, signal } = options;
    await npmBuild({ directory, environment, signal, outcome: 'nothing was deployed' }, { event: () => undefined });
    if (!existsSync(path.join(directory, entry))) throw notMade(directory, entry);
  } catch (cause) {
    tell('failed', messageOf(cause));
    throw cause;
  }
  tell('done');
  return step;
}

const notMade = (directory: string, entry: string): UserError =>
  new UserError('ENTRY_NOT_FOUND', {
    what: `npm run build did not make ${path.join(directory, entry)}; nothing was deployed`,
    why: 'the iisnode handler in web.config names it',
    next: 'have the build (outDir in tsconfig.json) put it there, or name in web.config what it makes',
    exit: 'refused',
  });
