import { readChildScripts, readServerSources } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** Scripts that listen in a process of their own, where the program that IIS starts does not: it only starts them. */
function serversInChildren({ folder, entries, query }: FileFacts): readonly RuleFinding[] {
  return entries.flatMap((entry) => {
    const scripts = query.scriptsOf(entry);
    if (scripts.some(({ listens }) => listens.length > 0)) return [];
    return scripts
      .flatMap((script) => readChildScripts(folder, script))
      .filter((child) => readServerSources(folder, [child]).scripts.some(({ listens }) => listens.length > 0))
      .map(({ name, at }) => ({
        message: `${name} listens in a process of its own (child_process); IIS sends requests only to the process that it starts.`,
        why: 'What IIS starts never listens, and each request ends with 500.1001 after 25 seconds; the loader cannot change that.',
        fix: `let IIS start it: ${iisnodeSock} init . --entry ${name}`,
        at,
      }));
  });
}

/** The app starts further processes of itself with cluster, or its server in another one. */
export const clusterForks = defineRule({
  code: 'CLUSTER_FORKS',
  severity: 'error',
  explains: ['APP_NEVER_LISTENED', 'APP_LISTENED_ELSEWHERE', 'SESSION_LOST', 'HANDSHAKE_FAILED'],
  title: 'The app starts its own worker processes',
  why: 'All workers get the same pipe from iisnode, and node cannot share a named pipe between processes: none listens, or polling gets 400 from a process that does not know the session.',
  help: `iisnode starts the processes itself and distributes the requests: nodeProcessCountPerApplication in web.config instead of
cluster.fork(). Each process gets a pipe of its own. With several processes socket.io needs an adapter, and polling needs sticky
sessions. Let the app listen in one process when process.env.IISNODE_VERSION is set. Or let ${iisnodeSock} init . --loader always start
it: with the loader the app runs as one worker. A program that only starts the server as a child process is not what IIS should start:
the server is.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const forks: readonly RuleFinding[] = facts.server.scripts.flatMap(({ habits }) =>
      habits.forks.slice(0, 1).map((at) => ({
        message: 'The app starts worker processes, which iisnode cannot send requests to.',
        fix: 'Run one process; set nodeProcessCountPerApplication in web.config for more.',
        at,
        loader: { says: 'starts worker processes (cluster)', ofIisnode: true },
      })),
    );
    return [...forks, ...serversInChildren(facts)];
  },
});
