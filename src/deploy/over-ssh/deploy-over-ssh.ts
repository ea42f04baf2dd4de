import { randomUUID } from 'node:crypto';
import type { App } from '../../app/index.js';
import { packApp } from '../../pack/index.js';
import { readSshAddress, type SshAddress } from '../../ssh/index.js';
import { filesToPack } from '../app-files.js';
import type { DeployPlan } from '../plan.js';
import { planDeploy } from '../plan-deploy.js';
import type { AppFault, DeployCheck } from '../preflight/check.js';
import { checkAppAlone } from '../preflight/run-checks.js';
import { whoIsIt } from '../releases/journal.js';
import { checkReleaseOptions } from '../releases/plan-release.js';
import { Reporter, waitsForOthers } from '../reporter.js';
import { runPlan } from '../run-plan.js';
import { localSteps } from '../steps/index.js';
import { freshIis, freshServer, typedAppcmd } from '../targets/fresh-server.js';
import type { DeployEvent, DeployOptions, DeployResult } from '../types.js';
import { afterCut } from './after-cut.js';
import { type Answered, atServer, type OpenServer, type ServerTalk } from './at-server.js';
import { askFromHere } from './from-here.js';
import { refuseNotOverSsh } from './refuse.js';
import { sendApp } from './send-app.js';
import { announced, readPackages, type SentPackage, sendPackages } from './send-packages.js';
import type { RemoteDeployOptions, RemoteRequest } from './wire.js';

type Report = (event: DeployEvent) => void;

/**
 * Builds and packs the app here, sends what the server lacks of it, and runs the plan of a deployment with releases there, all or
 * nothing: a cut connection is undone there, and asked about.
 * @param open for tests: another connection.
 * @throws what deploy throws; UserError for the connection, and CONNECTION_LOST with what is left there.
 */
export async function deployOverSsh(
  app: App,
  options: DeployOptions,
  to: string,
  report: Report,
  open?: OpenServer,
): Promise<DeployResult> {
  const began = performance.now();
  const { address, plan, asked, packages } = planned(app, options, to);
  const { signal, environment, dryRun = false } = options;
  const context = freshServer(plan, {
    target: freshIis(undefined, 'linux'),
    appcmdLine: typedAppcmd,
    signal,
    environment,
  });
  const built = await runPlan(localSteps, context, plan, report, { dryRun });
  const deployment = randomUUID();
  const { releasesDirectory } = options;
  const cut = {
    command: 'deploy',
    address,
    place: plan,
    deployment,
    releasesDirectory,
    environment,
    signal,
    open,
  } as const;
  const { result, computer, sent } = await send<DeployResult>(
    'deploy',
    { app: plan, asked, packages, deployment, open, ...(!dryRun && { afterCut: (lost) => afterCut(lost, cut) }) },
    address,
    options,
    report,
  );
  const steps = [...built.steps, ...result.steps];
  const url = result.url === undefined ? undefined : await askFromHere(result.url, address, computer, report, dryRun);
  return {
    ...result,
    target: 'ssh',
    steps,
    changed: built.changed || result.changed,
    url,
    probe: result.probe,
    sentBytes: sent,
    ms: performance.now() - began,
  };
}

/** The checks before a deployment, there; those of the app itself here. Changes nothing. */
export async function checkOverSsh(
  app: App,
  options: DeployOptions,
  to: string,
  faults: readonly AppFault[],
  open?: OpenServer,
): Promise<DeployCheck> {
  const { address, plan, asked, packages } = planned(app, options, to);
  const { result } = await send<DeployCheck>(
    'check',
    { app: plan, asked, packages, deployment: '', open },
    address,
    options,
    () => {},
  );
  const here = await checkAppAlone({ app, faults, options });
  const checks = [...result.checks.filter(({ id }) => here.every((one) => one.id !== id)), ...here];
  return { ...result, target: 'ssh', checks, ready: checks.every(({ state }) => state !== 'failed') };
}

function planned(app: App, options: DeployOptions, to: string) {
  refuseNotOverSsh(options);
  checkReleaseOptions(options, 'server');
  const address = readSshAddress(to);
  const { installIisnode: _i, installRewrite: _r, ...ofApp } = options;
  const plan = planDeploy(app, ofApp, undefined);
  return { address, plan, packages: readPackages(options), asked: remoteOptions(options, plan) };
}

function remoteOptions(options: DeployOptions, { entry }: DeployPlan): RemoteDeployOptions {
  const { site, newSite, binding, certificate, force, pool, port, releases, releasesDirectory } = options;
  const { dryRun, verify, expect, installOnServer } = options;
  const all = { site, newSite, binding, certificate, force, pool, port, releases, releasesDirectory, dryRun, verify };
  const given = Object.entries({ ...all, expect, installOnServer, ...(options.entry && { entry }) });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

interface Sending {
  readonly app: DeployPlan;
  readonly asked: RemoteDeployOptions;
  readonly packages: readonly SentPackage[];
  readonly deployment: string;
  readonly open?: OpenServer | undefined;
  readonly afterCut?: ServerTalk['afterCut'];
}

/** Packs for the server's node, of which only the connection tells the processor; most are x64. */
async function send<Result>(
  command: 'deploy' | 'check',
  { app: plan, asked, packages, deployment, open, afterCut: ask }: Sending,
  address: SshAddress,
  options: DeployOptions,
  report: Report,
): Promise<Answered<Result>> {
  const { signal, environment, installOnServer = false } = options;
  const pack = (arch: string) =>
    packApp({ ...filesToPack(plan, { platform: 'win32', arch }, signal), packages: !installOnServer });
  let packed = await pack('x64');
  const reporter = new Reporter(report);
  return atServer<Result>(
    address,
    async ({ arch }): Promise<RemoteRequest> => {
      if (arch !== 'x64') packed = await pack(arch);
      const { hash, size, files } = packed;
      const place = { siteName: plan.siteName, vdirPath: plan.vdirPath };
      const app = { hash, size, count: files.length };
      return { command, place, options: asked, app, deployment, who: whoIsIt(), ...announced(packages) };
    },
    {
      ...(environment && { environment }),
      ...(signal && { signal }),
      ...(open && { open }),
      ...(ask && { afterCut: ask }),
      event: report,
      onWait: waitsForOthers(report),
      packages: (wanted, session) => sendPackages(packages, wanted, session, reporter),
      need: (need, session) => sendApp(packed, need, session, reporter, signal),
    },
  );
}
