import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { wasInterrupted } from './interrupted.js';
import { npmScript } from './program.js';
import { startNpm } from './start-npm.js';

export interface CleanInstallOptions {
  /** The app's folder, with a package.json. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
}

const words = ['--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--no-progress', '--loglevel=error'];

/**
 * Installs the packages that an app runs with, on the machine that runs it: `npm ci --omit=dev`, or `npm install` without a lock file.
 * Their install scripts run, which build native add-ons.
 * @throws UserError NPM_NOT_FOUND, NPM_FAILED; the signal's reason.
 */
export async function cleanInstall({ directory, environment, signal }: CleanInstallOptions): Promise<void> {
  const script = npmScript(environment);
  const isLocked = ['package-lock.json', 'npm-shrinkwrap.json'].some((name) => existsSync(path.join(directory, name)));
  const verb = isLocked ? 'ci' : 'install';
  const result = await startNpm({ script, arguments: [verb, ...words], directory, environment, signal });
  if (!result.failed) return;
  if (wasInterrupted(result, signal)) signal?.throwIfAborted();
  const lines = result.all.split(/\r?\n/).filter((line) => line.trim() !== '');
  throw new UserError('NPM_FAILED', {
    what: `npm ${verb} --omit=dev failed on the server; nothing was changed`,
    why: lines.slice(-3).join(' | ') || `It ended with exit code ${result.exitCode ?? 'unknown'}.`,
    next: 'see whether the server reaches the registry, or deploy without --install-on-server: then your own node_modules is sent',
    exit: 'refused',
    cause: result.cause,
  });
}
