import { hasIisnodeHandler } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** An environment variable written where node's own arguments stand. */
export const pipeInstancesAsArgument = defineRule({
  code: 'PIPE_INSTANCES_AS_ARGUMENT',
  severity: 'error',
  title: 'NODE_PENDING_PIPE_INSTANCES is no argument of node.exe',
  why: 'node takes it for the script to run, or for an option it does not know, and ends at once: iisnode answers 500.1002.',
  help: `NODE_PENDING_PIPE_INSTANCES says how many connections may wait at a node process's named pipe; node reads it from the
environment (lib/net.js). iisnode 0.2.21 and later set it to 5000 for every process, so nothing need be done there. With an older one set it for the
machine, for the application pool, or as a key of appSettings, and leave nodeProcessCommandLine to node and its options.`,
  check(facts) {
    const { iisnode } = facts;
    const name = 'nodeProcessCommandLine';
    // `cmd /c set NODE_PENDING_PIPE_INSTANCES=5000 & node.exe` is no argument of node's.
    if (!iisnode || !/(?<!\bset\s+"?)\bNODE_PENDING_PIPE_INSTANCES/i.test(iisnode.settings.values[name])) return [];
    if (!hasIisnodeHandler(facts)) return [];
    const at = iisnode.placeOf(name);
    const fix =
      'Take it out; for an iisnode before 0.2.21: <add key="NODE_PENDING_PIPE_INSTANCES" value="5000" /> in appSettings';
    return [{ message: `${name} holds NODE_PENDING_PIPE_INSTANCES, an environment variable.`, fix, ...(at && { at }) }];
  },
});
