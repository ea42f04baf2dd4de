// The namespace /chat: rooms, who is in them, messages with acknowledgements, who is typing.

const { answering, Refusal, textOf } = require('./lib/answering.js');
const { Once } = require('./lib/once.js');
const { peopleIn } = require('./lib/people.js');
const { Recent } = require('./lib/recent.js');

/** A break shorter than this, in ms, is not announced to the others. */
const grace = 5000;

/** Opens the namespace /chat. Clients wait until `caughtUp`: until this process knows the latest messages. */
function chat(io, caughtUp) {
  const nsp = io.of('/chat');
  const messages = new Once();
  const recent = new Recent();

  /** Sends a message once, also when it comes again or by another process, and keeps it for those who join later. */
  const said = (room, message, tell) =>
    messages.do([room, message.from.id, message.id], () => {
      recent.add(room, message);
      tell();
      return message;
    });

  // Messages of the other processes come through the adapter.
  nsp.adapter.on('broadcast', ([room = ''], [event, message]) => {
    if (event === 'message') said(room, message, () => {});
  });

  /** Puts a connection into a room and sends it the latest messages; pages skip those whose id they have seen. */
  const admit = (socket, fields) => {
    const room = enter(nsp, socket, fields);
    for (const message of recent.in(roomName(room))) alone(nsp, socket).emit('message', message);
    return room;
  };

  nsp.use((_socket, proceed) => caughtUp.then(() => proceed()));

  // A page that was in a room says so when it connects, so it is in the room before anything it sends arrives.
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
    // socket.recovered: after a short break socket.io has put it into its room again and sends what it missed.
    if (socket.recovered) tellReturned(nsp, socket);
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
        // To all in the room, also the sender: everyone at this process sees the same order.
        const tell = () => nsp.to(roomName(room)).emit('message', made);
        return { message: said(roomName(room), made, tell) };
      }),
    );

    socket.on('typing', () => {
      const { person, room } = socket.data;
      // volatile: useless later, so it is not kept for slow connections. socket.to: all in the room but the sender.
      if (person && room !== undefined) socket.volatile.to(roomName(room)).emit('typing', person);
    });

    socket.on('who', () => tellPeople(nsp, socket));

    // Not at 'disconnect': socket.io stores the connection's data before that, for the case that it comes back.
    socket.on('disconnecting', () => {
      socket.data.lostAt = Date.now();
    });

    socket.on('disconnect', () => {
      const { person, room } = socket.data;
      if (person && room !== undefined) setTimeout(tellLeft, grace, nsp, person, room).unref();
    });
  });
}

/** Puts a connection into a room, out of the one it was in, and tells the others there. Throws a Refusal. */
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

/** After a break so long that the others were told that the person has left, they are told that the person is back. */
function tellReturned(nsp, socket) {
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

/** socket.io has a room for each connection, named by its id: the prefix keeps people out of those. */
const roomName = (room) => `room ${room}`;

async function tellPeople(nsp, socket) {
  const { room } = socket.data;
  if (room !== undefined) alone(nsp, socket).emit('people', await peopleIn(nsp, roomName(room)));
}

/**
 * One connection of this process. socket.emit() does the same, but through the adapter, which stores it in case the connection is
 * lost, and so would wait for Redis.
 */
const alone = (nsp, socket) => nsp.local.to(socket.id);

/** Says that a person has left, unless they have another connection, or may have one at a process that does not answer. */
async function tellLeft(nsp, person, room) {
  const { people, complete } = await peopleIn(nsp, roomName(room));
  if (complete && !people.some(({ id }) => id === person.id)) nsp.to(roomName(room)).emit('left', person);
}

module.exports = { chat };
