import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** The app starts further processes of itself with cluster. */
export const clusterForks = defineRule({
  code: 'CLUSTER_FORKS',
  severity: 'error',
  explains: ['APP_NEVER_LISTENED', 'APP_LISTENED_ELSEWHERE', 'SESSION_LOST', 'HANDSHAKE_FAILED'],
  title: 'The app starts its own worker processes',
  why: 'All workers get the same pipe from iisnode, and node cannot share a named pipe between processes: none listens, or polling gets 400 from a process that does not know the session.',
  help: `iisnode starts the processes itself and distributes the requests: nodeProcessCountPerApplication in web.config instead of
cluster.fork(). Each process gets a pipe of its own. With several processes socket.io needs an adapter, and polling needs sticky
sessions. Let the app listen in one process when process.env.IISNODE_VERSION is set. Or let ${iisnodeSock} init . --loader always start
it: with the loader the app runs as one worker.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return facts.server.scripts.flatMap(({ habits }) =>
      habits.forks.map((at) => ({
        message: 'The app starts worker processes, which iisnode cannot send requests to.',
        fix: 'Run one process; set nodeProcessCountPerApplication in web.config for more.',
        at,
        loader: { says: 'starts worker processes (cluster)', ofIisnode: true },
      })),
    );
  },
});
