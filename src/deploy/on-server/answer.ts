import { UserError } from '../../errors.js';
import { openHome } from '../../host/index.js';
import { deploymentRecords } from '../all-records.js';
import { findLogs } from '../app-facts.js';
import { readDeployedApp, readLogs } from '../logs.js';
import type { DeployedToIis, RemoteMessage, RemoteRequest } from '../over-ssh/wire.js';
import type { AppPlace, DeploymentRecord } from '../plan.js';
import { readJournal } from '../releases/journal.js';
import { listReleases } from '../releases/list-releases.js';
import { liveRelease } from '../releases/live-release.js';
import { rollback } from '../releases/rollback.js';
import { findApp } from '../steps/run-appcmd.js';
import { undeploy } from '../undeploy.js';
import { checkReceived, deployReceived } from './deploy-received.js';
import { look } from './look.js';
import { outcomeOf } from './outcome.js';
import { farRequest } from './requests.js';
import { serveFolder } from './serve-folder.js';
import { contextOfIis, type Work } from './work.js';

/** Does what is asked, on the IIS of this machine. @throws what the command throws. */
export async function answer(request: RemoteRequest, work: Work): Promise<unknown> {
  const { channel, environment, signal, report, appcmd } = work;
  const send = (message: RemoteMessage): void => void channel.send(message);
  const at = ({ siteName, vdirPath }: AppPlace) => ({
    to: 'iis',
    site: siteName,
    path: vdirPath,
    environment,
    ...(appcmd && { appcmd }),
  });
  const far = (deployment: string) => farRequest(openHome(environment), deployment);
  switch (request.command) {
    case 'deploy':
      return deployReceived(request, work);
    case 'check':
      return checkReceived(request, work);
    case 'undeploy':
      return undeploy(
        {
          ...at(request.place),
          ...(request.dryRun === true && { dryRun: true }),
          signal,
          onWait: (waits) => send({ waits }),
        },
        far(request.deployment),
      );
    case 'rollback':
      return rollback({ ...at(request.place), ...request.options, signal }, report, far(request.deployment));
    case 'serve-folder':
      return serveFolder(request, work, far(request.deployment));
    case 'releases':
      return listReleases(at(request.place));
    case 'status':
      return { deployed: await deployments(work) };
    case 'logs':
      return logs(request, work, (line) => send({ line }));
    case 'look':
      return look(request, work);
    case 'outcome':
      return outcomeOf(request, work);
    case 'echo':
      return request.texts;
  }
}

const recordsOf = async ({ environment }: Work): Promise<readonly DeploymentRecord[]> =>
  (await deploymentRecords(openHome(environment)).all()).filter(({ target }) => target === 'iis');

/** All of them by one look at IIS; where it cannot be asked, the records say which release is live. */
async function deployments(work: Work): Promise<readonly DeployedToIis[]> {
  const context = looked(() => contextOfIis(work));
  return Promise.all(
    (await recordsOf(work)).map(async (record) => {
      const { site, path: vdirPath, directory, releases } = record;
      const place = { siteName: site, vdirPath };
      const served = await looked(async () => {
        const looking = await context;
        return looking && ((await findApp(looking, place)) ?? 'nothing');
      });
      return {
        site,
        path: vdirPath,
        directory,
        ...(served === 'nothing'
          ? { release: undefined, missing: true }
          : { release: liveRelease(record, served?.physicalPath) }),
        last: releases === undefined ? undefined : readJournal(releases.base).at(-1),
      };
    }),
  );
}

const looked = async <Seen>(look: () => Seen | Promise<Seen>): Promise<Seen | undefined> => {
  try {
    return await look();
  } catch {
    return undefined;
  }
};

async function logs(
  { place, lines, follow }: Extract<RemoteRequest, { readonly command: 'logs' }>,
  work: Work,
  send: (line: object) => void,
): Promise<{ readonly directory: string }> {
  const record = await recordAt(work, place);
  if (record === undefined) throw notDeployed(place);
  const { environment, signal } = work;
  const found = findLogs(await readDeployedApp(record.directory, environment, work.appcmd));
  for await (const line of readLogs({ directory: record.directory, ...found, lines, follow, signal })) send(line);
  return { directory: found.logDirectory };
}

async function recordAt(work: Work, { siteName, vdirPath }: AppPlace): Promise<DeploymentRecord | undefined> {
  return deploymentRecords(openHome(work.environment)).find('iis', siteName, vdirPath);
}

const notDeployed = ({ siteName, vdirPath }: AppPlace): UserError =>
  new UserError('NOT_DEPLOYED', {
    what: `nothing is deployed at ${vdirPath} of "${siteName}"`,
    why: 'Deploy has no record of it on that server.',
    next: 'name the site and the path in the address: ssh://user@host/Default%20Web%20Site/dante',
  });
