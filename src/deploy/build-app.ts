import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { quoteForCmd } from '../appcmd/index.js';
import { isBuildProduct } from '../doctor/source/index.js';
import { UserError } from '../errors.js';
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
      readFileSync(path.join(directory, 'package.json'), 'utf8').replace(/^\uFEFF/, ''),
    );
    const scripts = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest ? manifest.scripts : {};
    // `npm run build` runs the script of just that name.
    return typeof scripts === 'object' && scripts !== null && 'build' in scripts ? ['build'] : [];
  } catch {
    return []; // npm could not read it either
  }
}

/**
 * Runs the app's build when its entry point is not there or older than its sources; in a dry run only says so. It comes
 * before the plan's steps: what it makes belongs to the app's folder, not to the server, and so is not undone with them.
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
  const reason = reasonToBuild(directory, entry);
  const commands = reason === undefined ? [] : [`npm run build --prefix ${quoteForCmd(directory)}`];
  const step = { id: 'build-app', title: 'Build the app', commands };
  const tell = (phase: DeployEvent['phase'], note?: string): void =>
    report({ step: step.id, title: step.title, phase, commands, ms: performance.now() - began, ...(note && { note }) });
  tell('looked', reason);
  if (reason === undefined || options.dryRun === true) return step;
  tell('doing', 'npm run build ...');
  const before = timesOf(directory, entry);
  try {
    // Loaded here: an app that is not built does without it.
    const { npmBuild } = await import('../scaffold/npm/index.js');
    const { environment = process.env, signal } = options;
    await npmBuild({ directory, environment, signal, outcome: 'nothing was deployed' }, { event: () => undefined });
    if (!existsSync(path.join(directory, entry))) throw notMade(directory, entry);
  } catch (cause) {
    leaveStale(directory, entry, before);
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

/** Undefined when what is built is as new as its sources. */
function reasonToBuild(directory: string, entry: string): string | undefined {
  const times = timesOf(directory, entry);
  if (!times.has(path.join(directory, entry))) return `${entry} is not there yet`;
  const built = Math.max(...times.values());
  const newer = sourcesIn(directory).find((source) => statSync(path.join(directory, source)).mtimeMs > built);
  return newer === undefined ? undefined : `${newer.split(path.sep).join('/')} is newer than ${entry}`;
}

/** By what is seen when the app was built last: file -> ms since 1970. */
function timesOf(directory: string, entry: string): ReadonlyMap<string, number> {
  const file = path.join(directory, entry);
  // A compiler that works incrementally leaves alone what would not change, and notes in here when it ran.
  const notes = [directory, path.dirname(file)].filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.tsbuildinfo'))
      .map((name) => path.join(folder, name)),
  );
  return new Map([file, ...notes].filter(existsSync).map((each) => [each, statSync(each).mtimeMs]));
}

/** Many compilers write although they found errors: what a failed build wrote is to be built again. */
function leaveStale(directory: string, entry: string, before: ReadonlyMap<string, number>): void {
  for (const file of timesOf(directory, entry).keys()) utimesSync(file, new Date(), new Date(before.get(file) ?? 0));
}

/** What a TypeScript app is built from, relative; what its compiler writes itself (.d.ts) does not count. */
function sourcesIn(directory: string, folder = ''): readonly string[] {
  return readdirSync(path.join(directory, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return /^(?:node_modules|\..*)$/.test(entry.name) ? [] : sourcesIn(directory, name);
    const counts = /(?<!\.d)\.[cm]?tsx?$/i.test(entry.name) || /^tsconfig.*\.json$/i.test(entry.name);
    return entry.isFile() && counts ? [name] : [];
  });
}
