import { iisnodeSock } from '../../typed-command.js';
import { iisnodeDefaults } from '../../webconfig/index.js';
import { hasIisnodeHandler, realtimeLibraries } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { setIisnodeAttribute, settingText } from './iisnode-edits.js';

const name = 'maxConcurrentRequestsPerProcess';

/** The limit of requests per process is low, and each open socket counts as a request. */
export const fewConcurrentRequests = defineRule({
  code: 'FEW_CONCURRENT_REQUESTS',
  severity: 'info',
  explains: [
    { finding: 'PAGE_FAILED', saying: /503/ },
    { finding: 'HANDSHAKE_FAILED', saying: /503/ },
  ],
  title: 'Each node process accepts few sockets',
  why: 'An open WebSocket or a pending poll counts as a request until it ends: clients above the limit get 503 (sub-status 1002), and nothing is logged.',
  help: `iisnode refuses requests above maxConcurrentRequestsPerProcess immediately, without a queue, and a socket counts as long as it is
open. The default is 1024; a lower value is right for short requests and wrong for sockets, and 0 refuses everything. A high value such as
20000 costs nothing: the number is only compared. ${iisnodeSock} capacity --viewers N says what N viewers need, in iisnode and elsewhere.
--fix sets 20000.`,
  check(facts) {
    const { iisnode } = facts;
    const value = iisnode?.values[name];
    if (iisnode === undefined || value === undefined || value >= iisnodeDefaults[name]) return [];
    if (!hasIisnodeHandler(facts) || (value > 0 && realtimeLibraries(facts).length === 0)) return [];
    const at = facts.query.iisnodePlace(name);
    return [
      {
        severity: value === 0 ? 'error' : 'info',
        message:
          value === 0
            ? `${name} is 0: every request is refused.`
            : `${name} is ${value}: a process accepts no more sockets than that.`,
        ...(value === 0 && { why: 'iisnode answers each request with 503 (sub-status 1002).' }),
        fix: settingText(facts, name, '20000'),
        ...(at && { at }),
      },
    ];
  },
  fix: (facts) => setIisnodeAttribute(facts, name, '20000'),
});
