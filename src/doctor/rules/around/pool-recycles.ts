import { openedSockets } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} minutes`;
const hours = (ms: number): string => `${Math.round(ms / 3_600_000)} hours`;

/** symptoms.md S54: the defaults of pools were made for short requests. */
export const poolRecycles = defineRule({
  code: 'POOL_RECYCLES',
  severity: 'info',
  title: 'The application pool ends its processes from time to time',
  why: 'node ends with the worker process of the pool: all sockets are disconnected at the same time, timers stop, and what is only in memory is lost.',
  help: `A pool ends its worker process after 20 minutes without a request (processModel.idleTimeout) and every 29 hours
(recycling.periodicRestart.time), unless its settings say otherwise; iisnode's node processes end with it. Clients reconnect, but a timer of
the app does not run at night. appcmd set apppool NAME /processModel.idleTimeout:00:00:00 /startMode:AlwaysRunning
/recycling.periodicRestart.time:00:00:00, and a recycle at a fixed time if one is wanted. The doctor sees the settings with --apphost FILE.`,
  check(facts) {
    const { iis } = facts;
    const settings = iis?.pool.settings;
    if (iis === undefined || settings === undefined || openedSockets(facts) === undefined) return [];
    const { idleTimeout, recycleEvery } = settings;
    const { name, place } = iis.pool;
    const when = [
      ...(idleTimeout > 0 ? [`after ${minutes(idleTimeout)} without a request`] : []),
      ...(recycleEvery > 0 ? [`every ${hours(recycleEvery)}`] : []),
    ];
    if (when.length === 0) return [];
    const zero = [
      ...(idleTimeout > 0 ? ['/processModel.idleTimeout:00:00:00'] : []),
      ...(recycleEvery > 0 ? ['/recycling.periodicRestart.time:00:00:00'] : []),
    ];
    const message = `The pool "${name}" ends its worker process ${when.join(' and ')}.`;
    return [{ message, fix: `appcmd set apppool "${name}" ${zero.join(' ')}`, ...(place && { at: place }) }];
  },
});
