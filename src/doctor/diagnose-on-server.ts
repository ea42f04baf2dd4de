import path from 'node:path';
import { UserError } from '../errors.js';
import { lookAtServer, type ServerPlace } from '../server/index.js';
import type { DiagnoseOptions } from './diagnose-options.js';
import { gatherFacts } from './facts/gather.js';
import { appOnServer } from './facts/on-server.js';
import type { DoctorReport, FileFacts, Finding } from './types.js';
import { withPaths } from './with-paths.js';

/**
 * Examines an app with what a server says, and with its applicationHost.config where that has the app.
 *
 * @param diagnose Examines the app with what is known then.
 */
export async function diagnoseOnServer(
  target: string,
  options: DiagnoseOptions,
  place: ServerPlace,
  diagnose: (options: DiagnoseOptions) => Promise<DoctorReport>,
): Promise<DoctorReport> {
  const { app, copies = [] } = place;
  const withLogs = place.logs === undefined ? options : { ...options, ownLogs: place.logs };
  const apphost = options.apphost ?? place.apphost;
  const withConfig = apphost === undefined ? withLogs : { ...withLogs, apphost, ...appAt(target, options, place) };
  const first = factsFor(target, withConfig);
  const unusable = options.apphost === undefined && first.error !== undefined ? whyUnusable(first.error) : undefined;
  const known = unusable === undefined ? withConfig : withLogs;
  const { facts } = unusable === undefined ? first : factsFor(target, withLogs);
  const { seen, notSeen } = await lookAtServer(place.run, { app: facts && appOnServer(facts, app) });
  const report = await diagnose({ ...known, serverSeen: seen });
  const reasons = [...(place.notSeen ?? []), ...notSeen, ...(unusable === undefined ? [] : [unusable])];
  const named = place.name === undefined ? {} : { name: place.name, directory: app?.directory };
  const isCopy = copies.some(([copy]) => copy === path.resolve(options.cwd, target));
  const findings = isCopy ? report.findings.map(notFixable) : report.findings;
  return withPaths({ ...report, findings, server: { ...named, seen, notSeen: reasons } }, copies);
}

/** What is fixed in a copy is lost. */
const notFixable = ({ fixable: _, ...finding }: Finding): Finding => finding;

/** The app's place in the configuration of a server elsewhere, whose folders are not those of this machine. */
function appAt(
  target: string,
  { cwd, apps = [], vdirPath }: DiagnoseOptions,
  { app }: ServerPlace,
): Pick<DiagnoseOptions, 'apps'> {
  if (app === undefined) return {};
  const asked = path.resolve(cwd, target);
  const directory = /\.(?:config|xml)$/i.test(asked) ? path.dirname(asked) : asked;
  return { apps: [...apps, `${app.site}${vdirPath ?? app.path}=${directory}`] };
}

/** The facts of an app, or why there are none: examining it says that again. */
function factsFor(target: string, options: DiagnoseOptions): { readonly facts?: FileFacts; readonly error?: unknown } {
  try {
    return { facts: gatherFacts(target, options) };
  } catch (error) {
    return { error };
  }
}

/** Why the server's own configuration says nothing of the app: it cannot be read, or has the app in another folder. */
const whyUnusable = (error: unknown): string | undefined =>
  error instanceof UserError && error.code.startsWith('APPHOST_') ? `${error.what}: ${error.why}` : undefined;
