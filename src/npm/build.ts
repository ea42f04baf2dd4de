import { existsSync } from 'node:fs';
import path from 'node:path';
import { interrupted, UserError } from '../errors.js';
import { quoteForShell } from '../quoting.js';
import type { NpmEvent } from './events.js';
import { wasInterrupted } from './interrupted.js';
import { npmScript } from './program.js';
import { startNpm } from './start-npm.js';

export interface BuildOptions {
  /** The app's folder, with a package.json that has a build script. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
  /** The text for the outcome of a failure: 'nothing was deployed'. */
  readonly outcome: string;
}

/** Receives the progress. */
export interface BuildTalk {
  event(event: Extract<NpmEvent, { readonly kind: 'building' | 'built' }>): void;
}

/**
 * Runs `npm run build` with the app's own tools.
 * Throws UserError NPM_NOT_FOUND, BUILD_TOOLS_MISSING, BUILD_FAILED (refused; with the first lines of what went wrong) or
 * INTERRUPTED.
 * @returns how long it took.
 */
export async function npmBuild(options: BuildOptions, talk: BuildTalk): Promise<{ readonly ms: number }> {
  const { directory, environment, signal, outcome } = options;
  const script = npmScript(environment);
  if (!hasModules(directory)) {
    throw toolsMissing(options, 'It has no node_modules, which contain the compiler.');
  }
  const stopped = (): UserError =>
    interrupted({
      what: 'interrupted while the app was being built',
      why: `You asked to stop; ${outcome}.`,
    });
  if (signal?.aborted) throw stopped();
  const started = performance.now();
  talk.event({ kind: 'building', directory, command: 'npm run build' });
  const result = await startNpm({
    script,
    arguments: ['run', '--silent', 'build'],
    directory,
    // Without colours, because these lines are quoted.
    environment: { ...environment, NO_COLOR: '1', FORCE_COLOR: undefined },
    signal,
  });
  if (!result.failed) {
    const ms = Math.round(performance.now() - started);
    talk.event({ kind: 'built', ms });
    return { ms };
  }
  if (wasInterrupted(result, signal)) {
    throw stopped();
  }
  const lines = result.all.split(/\r?\n/).filter((line) => line.trim() !== '');
  const unknown = lines.map((line) => notFound.exec(line)?.slice(1).find(Boolean)).find((name) => name !== undefined);
  if (unknown !== undefined) throw toolsMissing(options, `Its build script runs ${unknown}, which is not installed.`);
  throw new UserError('BUILD_FAILED', {
    what: `npm run build failed; ${outcome}`,
    why: reasonIn(lines) ?? `It ended with exit code ${result.exitCode ?? 'unknown'} and gave no reason.`,
    next: `fix that; to see the whole output: npm run build${shown(directory)}`,
    exit: 'refused',
    cause: result.cause,
  });
}

/** npm also finds the tools of the folders above: a workspace has them at its root. */
function hasModules(directory: string): boolean {
  const parent = path.dirname(directory);
  return existsSync(path.join(directory, 'node_modules')) || (parent !== directory && hasModules(parent));
}

/** The messages of sh, bash and cmd.exe for a missing program. */
const notFound = /^(?:\S*sh: (?:line \d+: |\d+: )?(\S+): (?:command )?not found|'(\S+)' is not recognized as an)/;

/** Lines worth quoting of a failure. */
const mostLines = 3;

/** The first lines with an error in them, else the last ones; as one. */
function reasonIn(lines: readonly string[]): string | undefined {
  const own = lines.filter((line) => !/^npm (?:error|ERR!)/.test(line)).map((line) => line.trim());
  const errors = own.filter((line) => /\berror\b/i.test(line));
  const chosen = errors.length > 0 ? errors.slice(0, mostLines) : own.slice(-mostLines);
  const more = errors.length - chosen.length;
  return chosen.length === 0 ? undefined : `${chosen.join(' | ')}${more > 0 ? ` | and ${more} more` : ''}`;
}

const toolsMissing = ({ directory, outcome }: BuildOptions, why: string): UserError =>
  new UserError('BUILD_TOOLS_MISSING', {
    what: `${directory} cannot be built; ${outcome}`,
    why,
    next: `npm install --include=dev${shown(directory)}`,
    exit: 'refused',
  });

const shown = (directory: string): string =>
  directory === process.cwd() ? '' : ` --prefix ${quoteForShell(directory)}`;
