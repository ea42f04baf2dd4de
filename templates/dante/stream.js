// Who gets which stanza when. The server remembers nothing of a viewer beyond the connection: the viewer says which
// stanza it wants next and how long ago it got the last one, so any process can go on where another stopped.

const inferno = require('./inferno.js');

/**
 * Streams Canto I to each viewer of `io`: `stanza` events of { index, lines }, one every `interval` ms, then `end`
 * with { stanzas: 46 }.
 *
 * A viewer's handshake may carry `auth: { next, waited }`: the index (0..46) of the stanza it wants next (46: it has
 * them all and waits for the end mark), and the ms since it got the one before.
 */
function stream(io, { interval }) {
  if (!Number.isFinite(interval) || interval <= 0) throw new RangeError('STANZA_INTERVAL is a number of ms above 0');

  io.use((socket, proceed) => {
    const { next = 0, waited = 0 } = socket.handshake.auth;
    if (!Number.isInteger(next) || next < 0 || next > inferno.length) {
      return proceed(new Error(`next is a whole number from 0 to ${inferno.length}`));
    }
    if (!Number.isFinite(waited) || waited < 0) return proceed(new Error('waited is a number of ms, 0 or more'));
    socket.data.next = next;
    // The first stanza comes at once; to one who comes back, the next comes when it would have come.
    socket.data.pause = next === 0 ? 0 : Math.max(0, interval - waited);
    proceed();
  });

  io.on('connection', (socket) => {
    socket.data.timer = setTimeout(send, socket.data.pause, socket, interval);
    socket.once('disconnect', () => clearTimeout(socket.data.timer));
  });
}

function send(socket, interval) {
  const index = socket.data.next;
  if (index === inferno.length) return socket.emit('end', { stanzas: inferno.length });
  socket.emit('stanza', { index, lines: inferno[index] });
  socket.data.next = index + 1;
  socket.data.timer = setTimeout(send, interval, socket, interval);
}

module.exports = { stream };
