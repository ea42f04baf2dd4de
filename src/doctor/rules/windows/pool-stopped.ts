import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** iis.md 2.4 and 4.8. */
export const poolStopped = defineRule({
  code: 'POOL_STOPPED',
  severity: 'error',
  explains: everythingFails,
  title: 'The application pool of the app is stopped',
  why: 'HTTP.sys answers every request with 503 (Service Unavailable); nothing reaches IIS or node, and there is no log of the app.',
  help: `A pool that is stopped stays so until it is started: by appcmd start apppool /apppool.name:NAME, or by deploy. IIS stops it itself after
five crashes of its worker process in five minutes (rapid-fail protection; crashes of node do not count), or when the user of the pool cannot
log on; the event log of the system (source WAS) has the reason. The doctor looks on Windows, where appcmd.exe is found; not with --no-server.`,
  check({ serverSeen: { poolState }, iis }) {
    if (iis === undefined || (poolState !== 'Stopped' && poolState !== 'Stopping')) return [];
    const { name } = iis.pool;
    const message = `The pool "${name}" is ${poolState === 'Stopped' ? 'stopped' : 'being stopped'}.`;
    return [{ message, fix: `appcmd start apppool /apppool.name:"${name}"` }];
  },
});
