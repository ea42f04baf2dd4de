import type { EventSeen } from '../../../server/index.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** What says more than that the pool was disabled: the account, a module or a file, then a crash. */
function reasonIn(events: readonly EventSeen[]): EventSeen | undefined {
  const kinds: readonly EventSeen['kind'][] = ['identity', 'module', 'configuration', 'crash', 'disabled'];
  return kinds.flatMap((kind) => events.find((event) => event.kind === kind) ?? [])[0];
}

/** iis.md 2.4 and 4.8. */
export const poolStopped = defineRule({
  code: 'POOL_STOPPED',
  severity: 'error',
  explains: everythingFails,
  title: 'The application pool of the app is stopped',
  why: 'HTTP.sys answers every request with 503 (Service Unavailable); nothing reaches IIS or node, and there is no log of the app.',
  help: `A pool that is stopped stays so until it is started: by appcmd start apppool /apppool.name:NAME, or by deploy. IIS stops it itself after
five crashes of its worker process in five minutes (rapid-fail protection; crashes of node do not count), or when the user of the pool cannot
log on; the event log of the system (source WAS) has the reason. The doctor looks on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check({ serverSeen: { poolState, events = [] }, iis }) {
    if (iis === undefined || (poolState !== 'Stopped' && poolState !== 'Stopping')) return [];
    const { name } = iis.pool;
    const reason = reasonIn(events);
    const message = `The pool "${name}" is ${poolState === 'Stopped' ? 'stopped' : 'being stopped'}${reason ? `: ${reason.says} (${reason.at})` : ''}.`;
    const start = `appcmd start apppool /apppool.name:"${name}"`;
    return [
      {
        message,
        fix: reason?.kind === 'identity' ? `Set the user and the password of the pool again, then ${start}` : start,
      },
    ];
  },
});
