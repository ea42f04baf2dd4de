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

/** Opens the namespace /chat. */
export function chat(io: Server): void {
  const nsp: Chat = io.of('/chat');
  const messages = new Once<Message>();
  const recent = new Recent();

  /** Puts a connection into a room, with what was said there of late: pages know what they have seen by its id. */
  const admit = (socket: ChatSocket, fields: Fields): string => {
    const room = enter(nsp, socket, fields);
    for (const message of recent.in(room)) alone(nsp, socket).emit('message', message);
    return room;
  };

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
    if (!socket.recovered && socket.handshake.auth.room !== undefined) admit(socket, socket.handshake.auth);
    else if (socket.recovered) tellPeople(nsp, socket);

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
        const message = messages.do(`${person.id} ${id}`, () => {
          const made = { id, text, from: person, at: Date.now() };
          recent.add(room, made);
          nsp.to(roomName(room)).emit('message', made); // To all in the room, the sender too: all see the same order.
          return made;
        });
        return { message };
      }),
    );

    socket.on('typing', () => {
      const { person, room } = socket.data;
      // volatile: worth nothing later, so it is not kept for slow connections. socket.to: all in the room but the sender.
      if (person && room !== undefined) socket.volatile.to(roomName(room)).emit('typing', person);
    });

    socket.on('who', () => tellPeople(nsp, socket));

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

function seatOf(socket: ChatSocket): Required<Seat> {
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

/** Unless the person is still there: in another window, or back already. */
async function tellLeft(nsp: Chat, person: Person, room: string): Promise<void> {
  const { people } = await peopleIn(nsp, roomName(room));
  if (!people.some(({ id }) => id === person.id)) nsp.to(roomName(room)).emit('left', person);
}
