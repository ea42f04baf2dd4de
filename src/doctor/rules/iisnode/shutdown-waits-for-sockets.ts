import { iisnodeDefaults } from '../../../webconfig/index.js';
import { hasIisnodeHandler, realtimeLibraries } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { setIisnodeAttribute, settingText } from '../iisnode-edits.js';

const name = 'gracefulShutdownTimeout';

/** An open socket keeps the old process running (symptoms.md S53). */
export const shutdownWaitsForSockets = defineRule({
  code: 'SHUTDOWN_WAITS_FOR_SOCKETS',
  severity: 'warning',
  title: 'After a change visitors stay on the old process for long',
  why: 'iisnode ends an old process when its last request ends, or after gracefulShutdownTimeout; a WebSocket is a request that does not end, so clients talk to the old code all that time.',
  help: `When a watched file changes, iisnode starts new processes and lets the old ones finish their requests, at most gracefulShutdownTimeout (60
seconds by default). Users on the old and the new process do not see each other meanwhile. For an app with sockets a longer time only
delays the change: 5000 is enough, and socket.io's clients reconnect by themselves. --fix sets 5000.`,
  check(facts) {
    const { iisnode } = facts;
    const value = iisnode?.values[name] ?? 0;
    if (iisnode === undefined || value <= iisnodeDefaults[name] || !hasIisnodeHandler(facts)) return [];
    if (realtimeLibraries(facts).length === 0) return [];
    const at = facts.query.iisnodePlace(name);
    const message = `${name} is ${value} ms, and open sockets keep the old process until then.`;
    return [{ message, fix: settingText(facts, name, '5000'), ...(at && { at }) }];
  },
  fix: (facts) => setIisnodeAttribute(facts, name, '5000'),
});
