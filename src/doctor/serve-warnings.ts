import { type PlacedApp, readApp } from '../app/index.js';
import type { HostEvent } from '../host/index.js';
import { runRulesAt } from './rules-at-moment.js';

interface ServedApp {
  /** The vdir path: '/' or '/dante'. */
  readonly path: string;
  /** Absolute. */
  readonly directory: string;
  /** The path was not given: it is from web.config, or unknown. */
  readonly isAssumed?: boolean;
}

/** Warnings about an application that will not work as expected, although the embedded IIS serves it as IIS would. */
export function serveWarnings(
  { directory, vdirPath, by }: PlacedApp,
  others: readonly ServedApp[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly HostEvent[] {
  const apps = [{ directory, path: vdirPath, isAssumed: by !== 'option' }, ...others];
  return apps.flatMap((app) => findingsOf(app, environment));
}

/** The findings of the doctor's rules that matter for serve. */
function findingsOf(
  { path: vdirPath, directory, isAssumed = false }: ServedApp,
  environment: Readonly<Record<string, string | undefined>>,
): readonly HostEvent[] {
  const app = readApp(directory, { environment, vdirPath: isAssumed ? undefined : vdirPath.replace(/(.)\/$/, '$1') });
  return runRulesAt('serve', app).map(({ rule, message, why, fix, file, line }) => ({
    level: 'warning' as const,
    code: rule,
    message: `${message} ${why}${fix === undefined ? '' : ` Fix: ${fix}`}`,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  }));
}
