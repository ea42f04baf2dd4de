import { startPool, startSite, stopPool, stopSite } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import { type Condition, lookFor, type PartOfScript, runAppcmd, type Variable } from './script-part.js';
import { wasIdle } from './services-part.js';

/** A pool or a site that is stopped is started; new ones start by themselves. */
const startPart =
  (
    into: Variable,
    object: (plan: DeployPlan) => {
      readonly why: string;
      readonly list: readonly string[];
      readonly start: readonly string[];
      readonly stop: readonly string[];
    },
  ): PartOfScript =>
  (plan) => {
    const { why, list, start, stop } = object(plan);
    const wasStopped: Condition = { variable: into, equals: 'Stopped' };
    return {
      why,
      look: [lookFor(into, [...list, '/text:state'])],
      // Where IIS was stopped, its answer was none about the object itself.
      change: [lookFor(into, [...list, '/text:state'], [wasIdle]), runAppcmd(start, [wasStopped])],
      undo: [
        lookFor(into.replace('BEFORE', 'NOW'), [...list, '/text:state'], [wasStopped]),
        runAppcmd(stop, [wasStopped, { variable: into.replace('BEFORE', 'NOW'), isNot: 'Stopped' }]),
      ],
      remove: [], // others may use it
    };
  };

export const startPoolPart = startPart('BEFORE_POOL_STATE', ({ poolName: pool }) => ({
  why: 'The pool is started, where it is stopped.',
  list: ['list', 'apppool', `/apppool.name:${pool}`],
  start: startPool(pool),
  stop: stopPool(pool),
}));

export const startSitePart = startPart('BEFORE_SITE_STATE', ({ siteName: site }) => ({
  why: 'The site is started, where it is stopped.',
  list: ['list', 'site', `/site.name:${site}`],
  start: startSite(site),
  stop: stopSite(site),
}));
