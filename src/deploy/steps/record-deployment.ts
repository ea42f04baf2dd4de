import type { DeploymentRecord, DeployStep } from '../types.js';

interface Seen {
  readonly record: DeploymentRecord | undefined;
}

/**
 * Remembers what was made, so that undeploy takes back exactly that. What it keeps is handed over by the runner as the
 * earlier steps saw it (`facts`), before they changed anything.
 */
export const recordDeployment = (facts: () => DeploymentRecord): DeployStep<Seen> => ({
  id: 'record-deployment',
  title: 'Remember what was made',
  look: async ({ records, target }, plan) => ({
    record: await records?.find(target, plan.siteName, plan.vdirPath),
  }),
  // Bookkeeping of our own: no command line stands for it, so it is done without being said.
  say: () => [],
  async do({ records }, _plan, { record }) {
    const now = facts();
    await records?.save(
      record === undefined
        ? now
        : {
            // A second deployment does not forget what the first one made.
            ...now,
            poolCreated:
              now.poolCreated || (record.poolCreated && record.pool.toLowerCase() === now.pool.toLowerCase()),
            hostStarted: now.hostStarted || record.hostStarted,
            ...(record.former === undefined ? {} : { former: record.former }),
          },
    );
  },
  async undo({ records, target }, plan, { record }) {
    if (record === undefined) await records?.remove(target, plan.siteName, plan.vdirPath);
    else await records?.save(record);
  },
});
