import { plural } from '../../amounts.js';
import { UserError } from '../../errors.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext, DeployStep } from '../step.js';

interface SeenOld {
  /** Ids of releases, and of what is left of incomplete ones. */
  readonly old: readonly string[];
}

/** Not the live one, nor the one that was live until now: its processes are still ending, and load files. */
function lookAtOld({ releases, earlier }: DeployContext, { release }: DeployPlan): SeenOld {
  if (releases === undefined || release === undefined) return { old: [] };
  const needed = [release.id, release.from, earlier?.releases?.live];
  const others = releases.folder.list().filter(({ id }) => id !== release.id);
  const beyond = others.slice(0, Math.max(0, others.length - (release.keep - 1))).map(({ id }) => id);
  return { old: [...beyond.filter((id) => !needed.includes(id)), ...releases.folder.leftovers()] };
}

/** Keeps the last releases, and removes what ended deployments have left. */
export const removeOldReleases: DeployStep<SeenOld> = {
  id: 'remove-old-releases',
  title: (_context, { release }) => `Keep ${plural(release?.keep ?? 0, 'release')}`,
  mentioned: (_context, { release }, { old }) => release !== undefined && old.length > 0,
  look: async (context, plan) => lookAtOld(context, plan),
  say: (_context, _plan, { old }) => old.map((id) => `(remove release ${id})`),
  async do({ releases }, _plan, { old }) {
    const held: string[] = [];
    for (const id of old) await releases?.folder.remove(id).catch(() => void held.push(id));
    if (held.length === 0) return;
    throw new UserError('RELEASE_IN_USE', {
      what: `in use: ${held.join(', ')}`,
      why: 'a process still has files of it open; the next deployment removes it',
      next: 'deploy again later',
      exit: 'refused',
    });
  },
  undo: 'clean-up',
  remove: { keeps: 'copy-release removes all releases' },
};
