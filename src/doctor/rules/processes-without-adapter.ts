import { hasAdapter, severalProcesses, spread } from '../facts/processes.js';
import { usesSocketIo } from '../facts/realtime.js';
import { clusterAdapter } from '../source/adapter-package.js';
import { defineRule } from './define-rule.js';
import { settingText } from './iisnode-edits.js';

/** What one process sends to everybody reaches its own clients only. */
export const processesWithoutAdapter = defineRule({
  code: 'PROCESSES_WITHOUT_ADAPTER',
  severity: 'warning',
  title: 'Several node processes or machines, and no adapter joins them',
  why: "socket.io's own adapter lives in the memory of one process: a message to a room or to everybody reaches the clients of that process and no others, without any error.",
  help: `With more than one node process (nodeProcessCountPerApplication, or several machines: say so with --machines N) io.emit, io.to(room).emit,
socket.broadcast and the like need an adapter that carries them to the other processes: io.adapter(createAdapter(client)) of
@socket.io/redis-streams-adapter or @socket.io/redis-adapter, with one Redis for all. @socket.io/cluster-adapter is none of them: it
needs node's cluster, and iisnode starts its processes itself. Sticky sessions mend the handshake, not broadcasts; over several
machines polling needs affinity at the balancer, too. Where a message is meant for the clients of its own process only, write io.local.emit. Or keep one process: one carries
thousands of viewers, as iisnode-sock capacity tells.`,
  check(facts) {
    const apart = spread(facts);
    if (!apart || !usesSocketIo(facts) || hasAdapter(facts)) return [];
    const broadcasts = facts.server.scripts.flatMap(({ reach }) => reach.broadcasts);
    const [first] = broadcasts;
    if (first === undefined) return [];
    const without = facts.server.modules.has(clusterAdapter)
      ? `${clusterAdapter} joins the workers of node's cluster, not iisnode's processes`
      : 'there is no adapter';
    const orOne =
      facts.machines === 1 && severalProcesses(facts)
        ? `, or ${settingText(facts, 'nodeProcessCountPerApplication', '1')}`
        : '';
    const others = broadcasts.length - 1;
    const more = others === 0 ? '' : ` (and ${others} more)`;
    return [
      {
        message: `${first.text}${more} reaches the clients of its own process only: ${apart.said}, and ${without}.`,
        fix: `io.adapter(createAdapter(redisClient)) with @socket.io/redis-streams-adapter${orOne}`,
        at: first.at,
      },
    ];
  },
});
