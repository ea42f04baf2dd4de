import { attribute } from '../../../xml/index.js';
import { httpPlatformOf } from '../../facts/http-platform.js';
import { serversWithoutStickySessions } from '../../facts/processes.js';
import { defineRule } from '../define-rule.js';

const name = 'processesPerApplication';

/** HttpPlatformHandler has no affinity at all (httpplatformhandler.md 8, symptoms.md S28). */
export const platformPollingSpread = defineRule({
  code: 'PLATFORM_POLLING_SPREAD',
  severity: 'error',
  explains: ['SESSION_LOST'],
  title: 'Several processes of HttpPlatformHandler share the polls of one session',
  why: 'HttpPlatformHandler hands each request to the next process in turn, and a poll that reaches a process that does not know its session gets 400 "Session ID unknown": clients reconnect forever.',
  help: `With processesPerApplication above 1, requests go round robin, and there is no cookie that keeps a client with one process. socket.io polls
first unless both ends say transports: ['websocket']. Keep one process, or allow only the websocket transport on both ends, with an
adapter so that the processes hear each other.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    const count = Number(platform && attribute(platform.section, name));
    if (platform === undefined || !(count > 1)) return [];
    const said = `${name} is ${count}`;
    const at = facts.query.place(platform.section);
    const [server] = serversWithoutStickySessions(facts, { count, said, at });
    if (server === undefined) return [];
    const polls = server.options.setsTransports ? 'the server allows polling' : 'socket.io polls first by default';
    return [{ message: `${said}, and ${polls}.`, fix: `${name}="1", or transports: ['websocket'] on both ends`, at }];
  },
});
