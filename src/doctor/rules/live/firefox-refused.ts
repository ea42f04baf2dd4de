import { iisnodeSock } from '../../../typed-command.js';
import { defineLiveRule, hasWebSocket, perhaps } from './define-live-rule.js';

/** iisnode compares the header Connection as a whole (symptoms.md S07). */
export const firefoxRefused = defineLiveRule({
  code: 'LIVE_FIREFOX_REFUSED',
  severity: 'warning',
  title: 'The WebSocket does not open for Firefox',
  why: 'Firefox stays on polling, or cannot connect where the client allows the WebSocket alone; other browsers connect.',
  help: `Firefox sends "Connection: keep-alive, Upgrade"; iisnode takes a request for an upgrade only where the header is "Upgrade" and nothing else.
A rule of URL Rewrite that sets HTTP_CONNECTION to Upgrade where it contains that word solves it; the variable must be allowed on the server
(allowedServerVariables), which ${iisnodeSock} deploy does, and ${iisnodeSock} init writes the rule.`,
  check: (facts) => {
    const { firefox } = facts.probe.sockets ?? {};
    if (firefox === undefined || firefox.kind === 'open' || !hasWebSocket(facts)) return [];
    const seen = firefox.kind === 'answered' ? `HTTP ${firefox.status} instead of 101` : firefox.error.message;
    return perhaps({
      message: `A WebSocket at ${firefox.url} with "Connection: keep-alive, Upgrade": ${seen}; with "Connection: Upgrade" it opens.`,
      fix: `The rule that ${iisnodeSock} init writes: it sets HTTP_CONNECTION to Upgrade for such requests.`,
    });
  },
});
