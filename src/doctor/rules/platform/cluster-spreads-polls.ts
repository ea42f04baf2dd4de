import { placeAt } from '../../../source/index.js';
import { serversWithoutStickySessions } from '../../facts/processes.js';
import { isBehindProxy } from '../../facts/realtime.js';
import { pm2Program } from '../../facts/service.js';
import { defineRule } from '../define-rule.js';

/** What keeps a client with one process of a cluster (socket.io/docs/v4/pm2). */
const affinity = ['@socket.io/sticky', '@socket.io/pm2', 'sticky-session', 'sticky-cluster'];

/** pm2's cluster mode hands each connection of the proxy to the next process (symptoms.md S28). */
export const clusterSpreadsPolls = defineRule({
  code: 'CLUSTER_SPREADS_POLLS',
  severity: 'error',
  explains: ['SESSION_LOST'],
  title: 'Several processes that pm2 starts share the polls of one session',
  why: 'The processes share the port, and a poll that reaches one that does not know its session gets 400 "Session ID unknown": clients reconnect forever.',
  help: `With instances above 1 (or max) pm2 starts the app in its cluster mode, where the connections of the reverse proxy go to one process after the
other, in turn. socket.io polls first unless both ends say transports: ['websocket']. Keep one process, or allow only the
websocket transport on both ends, or use @socket.io/sticky, with an adapter so that the processes hear each other.`,
  check(facts) {
    const { app, file } = pm2Program(facts) ?? {};
    const instances = app?.instances ?? '1';
    const count = instances === 'max' ? 0 : Math.max(0, Number(instances));
    if (file === undefined || !isBehindProxy(facts) || !Number.isInteger(count) || count === 1) return [];
    const { dependencies } = facts.package;
    if (affinity.some((name) => facts.server.modules.has(name) || name in dependencies)) return [];
    const said = `instances is ${instances} in ${file}`;
    const text = facts.folder.read(file) ?? '';
    const source = { file: `${facts.folder.root}/${file}`, text };
    const at = placeAt(source, Math.max(0, text.search(/\binstances\b/)));
    const [server] = serversWithoutStickySessions(facts, { count, said, at });
    if (server === undefined) return [];
    const polls = server.options.setsTransports ? 'the server allows polling' : 'socket.io polls first by default';
    return [{ message: `${said}, and ${polls}.`, fix: "instances: 1, or transports: ['websocket'] on both ends", at }];
  },
});
