import type { EventSeen } from '../../../server/index.js';
import { defineRule } from '../define-rule.js';

/** A module of the app's chain; other DLLs may be of other sites. */
const isOfChain = ({ says }: EventSeen): boolean =>
  /\b(?:iisnode|rewrite|httpplatformhandler(?:v2)?|requestrouter)\.dll\b/i.test(says);

/** symptoms.md S54: rapid-fail protection; the event log has why. */
export const workerProcessFails = defineRule({
  code: 'WORKER_PROCESS_FAILS',
  severity: 'warning',
  title: 'The worker process of the pool has failed in the last day',
  why: 'node ends with its worker process: all sockets are disconnected, and after five failures in five minutes IIS stops the pool (503).',
  help: `The event log has what WAS (log System) and the worker process (log Application, IIS-W3SVC-WP) say of the pool: a process that ended, a
module that cannot be loaded, a configuration that cannot be read, an account that cannot log on. node itself may crash without any of
that: iisnode starts it again, and its stderr is in iisnode's logs. "Application Error" in the log Application names the module in which
w3wp.exe crashed. The doctor looks on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check({ serverSeen: { events = [], poolState } }) {
    // Then it is said why it is stopped.
    if (poolState === 'Stopped' || poolState === 'Stopping') return [];
    const aboutApp = events.filter((event) => event.kind !== 'module' || isOfChain(event));
    const [newest, ...others] = aboutApp;
    if (newest === undefined) return [];
    const more =
      others.length === 0
        ? ''
        : `, and ${others.length} more ${others.length === 1 ? 'entry' : 'entries'} of the last day`;
    return [
      {
        message: `The event log says: ${newest.says} (${newest.at})${more}.`,
        fix: 'Look at the entries of WAS and IIS-W3SVC-WP in the event log.',
      },
    ];
  },
});
