import { isPoolOfOthers } from '../pool-use.js';
import { findPool } from '../steps/run-appcmd.js';
import type { Obstacle, Preflight, PreflightCheck } from './check.js';

/** A pool that others use keeps its settings; with several worker processes no session of socket.io would hold. */
async function look({ context, plan }: Preflight): Promise<Obstacle | undefined> {
  const workers = (await findPool(context, plan.poolName))?.configured('processModel.maxProcesses') ?? '1';
  if (workers === '1' || !(await isPoolOfOthers(context, plan.poolName, plan))) return undefined;
  return {
    code: 'POOL_SHARED',
    what: `the application pool "${plan.poolName}" has ${workers} worker processes, and other applications use it`,
    why: 'Several worker processes (a web garden) take requests in turn, and none knows the sessions of the others: socket.io needs one. Deploy does not change a pool that others use.',
    next: 'leave --pool out (the app then gets its own pool), or give --force to set one worker process for all of them',
    isForcible: true,
  };
}

export const webGarden: PreflightCheck = {
  id: 'web-garden',
  title: 'The application pool has one worker process, or may be changed',
  look,
};
