// Who gets which stanza when. The server remembers nothing of a viewer beyond the connection: the viewer says which
// stanza it wants next and how long ago it got the last one, so any process can go on where another stopped.

const { inferno } = require('./inferno.js');
const { Readings } = require('./readings.js');

/**
 * Streams Canto I to each viewer of `io`: `stanza` events of { index, lines }, one every `interval` ms, then `end`
 * with { stanzas: 46 }, and an interval later the server ends
 * the connection of whoever is still there.
 *
 * A viewer's handshake may say `next`, the index (0..46) of the stanza it wants next (46: it has them all and waits for
 * the end mark), and `waited`, the ms since it got the one before: in `auth`, or in the query where a client has no auth.
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
    const { next, waited } = placeOf(socket);
    forgetHeaders(socket);
    if (socket.recovered && goesOn(socket, next)) return;
    // The first stanza comes at once; to one who comes back, the next comes when it would have come.
    const wait = next === 0 ? 0 : Math.max(0, interval - waited);
    socket.join(readings.place(next, Math.max(wait, joinTime)).name);
  });

  /** Whether socket.io has restored a viewer's connection together with its reading. */
  function goesOn(socket, next) {
    const reading = [...socket.rooms].map((name) => readings.find(name)).find((found) => found !== undefined);
    if (reading === undefined) return false;
    if (reading.next !== next && reading.next <= inferno.length) {
      // What it missed has come this moment; the stanza after that comes an interval later.
      socket.leave(reading.name);
      socket.join(readings.place(reading.next, interval).name);
    }
    return true;
  }
}

/** They are read by now, and a tenth of the memory that a viewer takes. */
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
  return text === undefined ? 0 : Number(text);
}

function faultOf({ next, waited }) {
  if (!Number.isInteger(next) || next < 0 || next > inferno.length) {
    return `next is a whole number from 0 to ${inferno.length}`;
  }
  return Number.isFinite(waited) && waited >= 0 ? undefined : 'waited is a number of ms, 0 or more';
}

module.exports = { stream };
