// The namespace /chat: rooms, who is in them, messages with acknowledgements, who is typing.

const { answering, Refusal, textOf } = require('./answering.js');
const { Once } = require('./once.js');
const { peopleIn } = require('./people.js');
const { Recent } = require('./recent.js');

/** Who is away for less than this, in ms, has not left: nobody is told of short breaks. */
const grace = 5000;

/** Opens the namespace /chat; who connects has to wait until `caughtUp`: until this process knows what was said of late. */
function chat(io, caughtUp) {
  const nsp = io.of('/chat');
  const messages = new Once();
  const recent = new Recent();

  /** Once, here or at another process, and kept for those who come later. */
  const said = (room, message, tell) =>
    messages.do([room, message.from.id, message.id], () => {
      recent.add(room, message);
      tell();
      return message;
    });

  // What is said at the other processes, by way of the adapter.
  nsp.adapter.on('broadcast', ([room = ''], [event, message]) => {
    if (event === 'message') said(room, message, () => {});
  });

  /** Puts a connection into a room, with what was said there of late: pages know what they have seen by its id. */
  const admit = (socket, fields) => {
    const room = enter(nsp, socket, fields);
    for (const message of recent.in(roomName(room))) alone(nsp, socket).emit('message', message);
    return room;
  };

  nsp.use((_socket, proceed) => caughtUp.then(() => proceed()));

  // A page that was in a room says so at each connection, so it is there again before anything it sends arrives.
  nsp.use((socket, proceed) => {
    const { room, ...rest } = socket.handshake.auth;
    try {
      if (room !== undefined) checkedEntry({ room, ...rest });
      proceed();
    } catch (error) {
      proceed(error);
    }
  });

  nsp.on('connection', (socket) => {
    // socket.recovered: after a short break it is in its room again, and what it missed is on its way.
    if (socket.recovered) tellBack(nsp, socket);
    else if (socket.handshake.auth.room !== undefined) admit(socket, socket.handshake.auth);

    socket.on(
      'join',
      answering((fields) => ({ room: admit(socket, fields) })),
    );

    socket.on(
      'leave',
      answering(() => {
        leave(nsp, socket);
        socket.data = {};
        return {};
      }),
    );

    socket.on(
      'message',
      answering((fields) => {
        const { person, room } = seatOf(socket);
        const text = textOf(fields, 'text', 2000);
        const id = textOf(fields, 'id', 60);
        const made = { id, text, from: person, at: Date.now() };
        // To all in the room, the sender too: those at the same process see the same order.
        const tell = () => nsp.to(roomName(room)).emit('message', made);
        return { message: said(roomName(room), made, tell) };
      }),
    );

    socket.on('typing', () => {
      const { person, room } = socket.data;
      // volatile: worth nothing later, so it is not kept for slow connections. socket.to: all in the room but the sender.
      if (person && room !== undefined) socket.volatile.to(roomName(room)).emit('typing', person);
    });

    socket.on('who', () => tellPeople(nsp, socket));

    // Before 'disconnect': what is kept for a connection that comes back is taken between the two.
    socket.on('disconnecting', () => {
      socket.data.lostAt = Date.now();
    });

    socket.on('disconnect', () => {
      const { person, room } = socket.data;
      if (person && room !== undefined) setTimeout(tellLeft, grace, nsp, person, room).unref();
    });
  });
}

/** Puts a connection into a room, in place of the one it was in, and tells those who are there. Throws a Refusal. */
function enter(nsp, socket, fields) {
  const { person, room, away } = checkedEntry(fields);
  const before = socket.data;
  if (before.room !== room) leave(nsp, socket);
  const again = before.room === room && before.person?.name === person.name;
  socket.data = { person, room };
  socket.join(roomName(room));
  if (!again && away >= grace) socket.to(roomName(room)).emit('joined', person);
  tellPeople(nsp, socket);
  return room;
}

/** After a break that was long enough for the others to hear that the person has left, they hear of the return. */
function tellBack(nsp, socket) {
  const { lostAt = Number.POSITIVE_INFINITY, ...seat } = socket.data;
  const { person, room } = seat;
  socket.data = seat;
  if (person && room !== undefined && Date.now() - lostAt >= grace) {
    socket.to(roomName(room)).emit('joined', person);
  }
  tellPeople(nsp, socket);
}

function leave(nsp, socket) {
  const { person, room } = socket.data;
  if (!person || room === undefined) return;
  socket.leave(roomName(room));
  tellLeft(nsp, person, room);
}

function checkedEntry(fields) {
  const { away } = fields;
  return {
    person: { id: textOf(fields, 'person', 60), name: textOf(fields, 'name', 30) },
    room: textOf(fields, 'room', 30),
    away: typeof away === 'number' ? away : Number.POSITIVE_INFINITY,
  };
}

function seatOf(socket) {
  const { person, room } = socket.data;
  if (!person || room === undefined) throw new Refusal('Join a room first.');
  return { person, room };
}

/** Each connection is in a room of its own id, too: nobody gets into that one by its name. */
const roomName = (room) => `room ${room}`;

async function tellPeople(nsp, socket) {
  const { room } = socket.data;
  if (room !== undefined) alone(nsp, socket).emit('people', await peopleIn(nsp, roomName(room)));
}

/**
 * One connection of this process. socket.emit() does the same, but by way of the adapter, which keeps it in case the connection
 * is lost: it would wait for Redis.
 */
const alone = (nsp, socket) => nsp.local.to(socket.id);

/** Unless the person is still there, over another connection, or may be, at a process that does not answer. */
async function tellLeft(nsp, person, room) {
  const { people, complete } = await peopleIn(nsp, roomName(room));
  if (complete && !people.some(({ id }) => id === person.id)) nsp.to(roomName(room)).emit('left', person);
}

module.exports = { chat };
