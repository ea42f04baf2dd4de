// Who gets which stanza when. The server remembers nothing of a viewer beyond the connection: the viewer says which
// stanza it wants next and how long ago it got the last one, so any process can go on where another stopped.

const { inferno } = require('./inferno.js');
const { Readings } = require('./readings.js');

/**
 * Streams Canto I to each viewer of `io`: `stanza` events of { index, lines }, one every `interval` ms, then `end` with
 * { stanzas: 46 }, and an interval later the server ends the connection of whoever is still there.
 *
 * A viewer's handshake may say `next`, the index (0..46) of the stanza it wants next (46: it has them all and waits for
 * the end mark), and `waited`, the ms since it got the one before: in `auth`, or in the query where a client has no auth.
 * One that says nothing is at the beginning, or where socket.io restores its connection.
 */
function stream(io, { interval, joinTime }) {
  if (!Number.isFinite(interval) || interval <= 0) throw new RangeError('STANZA_INTERVAL is a number of ms above 0');

  const readings = new Readings({
    stanzas: inferno.length,
    interval,
    deliver({ name }, index) {
      // A reading's viewers are all in this process: nothing of it goes through an adapter, or waits for one.
      const viewers = io.local.to(name);
      if (index === inferno.length) viewers.emit('end', { stanzas: inferno.length });
      else viewers.emit('stanza', { index, lines: inferno[index] });
      return io.of('/').adapter.rooms.has(name);
    },
    // Who is done has left by now; who vanished without a word, or is asleep, goes.
    close: ({ name }) => io.local.in(name).disconnectSockets(true),
  });

  io.use((socket, proceed) => {
    const fault = faultOf(placeOf(socket));
    proceed(fault === undefined ? undefined : new Error(fault));
  });

  io.on('connection', (socket) => {
    const place = placeOf(socket);
    forgetHeaders(socket);
    const reading = readingAmong(socket.rooms); // There when socket.io has restored the connection.
    const next = place.next ?? socket.data.next ?? 0;
    if (reading?.next === next) return; // Nothing missed.
    if (reading) socket.leave(reading.name);
    // The first stanza comes at once; to one who comes back, the next comes when it would have come.
    const waited = place.waited ?? (reading ? interval : 0);
    const wait = next === 0 ? 0 : Math.max(0, interval - waited);
    socket.join(readings.place(next, Math.max(wait, joinTime)).name);
  });

  function readingAmong(rooms) {
    return [...rooms].map((name) => readings.find(name)).find((found) => found !== undefined);
  }

  // What socket.io keeps of a lost connection has the place of its viewer with it. It restores a connection with all that
  // was missed, at one moment: the stanzas among that come from a reading instead, at their pace.
  const { adapter, sockets } = io.of('/');
  const persist = adapter.persistSession.bind(adapter);
  const restore = adapter.restoreSession.bind(adapter);
  adapter.persistSession = (session) => {
    persist({ ...session, data: Object.assign({}, session.data, { next: readingAmong(session.rooms)?.next }) });
  };
  adapter.restoreSession = async (id, offset) => {
    const session = await restore(id, offset);
    if (!session) return session;
    // Lost again before this process knew: the end of the one connection would take the rooms of the other along.
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
function indexIn([event, content]) {
  if (event === 'stanza') return content.index;
  return event === 'end' ? inferno.length : undefined;
}

/** They are read by now, and a tenth of the memory that a viewer takes. Code of your own that reads them goes before stream(io). */
function forgetHeaders({ request, handshake }) {
  request.headers = {};
  request.rawHeaders = [];
  handshake.headers = {};
}

function placeOf({ handshake: { auth, query } }) {
  const { next = numberIn(query.next), waited = numberIn(query.waited) } = auth;
  return { next, waited };
}

/** A query has texts only. */
function numberIn(text) {
  return text === undefined ? undefined : Number(text);
}

function faultOf({ next, waited }) {
  if (next !== undefined && (!Number.isInteger(next) || next < 0 || next > inferno.length)) {
    return `next is a whole number from 0 to ${inferno.length}`;
  }
  return waited === undefined || (Number.isFinite(waited) && waited >= 0)
    ? undefined
    : 'waited is a number of ms, 0 or more';
}

module.exports = { stream };
