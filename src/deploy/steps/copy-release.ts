import { existsSync, readdirSync } from 'node:fs';
import { plural, size as sizeText } from '../../amounts.js';
import { isBelow } from '../../files/index.js';
import type { DeployPlan, PlannedRelease } from '../plan.js';
import { whoIsIt } from '../releases/journal.js';
import { openReleases } from '../releases/release-folder.js';
import type { DeployContext, DeployStep, Removal } from '../step.js';

interface SeenRelease {
  /** It was copied before: the app is unchanged, or this is a rollback. */
  readonly isThere: boolean;
}

/** The app as it is now, in a folder of its own: what is live is not changed while it is copied. */
export const copyRelease: DeployStep<SeenRelease> = {
  id: 'copy-release',
  title: (_context, { release }) => `Copy the app: release ${release?.id ?? ''}`,
  mentioned: (_context, { release }) => release !== undefined,
  look: async ({ releases }, { release }) => ({
    isThere: releases === undefined || releases.folder.list().some(({ id }) => id === release?.id),
  }),
  say: (_context, { release, directory }, { isThere }) =>
    isThere || release === undefined
      ? []
      : [`(copy ${plural(release.count, 'file')}, ${sizeText(release.size)}, to ${directory})`],
  async do({ releases, signal, began = Date.now() }, { release }, { isThere }, { progress }) {
    const { folder, app } = releases ?? {};
    if (isThere || folder === undefined || app === undefined || release === undefined) return;
    const created = new Date(began).toISOString();
    const { id, count, size } = release;
    const made = { id, count, size, hash: app.hash, created, who: whoIsIt() };
    if (releases?.isStaged === true) await folder.complete(made, app);
    else await folder.copy(made, app, { signal, progress });
  },
  async undo(context, plan, { isThere }) {
    const [{ releases }, { release }] = [context, plan];
    if (isThere || release === undefined || releases === undefined) return;
    const { folder } = releases;
    // What stays is a leftover, which the next deployment removes: logs of an app that did not start, a file that is still in use.
    if (staysForLogs(context, plan)) await folder.discard(release.id);
    else await folder.remove(release.id).catch(() => undefined);
  },
  usedBy: () => ['create-site', 'create-application', 'switch-release'],
  remember: async (_context, { release }, earlier) => {
    if (release !== undefined) return { releases: recordOf(release) };
    // In place again: undeploy still removes the releases.
    const { base, keep } = earlier?.releases ?? {};
    return base === undefined || keep === undefined ? {} : { releases: { base, keep } };
  },
  remove: removeReleases,
};

/** On IIS grant-rights says that they stay; on the embedded IIS the reason was shown, and nothing stays. */
const staysForLogs = ({ target }: DeployContext, { directory, logDirectory }: DeployPlan): boolean =>
  target.kind === 'iis' && hasLogs(logDirectory, directory);

/** The folder of the release is made by this deployment, and its undo removes it. */
export function isRemovedByUndo(context: DeployContext, plan: DeployPlan): boolean {
  const made = context.releases?.folder.list().find(({ id }) => id === plan.release?.id)?.created;
  const { isStaged = false } = context.releases ?? {};
  const isMadeNow = made !== undefined && (isStaged || Date.parse(made) === context.began);
  return isMadeNow && !staysForLogs(context, plan);
}

const hasLogs = (logs: string | undefined, release: string): boolean =>
  logs !== undefined && isBelow(release, logs) && existsSync(logs) && readdirSync(logs).length > 0;

const recordOf = ({ base, keep, id }: PlannedRelease) => ({ base, keep, live: id });

/** Undeploy removes all copies of the app; the journal stays. */
async function removeReleases(_context: DeployContext, removal: Removal): Promise<void> {
  const base = removal.record?.releases?.base;
  if (base === undefined) return;
  const folder = openReleases(base);
  const kept: string[] = [];
  const names = [...folder.list().map(({ id }) => id), ...folder.leftovers()];
  if (!removal.dryRun) {
    for (const id of names) await folder.remove(id).catch(() => void kept.push(id));
    await folder.setUnfinished(undefined);
  }
  if (names.length === 0) return;
  removal.did(`(remove ${plural(names.length, 'release')} in ${base})`);
  removal.say(`removed ${plural(names.length - kept.length, 'release')} in ${base}; the journal stays`);
  if (kept.length > 0)
    removal.say(`still in use, remove them later: ${kept.map((id) => folder.folderOf(id)).join(', ')}`);
}

/** Does this deployment change what is live between releases, or between a release and the app's own folder? */
export const isSwitch = ({ earlier }: Pick<DeployContext, 'earlier'>, { release }: DeployPlan): boolean =>
  release !== undefined || earlier?.releases?.live !== undefined;
