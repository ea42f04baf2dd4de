import { hasIisnodeHandler } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** An environment variable in the place of node's arguments. */
export const pipeInstancesAsArgument = defineRule({
  code: 'PIPE_INSTANCES_AS_ARGUMENT',
  severity: 'error',
  explains: [
    'APP_NOT_STARTED',
    { finding: 'APP_CRASHED', saying: /bad option|Cannot find module|NODE_PENDING|pending-pipe-instances/i },
  ],
  title: 'NODE_PENDING_PIPE_INSTANCES is not an argument of node.exe',
  why: 'node treats it as the script to run, or as an unknown option, and ends immediately: iisnode answers 500.1002.',
  help: `NODE_PENDING_PIPE_INSTANCES says how many connections may wait at a node process's named pipe; node reads it from the
environment (lib/net.js). iisnode 0.2.21 and later set it to 5000 for every process: you do not need to set it. With an older version set it for the
machine, for the application pool, or as a key of appSettings. nodeProcessCommandLine is for node and its options only.`,
  check(facts) {
    const { iisnode } = facts;
    const name = 'nodeProcessCommandLine';
    // `cmd /c set NODE_PENDING_PIPE_INSTANCES=5000 & node.exe` does not pass it to node. As a switch it is no option of node either.
    const written = /(?<!\bset\s+"?)\bNODE_PENDING_PIPE_INSTANCES|--pending[-_]pipe[-_]instances/i.exec(
      iisnode?.values[name] ?? '',
    )?.[0];
    if (written === undefined) return [];
    if (!hasIisnodeHandler(facts)) return [];
    const at = facts.query.iisnodePlace(name);
    const fix =
      'Remove it; for an iisnode before 0.2.21: <add key="NODE_PENDING_PIPE_INSTANCES" value="5000" /> in appSettings';
    return [
      {
        message: written.startsWith('--')
          ? `${name} contains ${written}, which node does not know: it is the environment variable NODE_PENDING_PIPE_INSTANCES.`
          : `${name} contains NODE_PENDING_PIPE_INSTANCES, which is an environment variable.`,
        fix,
        ...(at && { at }),
      },
    ];
  },
});
