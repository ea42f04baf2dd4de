// Sends each viewer its stanzas. The server keeps nothing about a viewer after its connection has ended: the viewer says which
// stanza it wants next and how long ago it got the last one, so any process can go on where another stopped.

import type { Server, Socket } from 'socket.io';
import { inferno } from '../inferno.js';
import { type Reading, Readings } from './readings.js';

export interface StreamOptions {
  /** From one stanza to the next, in ms. */
  readonly interval: number;
  /** How long it takes until a viewer is in the room that it joins, in ms: 0 unless a service keeps the rooms. */
  readonly joinTime: number;
}

/**
 * Streams Canto I to each viewer of `io`: `stanza` events of { index, lines }, one every `interval` ms, then `end` with
 * { stanzas: 46 }. An interval later the server closes the connections that are still open.
 *
 * A viewer's handshake may contain `next`, the index (0..46) of the stanza it wants next (46: it has them all and waits for
 * `end`), and `waited`, the ms since it got the one before: in `auth`, or in the query if the client has no auth. Without
 * them a viewer starts at the beginning, or where socket.io restores its connection.
 */
export function stream(io: Server, { interval, joinTime }: StreamOptions): void {
  if (!Number.isFinite(interval) || interval <= 0) throw new RangeError('STANZA_INTERVAL is a number of ms above 0');

  const readings = new Readings({
    stanzas: inferno.length,
    interval,
    deliver({ name }, index) {
      // All viewers of a reading are in this process: nothing goes through an adapter, or waits for one.
      const viewers = io.local.to(name);
      if (index === inferno.length) viewers.emit('end', { stanzas: inferno.length });
      else viewers.emit('stanza', { index, lines: inferno[index] });
      return io.of('/').adapter.rooms.has(name);
    },
    // Viewers that got `end` have disconnected by now. The others are asleep or gone.
    close: ({ name }) => io.local.in(name).disconnectSockets(true),
  });

  io.use((socket, proceed) => {
    const fault = faultOf(placeOf(socket));
    proceed(fault === undefined ? undefined : new Error(fault));
  });

  io.on('connection', (socket) => {
    const place = placeOf(socket);
    forgetHeaders(socket);
    const reading = readingAmong(socket.rooms); // Only if socket.io has restored the connection.
    const next: number = place.next ?? socket.data.next ?? 0;
    if (reading?.next === next) return; // Nothing missed.
    if (reading) socket.leave(reading.name);
    // The first stanza comes at once. After a break the next one comes when it would have come without the break.
    const waited = place.waited ?? (reading ? interval : 0);
    const wait = next === 0 ? 0 : Math.max(0, interval - waited);
    socket.join(readings.place(next, Math.max(wait, joinTime)).name);
  });

  function readingAmong(rooms: Iterable<string>): Reading | undefined {
    return [...rooms].map((name) => readings.find(name)).find((found) => found !== undefined);
  }

  // socket.io keeps the viewer's place with a lost connection, and would send all that was missed at once when it restores
  // it. The stanzas among that come from a reading instead, at their pace.
  const { adapter, sockets } = io.of('/');
  const persist = adapter.persistSession.bind(adapter);
  const restore = adapter.restoreSession.bind(adapter);
  adapter.persistSession = (session) => {
    persist({ ...session, data: Object.assign({}, session.data, { next: readingAmong(session.rooms)?.next }) });
  };
  adapter.restoreSession = async (id, offset) => {
    const session = await restore(id, offset);
    if (!session) return session;
    // The viewer reconnected before this process noticed the loss: the end of the old connection would take the rooms of the new one.
    if (sockets.has(session.sid)) throw new Error('This connection is still there');
    const missed = session.missedPackets.map(indexIn).find((index) => index !== undefined);
    return {
      ...session,
      missedPackets: session.missedPackets.filter((packet) => indexIn(packet) === undefined),
      data: missed === undefined ? session.data : Object.assign({}, session.data, { next: missed }),
    };
  };
}

/** The index of the stanza in an event's packet, 46 in that of the end mark; undefined in all others. */
function indexIn([event, content]: readonly unknown[]): number | undefined {
  if (event === 'stanza') return (content as { readonly index: number }).index;
  return event === 'end' ? inferno.length : undefined;
}

/** Nothing reads them after this, and they are a tenth of a viewer's memory. Code of your own that reads them goes before stream(io). */
function forgetHeaders({ request, handshake }: Socket): void {
  request.headers = {};
  request.rawHeaders = [];
  handshake.headers = {};
}

interface Place {
  readonly next: number | undefined;
  readonly waited: number | undefined;
}

function placeOf({ handshake: { auth, query } }: Socket): Place {
  const { next = numberIn(query.next), waited = numberIn(query.waited) } = auth;
  return { next, waited };
}

/** Values in a query are texts. */
function numberIn(text: string | string[] | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function faultOf({ next, waited }: Place): string | undefined {
  if (next !== undefined && (!Number.isInteger(next) || next < 0 || next > inferno.length)) {
    return `next is a whole number from 0 to ${inferno.length}`;
  }
  return waited === undefined || (Number.isFinite(waited) && waited >= 0)
    ? undefined
    : 'waited is a number of ms, 0 or more';
}
