import type { Chat, Person } from '../chat.js';

export interface People {
  readonly people: readonly Person[];
  /** false: the other processes did not answer (is Redis down?), so these are the people at this process. */
  readonly complete: boolean;
}

/** How long other processes may take to answer, in ms. */
const patience = 2000;

let wasComplete = true;

/** Who is in a room, at any process; each person once. Does not throw. */
export async function peopleIn(chat: Chat, room: string): Promise<People> {
  let sockets: readonly { readonly data: { person?: Person } }[];
  let why: unknown;
  try {
    // This asks every process through the adapter. When Redis is down the answer may never come.
    sockets = await within(patience, chat.in(room).fetchSockets());
  } catch (error) {
    why = error instanceof Error ? error.message : error;
    sockets = [...chat.sockets.values()].filter((socket) => socket.rooms.has(room));
  }
  const complete = why === undefined;
  // Logged when it changes, not for each question.
  if (!complete && wasComplete) console.error(`The other processes do not say who is in a room: ${why}`);
  wasComplete = complete;
  return { people: unique(sockets), complete };
}

function unique(sockets: readonly { readonly data: { person?: Person } }[]): Person[] {
  const people = new Map<string, Person>();
  for (const { data } of sockets) if (data.person) people.set(data.person.id, data.person);
  return [...people.values()];
}

/** The promise's value, or an error when it takes longer than `ms`. */
function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
