import path from 'node:path';
import { clusterAdapter } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { type AdapterUse, adapterUse } from '../facts/adapter.js';
import { severalProcesses, severalProcessesOrMachines } from '../facts/processes.js';
import { usesSocketIo } from '../facts/realtime.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { settingText } from './iisnode-edits.js';

function missing({ directory }: FileFacts, { idle, unused }: AdapterUse): string {
  if (idle) {
    const file = path.relative(directory, idle.file).replaceAll('\\', '/');
    return `the function that attaches the adapter (${file}, line ${idle.line}) is never called`;
  }
  return unused === undefined
    ? 'there is no adapter'
    : `${unused} is installed, but the code does not attach it to the server`;
}

function remedyFor({ idle, unused }: AdapterUse): string {
  if (idle) return 'Call it with the server, before the server accepts connections';
  if (unused === undefined) return 'io.adapter(createAdapter(redisClient)) with @socket.io/redis-streams-adapter';
  return unused.startsWith('@azure/') ? 'useAzureSocketIO(io, ..)' : `io.adapter(createAdapter(..)) with ${unused}`;
}

/** Broadcasts of one process reach only its own clients. */
export const processesWithoutAdapter = defineRule({
  code: 'PROCESSES_WITHOUT_ADAPTER',
  severity: 'warning',
  title: 'Several node processes or machines, and no adapter connects them',
  why: "socket.io's default adapter works in the memory of one process: a message to a room or to all clients reaches only the clients of that process, without any error.",
  help: `With more than one node process (nodeProcessCountPerApplication, or several machines: --machines N) io.emit, io.to(room).emit,
socket.broadcast and similar calls need an adapter that sends them to the other processes: io.adapter(createAdapter(client)) of
@socket.io/redis-streams-adapter or @socket.io/redis-adapter, with one Redis for all. @socket.io/cluster-adapter does not work here: it
needs node's cluster, and iisnode starts its processes itself. Sticky sessions are for the handshake and do not help broadcasts; over several
machines polling also needs affinity at the load balancer. If a message is meant only for the clients of its own process, write io.local.emit.
Or keep one process: it serves thousands of viewers (see ${iisnodeSock} capacity). A package in package.json is not enough: the code must
attach it.`,
  check(facts) {
    const apart = severalProcessesOrMachines(facts);
    if (!apart || !usesSocketIo(facts)) return [];
    const adapter = adapterUse(facts);
    if (adapter.isAttached) return [];
    const broadcasts = facts.server.scripts.flatMap(({ reach }) => reach.broadcasts);
    const [first] = broadcasts;
    if (first === undefined) return [];
    const without = facts.server.modules.has(clusterAdapter)
      ? `${clusterAdapter} connects the workers of node's cluster, not iisnode's processes`
      : missing(facts, adapter);
    const orOne =
      facts.machines === 1 && severalProcesses(facts)
        ? `, or ${settingText(facts, 'nodeProcessCountPerApplication', '1')}`
        : '';
    const others = broadcasts.length - 1;
    const more = others === 0 ? '' : ` (and ${others} more)`;
    return [
      {
        message: `${first.text}${more} reaches only the clients of its own process: ${apart.said}, and ${without}.`,
        fix: `${remedyFor(adapter)}${orOne}`,
        at: first.at,
      },
    ];
  },
});
