import { type Place, type SocketServer, setsTransportsLater } from '../../source/index.js';
import { needsStickySessions } from '../../webconfig/index.js';
import type { FileFacts } from './facts.js';
import { hasIisnodeHandler, hostedElsewhere, optionsAreKnown } from './realtime.js';

export interface NodeProcesses {
  /** 0: one for each processor of the server. */
  readonly count: number;
  /** 'nodeProcessCountPerApplication is 4': human-readable. */
  readonly said: string;
  readonly at: Place | undefined;
}

/** How many node processes iisnode starts for the app; undefined when it is one, or the app does not use iisnode, or it is unknown. */
export function severalProcesses(facts: FileFacts): NodeProcesses | undefined {
  const { iisnode } = facts;
  if (iisnode === undefined || hostedElsewhere(facts) || !hasIisnodeHandler(facts)) return undefined;
  const name = 'nodeProcessCountPerApplication';
  const { values, sources } = iisnode;
  const isPerProcessor = sources[name] === 'computed';
  const count = isPerProcessor ? 0 : values[name];
  if (count === 1) return undefined;
  const from = sources[name] === 'environment' ? ' (environment variable IISNODE_nodeProcessCountPerApplication)' : '';
  const said = `${name} is ${count}${isPerProcessor ? ', one process for each processor' : ''}${from}`;
  return { count, said, at: facts.query.iisnodePlace(name) };
}

/** Why the clients of the app are on different node processes: several processes, or several machines. Undefined when all are on one. */
export function severalProcessesOrMachines(facts: FileFacts): Pick<NodeProcesses, 'said' | 'at'> | undefined {
  const processes = severalProcesses(facts);
  const { machines } = facts;
  if (machines === 1 || hostedElsewhere(facts) || !hasIisnodeHandler(facts)) return processes;
  const many = `${machines} machines run the app`;
  return processes ? { ...processes, said: `${many}, and ${processes.said}` } : { said: many, at: undefined };
}

/** The transports that a server of the app allows; undefined when they are unknown. */
function serverTransports(facts: FileFacts, { options }: SocketServer): readonly string[] | undefined {
  if (options.transports !== undefined) return options.transports;
  // socket.io's own default: polling first, then the upgrade (engine.io, server.ts).
  if (!options.setsTransports) return optionsAreKnown(facts, options) ? ['polling', 'websocket'] : undefined;
  return facts.query
    .appSetting('transports')
    ?.split(/[\s,]+/)
    .filter(Boolean);
}

/**
 * The transports in the options of the app's servers behind IIS, all of them together; undefined where a server has no such option,
 * or its value cannot be read.
 */
export const appTransports = (facts: FileFacts): readonly string[] | undefined =>
  ofAllServers(facts, (server) => (server.options.setsTransports ? serverTransports(facts, server) : undefined));

/** The transports that the app's servers behind IIS allow, socket.io's default included; undefined where one is unknown. */
export const allowedTransports = (facts: FileFacts): readonly string[] | undefined =>
  ofAllServers(facts, (server) => serverTransports(facts, server));

function ofAllServers(
  { server: { scripts } }: FileFacts,
  read: (server: SocketServer) => readonly string[] | undefined,
): readonly string[] | undefined {
  const servers = scripts.flatMap(({ sockets }) => sockets.servers).filter(({ hasOwnPort }) => !hasOwnPort);
  const lists = servers.map(read);
  const isSeen = servers.length > 0 && !lists.includes(undefined) && !setsTransportsLater(scripts);
  return isSeen ? [...new Set(lists.flatMap((list) => list ?? []))] : undefined;
}

/** All known connections of the pages use only WebSocket: then no client polls, regardless of what the server allows. */
function clientsNeverPoll({ pages }: FileFacts): boolean {
  const clients = pages.flatMap((page) => page.clients);
  return clients.length > 0 && clients.every(({ options }) => options.transports?.join() === 'websocket');
}

/** The servers whose clients poll although each poll may reach another process. */
export function serversWithoutStickySessions(facts: FileFacts, { count }: NodeProcesses): readonly SocketServer[] {
  if (facts.iisnode?.values.nodeProcessStickySessions === true || clientsNeverPoll(facts)) return [];
  const servers = facts.server.scripts.flatMap(({ sockets }) => sockets.servers);
  // Options set after the server is created are not read; nothing is reported where transports may be set that way.
  if (setsTransportsLater(facts.server.scripts)) return [];
  return servers.filter((server) => {
    const transports = server.hasOwnPort ? undefined : serverTransports(facts, server);
    return transports !== undefined && needsStickySessions(count, transports);
  });
}
