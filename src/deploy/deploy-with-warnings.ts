import { type App, type Assumption, assumptionsOf, readApp } from '../app/index.js';
import { UserError } from '../errors.js';
import { typedCommand } from '../typed-command.js';
import { assumeFrom } from './assume-from.js';
import { isAzure } from './azure/address.js';
import { checkedOptions } from './check-options.js';
import { deploy, withRecordedSite } from './deploy.js';
import { fixesFor } from './hints-for.js';
import { isZip } from './targets/file-target.js';
import type { DeployEvent, DeployOptions, DeployResult } from './types.js';

/** What the doctor's rules find wrong with an app. */
export interface DeployWarning {
  readonly rule: string;
  readonly severity?: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly why: string;
  readonly fix?: string;
  readonly file?: string;
  readonly line?: number;
}

/** Checks an app with the doctor's rules: deploy has no rules of its own. */
export type CheckApp = (app: App) => readonly DeployWarning[];

/** Who hears of it while it happens. */
export interface DeployTalk {
  event(event: DeployEvent): void;
  /** Found before the first step, or in what the build has made. */
  warning(warning: DeployWarning): void;
  /** Before the first warning or event: the values that were not given. */
  assumed(values: readonly Assumption[]): void;
}

export type DeployResultWithWarnings = DeployResult & { readonly warnings: readonly DeployWarning[] };

/** `deploy`, with what `checkApp` finds wrong with the app: before the first step, and in what the build has created. Throws like `deploy`. */
export async function deployWithWarnings(
  asked: DeployOptions,
  checkApp: CheckApp,
  talk: DeployTalk,
): Promise<DeployResultWithWarnings> {
  const options = checkedOptions(asked);
  const { site, newSite } = options;
  const { app, read, placed, recorded, faults: warnings } = await appOfDeployment(options, checkApp);
  // A wrong command line shows its error alone.
  const reportAssumed = once(() =>
    talk.assumed(
      assumptionsOf({
        place: app.place,
        ...(hasSite(options.to) && { site: { asked: site ?? newSite, recorded } }),
        entry: app.entry,
      }),
    ),
  );
  if (warnings.length > 0) reportAssumed();
  for (const warning of warnings) talk.warning(warning);
  let isBuilt = false;
  const report = (event: DeployEvent): void => {
    reportAssumed();
    talk.event(event);
    if (event.step === 'build-app' && event.phase === 'done') isBuilt = true;
  };
  const result = await deploy(options, report, app, placed, warnings);
  const further = isBuilt ? fixesFor(checkApp(read()), app.directory) : [];
  const later = [
    ...further.filter((one) => !warnings.some((known) => isSame(known, one))),
    ...(result.ended === undefined ? [] : [endedWarning(result.ended, app.directory)]),
  ];
  for (const warning of later) talk.warning(warning);
  return { ...result, warnings: [...warnings, ...later] };
}

/** The rule is that of the doctor's trial run, which sees the same. */
const endedWarning = (ended: string, directory: string): DeployWarning => ({
  rule: 'APP_ENDED',
  severity: 'warning',
  message: `the app ended by itself while it was checked: ${ended}`,
  why: 'The next request starts it again, and all clients that were connected have lost their sockets and their sessions.',
  fix: typedCommand(['logs', directory]),
});

/** The app as it is read at the place of its deployment, and what the rules find wrong with it. */
export async function appOfDeployment(options: DeployOptions, checkApp: CheckApp) {
  const { directory, site, newSite, environment = process.env } = options;
  // Whether unreadable records matter is decided by deploy: a script needs none.
  const placed = await withRecordedSite(options).catch(unlessUnreadable);
  const recorded = site === undefined && newSite === undefined ? placed?.site : undefined;
  const ownSite = newSite ?? recorded;
  const read = (): App =>
    readApp(directory, { environment, vdirPath: options.path, assumeFrom: assumeFrom(ownSite, options.to) });
  const app = read();
  // deploy itself refuses this one, with the remedy that fits how the path was given.
  const found = checkApp(app).filter(({ rule }) => rule !== 'VDIR_PATH_MISMATCH');
  return { app, read, placed, recorded, faults: fixesFor(found, app.directory) };
}

function unlessUnreadable(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'RECORDS_UNREADABLE') return;
  throw error;
}

/** The same finding, whenever it was found. */
export const isSame = (one: DeployWarning, other: DeployWarning): boolean =>
  one.rule === other.rule && one.message === other.message;

/** A package, and App Service, have none that deploy chooses. */
export const hasSite = (to: string | undefined): boolean => !isAzure(to) && !isZip(to);

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
