import { clientTarget, type Place, setsTransportsLater, switchIn } from '../../source/index.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** What a client begins with, and may go over to: socket.io's default. */
const standard: readonly string[] = ['polling', 'websocket'];

const areKnown = (names: readonly string[]): boolean => names.every((name) => standard.includes(name));

interface Transports {
  readonly names: readonly string[];
  readonly at: Place;
}

/** What all servers of the app allow; undefined where one of them is not known, or allows the usual ones. */
function ofServers({ server: { scripts } }: FileFacts): Transports | undefined {
  if (setsTransportsLater(scripts) || scripts.some(({ reach }) => reach.setsOptionsLater)) return undefined;
  const servers = scripts.flatMap(({ sockets }) => sockets.servers);
  const lists = servers.map(({ options: { transports }, at }) => transports && { names: transports, at });
  const [first] = lists;
  return lists.length === 1 ? first : undefined;
}

/** The transports of client and server do not fit. */
export const transportsDiffer = defineRule({
  code: 'TRANSPORTS_DIFFER',
  severity: 'error',
  disprovedBy: 'client',
  explains: ['HANDSHAKE_FAILED', 'WEBSOCKET_FAILED'],
  title: 'The client begins with a transport that the server does not allow',
  why: 'The server answers 400 {"code":0,"message":"Transport unknown"}, the client reports "xhr poll error" and tries the same again: it never connects.',
  help: `A client of socket.io begins with the first of its transports, which is polling unless it says otherwise, and goes over to WebSocket later. A
server with transports: ['websocket'] refuses that beginning. Write the same list on both ends: io({ transports: ['websocket'] }). The
option tryAllTransports of the client (4.8) lets it try the next one.`,
  check(facts) {
    const server = hostedElsewhere(facts) ? undefined : ofServers(facts);
    // Unknown names are another rule's.
    if (server === undefined || server.names.length === 0 || !areKnown(server.names)) return [];
    const list = `[${server.names.map((name) => `'${name}'`).join(', ')}]`;
    return facts.pages.flatMap(({ clients }) =>
      clients.flatMap((client): RuleFinding[] => {
        const { known, transports, setsTransports, tryAllTransports } = client.options;
        const names = transports ?? (known && !setsTransports ? standard : undefined);
        const isOther = !/^(?:here|local)$/.test(clientTarget(client));
        if (names === undefined || isOther || !areKnown(names)) return [];
        const [first = ''] = names;
        const triesAll = tryAllTransports !== undefined && switchIn(tryAllTransports) !== false;
        if (triesAll ? names.some((name) => server.names.includes(name)) : server.names.includes(first)) return [];
        const asks = transports === undefined ? `${first}, the default,` : first;
        return [
          {
            message: `The client begins with ${asks} and the server allows ${list} only.`,
            fix: `transports: ${list} in the client as well`,
            at: client.at,
          },
        ];
      }),
    );
  },
});
