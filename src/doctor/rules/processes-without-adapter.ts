import { hasAdapter, severalProcesses } from '../facts/processes.js';
import { usesSocketIo } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

/** What one process sends to everybody reaches its own clients only. */
export const processesWithoutAdapter = defineRule({
  code: 'PROCESSES_WITHOUT_ADAPTER',
  severity: 'warning',
  title: 'Several node processes, and no adapter joins them',
  why: "socket.io's own adapter lives in the memory of one process: a message to a room or to everybody reaches the clients of that process and no others, without any error.",
  help: `With more than one node process (nodeProcessCountPerApplication, or several machines) io.emit, io.to(room).emit,
socket.broadcast and the like need an adapter that carries them to the other processes: io.adapter(createAdapter(client)) of
@socket.io/redis-streams-adapter or @socket.io/redis-adapter, with one Redis for all. Sticky sessions mend the handshake, not
broadcasts. Where a message is meant for the clients of its own process only, write io.local.emit. Or keep one process: one carries
thousands of viewers, as iisnode-sock capacity tells.`,
  check(facts) {
    const processes = severalProcesses(facts);
    if (!processes || !usesSocketIo(facts) || hasAdapter(facts)) return [];
    const broadcasts = facts.server.scripts.flatMap(({ reach }) => reach.broadcasts);
    const [first] = broadcasts;
    if (first === undefined) return [];
    const others = broadcasts.length - 1;
    const more = others === 0 ? '' : ` (and ${others} more)`;
    return [
      {
        message: `${first.text}${more} reaches the clients of its own process only: ${processes.said}, and there is no adapter.`,
        fix: 'io.adapter(createAdapter(redisClient)) with @socket.io/redis-streams-adapter, or nodeProcessCountPerApplication="1"',
        at: first.at,
      },
    ];
  },
});
