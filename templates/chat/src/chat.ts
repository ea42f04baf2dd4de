// The namespace /chat: rooms, who is in them, messages with acknowledgements, who is typing.

import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import { answering, type Fields, Refusal, textOf } from './answering.js';
import { Once } from './once.js';
import { type People, peopleIn } from './people.js';
import { Recent } from './recent.js';

/** Somebody at a page; the id is the page's own, the same over all its connections. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Message {
  /** Given by the sender's page: the same when it sends the message again. */
  readonly id: string;
  readonly text: string;
  readonly from: Person;
  /** ms since 1970 by the server's clock. */
  readonly at: number;
}

/** What the server knows of a connection. socket.io shows it to other processes and restores it after a short break. */
export interface Seat {
  person?: Person;
  room?: string;
  /** When the connection was lost, if it was: ms since 1970. */
  lostAt?: number;
}

/** What clients send: those with `fields` send an object and get an acknowledgement: { ok, error?, ... }. */
interface FromClient {
  /** { name, room, person, away? }: away is how long the connection was lost, in ms. */
  join(fields: unknown, acknowledge: unknown): void;
  /** {} */
  leave(fields: unknown, acknowledge: unknown): void;
  /** { id, text } */
  message(fields: unknown, acknowledge: unknown): void;
  typing(): void;
  /** Asks for `people`. */
  who(): void;
}

interface FromServer {
  message(message: Message): void;
  joined(person: Person): void;
  left(person: Person): void;
  typing(person: Person): void;
  people(people: People): void;
}

type ChatSocket = Socket<FromClient, FromServer, DefaultEventsMap, Seat>;
export type Chat = Namespace<FromClient, FromServer, DefaultEventsMap, Seat>;

/** Who is away for less than this, in ms, has not left: nobody is told of short breaks. */
const grace = 5000;

/** Opens the namespace /chat; who connects has to wait until `caughtUp`: until this process knows what was said of late. */
export function chat(io: Server, caughtUp: Promise<void>): void {
  const nsp: Chat = io.of('/chat');
  const messages = new Once<Message>();
  const recent = new Recent<Message>();

  /** Once, here or at another process, and kept for those who come later. */
  const said = (room: string, message: Message, tell: () => void): Message =>
    messages.do([room, message.from.id, message.id], () => {
      recent.add(room, message);
      tell();
      return message;
    });

  // What is said at the other processes, by way of the adapter.
  nsp.adapter.on('broadcast', ([room = '']: readonly string[], [event, message]: readonly [string, Message]) => {
    if (event === 'message') said(room, message, () => {});
  });

  /** Puts a connection into a room, with what was said there of late: pages know what they have seen by its id. */
  const admit = (socket: ChatSocket, fields: Fields): string => {
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
      proceed(error as Error);
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
function enter(nsp: Chat, socket: ChatSocket, fields: Fields): string {
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
function tellBack(nsp: Chat, socket: ChatSocket): void {
  const { lostAt = Number.POSITIVE_INFINITY, ...seat } = socket.data;
  const { person, room } = seat;
  socket.data = seat;
  if (person && room !== undefined && Date.now() - lostAt >= grace) {
    socket.to(roomName(room)).emit('joined', person);
  }
  tellPeople(nsp, socket);
}

function leave(nsp: Chat, socket: ChatSocket): void {
  const { person, room } = socket.data;
  if (!person || room === undefined) return;
  socket.leave(roomName(room));
  tellLeft(nsp, person, room);
}

function checkedEntry(fields: Fields): { person: Person; room: string; away: number } {
  const { away } = fields;
  return {
    person: { id: textOf(fields, 'person', 60), name: textOf(fields, 'name', 30) },
    room: textOf(fields, 'room', 30),
    away: typeof away === 'number' ? away : Number.POSITIVE_INFINITY,
  };
}

function seatOf(socket: ChatSocket): Required<Pick<Seat, 'person' | 'room'>> {
  const { person, room } = socket.data;
  if (!person || room === undefined) throw new Refusal('Join a room first.');
  return { person, room };
}

/** Each connection is in a room of its own id, too: nobody gets into that one by its name. */
const roomName = (room: string): string => `room ${room}`;

async function tellPeople(nsp: Chat, socket: ChatSocket): Promise<void> {
  const { room } = socket.data;
  if (room !== undefined) alone(nsp, socket).emit('people', await peopleIn(nsp, roomName(room)));
}

/**
 * One connection of this process. socket.emit() does the same, but by way of the adapter, which keeps it in case the connection
 * is lost: it would wait for Redis.
 */
const alone = (nsp: Chat, socket: ChatSocket) => nsp.local.to(socket.id);

/** Unless the person is still there, over another connection, or may be, at a process that does not answer. */
async function tellLeft(nsp: Chat, person: Person, room: string): Promise<void> {
  const { people, complete } = await peopleIn(nsp, roomName(room));
  if (complete && !people.some(({ id }) => id === person.id)) nsp.to(roomName(room)).emit('left', person);
}
