import path from 'node:path';
import { lockHolder } from '../../files/index.js';
import { openHome } from '../../host/index.js';
import { deploymentRecords } from '../all-records.js';
import type { RemoteOutcome, RemoteRequest } from '../over-ssh/wire.js';
import type { AppPlace, DeploymentRecord } from '../plan.js';
import { releasesBase } from '../releases/base-folder.js';
import { readJournal } from '../releases/journal.js';
import { liveRelease } from '../releases/live-release.js';
import { openReleases } from '../releases/release-folder.js';
import { findApp } from '../steps/run-appcmd.js';
import { begunRequest } from './requests.js';
import { contextOfIis, type Work } from './work.js';

/** An undo takes as long as its appcmd calls. */
const longestUndo = 60_000;

/** What became of a command. Waits until it has ended there: its undo may go on after the cut. */
export async function outcomeOf(
  { place, deployment, releasesDirectory }: Extract<RemoteRequest, { readonly command: 'outcome' }>,
  work: Work,
): Promise<RemoteOutcome> {
  const { environment, signal } = work;
  const home = openHome(environment);
  const began = performance.now();
  for (;;) {
    const record = await deploymentRecords(home).find('iis', place.siteName, place.vdirPath);
    const asked = {
      environment,
      ...(record === undefined && releasesDirectory !== undefined && { releasesDirectory }),
    };
    const usual = releasesBase(asked, { place, target: 'iis', home }, record);
    const lock = path.join(begunRequest(home, deployment)?.base ?? usual, 'deploy.lock');
    // Before the journal, which is written before it is released.
    const isAtWork = lockHolder(lock) !== undefined;
    const begun = begunRequest(home, deployment);
    const base = begun?.base ?? usual;
    const entry = readJournal(base).findLast((one) => one.deployment === deployment);
    const { release = entry?.release } = begun ?? {};
    const said = { ...(release !== undefined && { release }), live: await liveOf(place, base, record, work) };
    if (entry !== undefined) return { outcome: entry.outcome, ...said };
    if (!isAtWork && begun === undefined) return { outcome: 'none', ...said };
    if (!isAtWork) {
      const unfinished = openReleases(base).unfinished();
      return { outcome: 'ended', ...said, ...(unfinished && { unfinished }) };
    }
    if (signal.aborted || performance.now() - began > longestUndo) return { outcome: 'running', ...said };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** As IIS has it; where it cannot be asked, as the record has it. */
async function liveOf(
  place: AppPlace,
  base: string,
  record: DeploymentRecord | undefined,
  work: Work,
): Promise<string | undefined> {
  const released = { releases: { ...record?.releases, base } };
  try {
    const served = await findApp(contextOfIis(work), place);
    return served && liveRelease(released, served.physicalPath);
  } catch {
    return liveRelease(released, undefined);
  }
}
