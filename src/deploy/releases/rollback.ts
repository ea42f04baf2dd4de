import { readApp } from '../../app/index.js';
import { beforeAnyChange, UserError } from '../../errors.js';
import { isSsh } from '../../ssh/index.js';
import { typedCommand } from '../../typed-command.js';
import { deployTo } from '../deploy.js';
import { resultOf } from '../deploy-result.js';
import { hintsFor } from '../hints-for.js';
import { rollbackOverSsh } from '../over-ssh/commands.js';
import { planDeploy, refuseUncheckedExpect } from '../plan-deploy.js';
import { waitsForOthers } from '../reporter.js';
import { withServerLock } from '../server-lock.js';
import { requireTargets } from '../server-names.js';
import { findApp } from '../steps/run-appcmd.js';
import { chooseTarget } from '../targets/choose-target.js';
import type { DeployEvent, DeployOptions, DeployResult, RollbackOptions } from '../types.js';
import { findReleased, type ReleasedRecord } from './find-deployment.js';
import { completeOf, type JournalEntry, readJournal } from './journal.js';
import type { FarRequest } from './journalled.js';
import type { Release } from './release.js';
import { openReleases, type ReleaseFolder } from './release-folder.js';

/**
 * Makes a kept release live again, by the plan of a deployment: what its web.config needs is set up, the physical path is switched, the
 * pool recycled and the live app checked; a failure is rolled back. Does nothing when the release is live.
 * @param far The request of another machine that it is.
 * @throws UserError NOT_DEPLOYED, NO_RELEASES, RELEASE_NOT_FOUND, NO_EARLIER_RELEASE; what `deploy` throws.
 */
export async function rollback(
  options: RollbackOptions,
  report: (event: DeployEvent) => void = () => undefined,
  far?: FarRequest,
): Promise<DeployResult> {
  requireTargets([options.to]);
  if (isSsh(options.to)) return rollbackOverSsh(options, report);
  const began = performance.now();
  refuseUncheckedExpect({ ...options, directory: '' }, true);
  const { target: to, directory } = await findReleased(options, 'rollback');
  const { signal = new AbortController().signal, environment = process.env, dryRun = false } = options;
  const target = chooseTarget({ ...options, to }, signal);
  const work = async (): Promise<DeployResult> => {
    // Again: the deployment that this one has waited for may have changed it.
    const record = await findReleased(options, 'rollback');
    const { base, keep } = record.releases;
    const folder = openReleases(base);
    const place = { siteName: record.site, vdirPath: record.path };
    const live = folder.at((await findApp(target.context, place))?.physicalPath);
    const release = chooseRelease(folder, live?.id, options.release, far ? undefined : options);
    const asked = optionsFor(record, folder.folderOf(release.id), options);
    const app = readApp(asked.directory, { environment, vdirPath: record.path });
    const plan = planDeploy(app, asked, undefined);
    const chosen = { base, keep, release, source: record.directory, ...(far && { far }) };
    return resultOf(await deployTo(app, target, plan, { options: asked, faults: [] }, report, chosen), began, asked);
  };
  const onWait = waitsForOthers(report);
  const asked = { command: `rollback ${directory}`, target: to, signal, onWait };
  return (dryRun ? work() : withServerLock(target.home, asked, work)).catch((error: unknown) => {
    // What another machine has asked is told there, where the folder is another one.
    throw far === undefined ? hintsFor(beforeAnyChange(error, signal), directory) : error;
  });
}

/** The words that name the same deployment. @param option Before its folder. */
const wordsOf = (
  { directory, to, site, path: vdirPath }: RollbackOptions,
  option: readonly string[],
): readonly string[] => [
  ...(directory === undefined ? [] : [...option, directory]),
  ...(to === undefined ? [] : ['--to', to]),
  ...(site === undefined ? [] : ['--site', site]),
  ...(vdirPath === undefined ? [] : ['--path', vdirPath]),
];

/** A deployment of the release's folder, to where the app is. */
function optionsFor(record: ReleasedRecord, directory: string, options: RollbackOptions): DeployOptions {
  const { directory: _source, release: _release, ...others } = options;
  const { target, site, path, pool } = record;
  return { ...others, directory, to: target, site, path, pool, build: false };
}

/**
 * The release to go back to where none is named; undefined: there is none. A rollback that was killed after its switch has left its
 * release live, and another one before in the journal: it is made complete, for going back by one more would skip a release.
 */
export function releaseBefore(
  all: readonly Release[],
  live: string | undefined,
  journal: readonly Pick<JournalEntry, 'command' | 'outcome' | 'release'>[],
): Release | undefined {
  const complete = completeOf(journal);
  // A killed deployment may have left a release that was never live.
  const done = new Set(complete.map(({ release }) => release));
  const last = complete.at(-1);
  const isOpen = live !== undefined && done.has(live) && last !== undefined;
  if (isOpen && (last.release === undefined || live < last.release)) return all.find(({ id }) => id === live);
  const earlier = all.filter(({ id }) => live === undefined || id < live);
  return earlier.findLast(({ id }) => done.has(id)) ?? earlier.at(-1);
}

/** @param place What named the deployment on this machine; undefined: another machine has asked, and its command is not known. */
function chooseRelease(
  folder: ReleaseFolder,
  live: string | undefined,
  asked: string | undefined,
  place: RollbackOptions | undefined,
): Release {
  const all = folder.list();
  if (asked === undefined) {
    const found = releaseBefore(all, live, readJournal(folder.base));
    if (found !== undefined) return found;
    throw noEarlier(folder, all, live, place);
  }
  const [found, ...others] = all.filter(({ id }) => id.startsWith(asked) || id.endsWith(`-${asked}`));
  if (found !== undefined && others.length === 0) return found;
  throw new UserError('RELEASE_NOT_FOUND', {
    what: found === undefined ? `there is no release "${asked}"` : `"${asked}" is the beginning of several releases`,
    why: all.length === 0 ? `${folder.base} has none` : `kept: ${namesOf(all, live)}`,
    next: `name one of them${place === undefined ? '' : ` (${typedCommand(['releases', ...wordsOf(place, [])])} shows more)`}`,
  });
}

function noEarlier(
  { base }: ReleaseFolder,
  all: readonly Release[],
  live: string | undefined,
  place: RollbackOptions | undefined,
): UserError {
  if (all.length === 0) {
    const undeploy = place === undefined ? 'with undeploy' : typedCommand(['undeploy', ...wordsOf(place, [])]);
    return new UserError('NO_EARLIER_RELEASE', {
      what: 'there is no release to go back to',
      why: `${base} has none: a command was ended in the middle`,
      next: `deploy the app again; or remove what is left of it: ${undeploy}`,
      exit: 'refused',
    });
  }
  const other = all.findLast(({ id }) => id !== live)?.id;
  const command =
    other && (place === undefined ? other : typedCommand(['rollback', other, ...wordsOf(place, ['--dir'])]));
  return new UserError('NO_EARLIER_RELEASE', {
    what: 'there is no release before the live one',
    why: `kept: ${namesOf(all, live)}`,
    next:
      command === undefined
        ? 'nothing can be rolled back to; the next deployment keeps this release as the earlier one'
        : `name the release, for example the newest other one: ${command}`,
    exit: 'refused',
  });
}

const namesOf = (all: readonly Release[], live: string | undefined): string =>
  all.map(({ id }) => `${id}${id === live ? ' (live)' : ''}`).join(', ');
