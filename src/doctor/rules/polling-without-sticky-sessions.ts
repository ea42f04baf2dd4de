import { serversWithoutStickySessions, severalProcesses } from '../facts/processes.js';
import { defineRule } from './define-rule.js';
import { setIisnodeAttribute, settingText } from './iisnode-edits.js';

const name = 'nodeProcessStickySessions';

/** Several node processes share the polls of one session, and only one of them knows it. */
export const pollingWithoutStickySessions = defineRule({
  code: 'POLLING_WITHOUT_STICKY_SESSIONS',
  severity: 'error',
  explains: ['SESSION_LOST', 'LIVE_UPGRADE_LOST'],
  title: 'Several node processes share the polls of one session',
  why: 'iisnode hands each request to the next process in turn, and a poll that reaches a process that does not know its session gets 400 "Session ID unknown": clients reconnect forever.',
  help: `With nodeProcessCountPerApplication other than 1 (0 is one for each processor; iisnode.yml and variables IISNODE_* override
web.config) iisnode distributes requests round robin. A WebSocket stays with its process, but socket.io clients poll first unless both
ends say transports: ['websocket']. Either keep one process, or set nodeProcessStickySessions="true", or allow only the websocket
transport on both ends. nodeProcessStickySessions needs Azure's iisnode 0.2.24 or later: an older one cannot read a section with an
attribute it does not know, and answers every request with 500.1000. Sticky sessions are a cookie, iisnode.session.cookie, which the
client must send back. Browsers do so for a page of the same origin. A page of another origin needs withCredentials: true (and cors:
{ origin, credentials: true } on the server); if it is on another site, browsers do not send the cookie even then, because it has no
SameSite attribute. Clients that are not browsers get 400 on polls forever unless they keep the cookie: socket.io-client 4.7 and later
in node with withCredentials: true, older versions with a Cookie header that you set (extraHeaders; in version 2 transportOptions:
{ polling: { extraHeaders: { Cookie } } }), or with transports: ['websocket'], which needs no cookie. Sticky sessions do not carry
broadcasts from one process to another: that needs an adapter. --fix sets the attribute.`,
  check(facts) {
    const processes = severalProcesses(facts);
    const [server] = processes ? serversWithoutStickySessions(facts, processes) : [];
    if (!processes || !server) return [];
    const { setsTransports } = server.options;
    const polls = setsTransports ? 'the server allows polling' : 'socket.io polls first by default';
    const setting = facts.query.appSetting('transports');
    const from = setting === undefined || server.options.transports ? '' : ` (appSettings transports: ${setting})`;
    return [
      {
        message: `${processes.said}, ${polls}${setsTransports ? from : ''}, and ${name} is not true.`,
        fix: `${settingText(facts, name, 'true')} (Azure's iisnode 0.2.24 or later), or transports: ['websocket'] on both ends, or one process`,
        at: processes.at ?? server.at,
      },
    ];
  },
  fix: (facts) => setIisnodeAttribute(facts, name, 'true'),
});
