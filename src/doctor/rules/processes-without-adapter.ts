import path from 'node:path';
import { clusterAdapter } from '../../source/index.js';
import { type AdapterUse, adapterUse } from '../facts/adapter.js';
import { severalProcesses, spread } from '../facts/processes.js';
import { usesSocketIo } from '../facts/realtime.js';
import type { Facts } from '../types.js';
import { defineRule } from './define-rule.js';
import { settingText } from './iisnode-edits.js';

function missing({ directory }: Facts, { idle, unused }: AdapterUse): string {
  if (idle) {
    const file = path.relative(directory, idle.file).replaceAll('\\', '/');
    return `the function that attaches the adapter (${file}, line ${idle.line}) is called by nobody`;
  }
  return unused === undefined ? 'there is no adapter' : `${unused} is there, but no code gives it to the server`;
}

function remedyFor({ idle, unused }: AdapterUse): string {
  if (idle) return 'Call it with the server, before the server takes connections';
  if (unused === undefined) return 'io.adapter(createAdapter(redisClient)) with @socket.io/redis-streams-adapter';
  return unused.startsWith('@azure/') ? 'useAzureSocketIO(io, ..)' : `io.adapter(createAdapter(..)) with ${unused}`;
}

/** What one process sends to everybody reaches its own clients only. */
export const processesWithoutAdapter = defineRule({
  code: 'PROCESSES_WITHOUT_ADAPTER',
  severity: 'warning',
  title: 'Several node processes or machines, and no adapter joins them',
  why: "socket.io's own adapter lives in the memory of one process: a message to a room or to everybody reaches the clients of that process and no others, without any error.",
  help: `With more than one node process (nodeProcessCountPerApplication, or several machines: say so with --machines N) io.emit, io.to(room).emit,
socket.broadcast and the like need an adapter that carries them to the other processes: io.adapter(createAdapter(client)) of
@socket.io/redis-streams-adapter or @socket.io/redis-adapter, with one Redis for all. @socket.io/cluster-adapter is none of them: it
needs node's cluster, and iisnode starts its processes itself. Sticky sessions repair the handshake, not broadcasts; over several
machines polling needs affinity at the balancer, too. Where a message is meant for the clients of its own process only, write io.local.emit. Or keep one process: one carries
thousands of viewers, as iisnode-sock capacity tells. A package in package.json alone joins nothing: the code has to attach it.`,
  check(facts) {
    const apart = spread(facts);
    if (!apart || !usesSocketIo(facts)) return [];
    const adapter = adapterUse(facts);
    if (adapter.isAttached) return [];
    const broadcasts = facts.server.scripts.flatMap(({ reach }) => reach.broadcasts);
    const [first] = broadcasts;
    if (first === undefined) return [];
    const without = facts.server.modules.has(clusterAdapter)
      ? `${clusterAdapter} joins the workers of node's cluster, not iisnode's processes`
      : missing(facts, adapter);
    const orOne =
      facts.machines === 1 && severalProcesses(facts)
        ? `, or ${settingText(facts, 'nodeProcessCountPerApplication', '1')}`
        : '';
    const others = broadcasts.length - 1;
    const more = others === 0 ? '' : ` (and ${others} more)`;
    return [
      {
        message: `${first.text}${more} reaches the clients of its own process only: ${apart.said}, and ${without}.`,
        fix: `${remedyFor(adapter)}${orOne}`,
        at: first.at,
      },
    ];
  },
});
