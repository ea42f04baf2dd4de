import type { App } from '../../app/index.js';
import type { UserError } from '../../errors.js';
import { appSources, type ProbeReport } from '../../probe/index.js';
import { iisnodeSock, typedCommand } from '../../typed-command.js';
import { DeployFailed } from '../failure.js';
import { hintsChanged } from '../hints-for.js';
import type { DeployPlan } from '../plan.js';
import { verifyApp } from '../steps/verify-app.js';
import { freshIis, freshServer, typedAppcmd } from '../targets/fresh-server.js';
import type { Patience } from './patience.js';

/** One look at an app of App Service. */
export interface SiteLook {
  readonly url: URL;
  /** As `--to` has it: azure://app/slot. */
  readonly to: string;
  /** undefined: its files are not here. */
  readonly app?: App;
  readonly plan: DeployPlan;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly patience: Patience;
  readonly progress: (note: string) => void;
}

/** An app restarts after its deployment: its front end answers 502 or 503 meanwhile. */
const looks = 6;
const pause = 5_000;

/** Looks as a browser does, again while the app restarts. @throws DeployFailed; the signal's reason. */
export async function verifySite(look: SiteLook): Promise<ProbeReport> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await lookOnce(look);
    } catch (error) {
      if (!(error instanceof DeployFailed)) throw error;
      if (!isRestarting(error.probe) || attempt === looks || look.patience.left < pause)
        throw withLogsOf(error, look.to);
      look.progress('the app restarts: looking again');
      await look.patience.wait(pause);
    }
  }
}

/** The same failure: its logs are those of App Service. */
const withLogsOf = (failed: DeployFailed, to: string): UserError =>
  hintsChanged(failed, (hint) => hint.replaceAll(`${iisnodeSock} logs`, () => typedCommand(['logs', '--to', to])));

const isRestarting = ({ steps: [page] }: ProbeReport): boolean => [502, 503, 504].includes(page?.status ?? 0);

async function lookOnce({ url, app, plan, environment, signal, progress }: SiteLook): Promise<ProbeReport> {
  const { logDirectory: _here, ...there } = plan; // its logs are there, not here
  const options = { target: freshIis(undefined), appcmdLine: typedAppcmd, signal, environment };
  const sources = app && { sources: () => appSources(app, plan) };
  const context = { ...freshServer(plan, options), ...sources, began: Date.now() };
  let report: ProbeReport | undefined;
  const result = ({ probe }: { readonly probe?: ProbeReport | undefined }): void => {
    report = probe;
  };
  await verifyApp.do(context, there, { url: url.href }, { progress, result });
  if (report === undefined) throw new Error('the look has no report');
  return report;
}
