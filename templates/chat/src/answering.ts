// What clients send is looked at before it is used, and each event is answered: done, or why not.

/** How an event is answered: the client's acknowledgement gets it. */
export type Answer =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  | { readonly ok: false; readonly error: string };

/** What an event brings, not yet looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** Why somebody does not get what they asked for, in words for them. */
export class Refusal extends Error {}

/** A listener that answers with what `handle` returns; a Refusal of it becomes { ok: false, error }. */
export function answering(handle: (fields: Fields) => Fields): (fields: unknown, acknowledge: unknown) => void {
  return (fields, acknowledge) => {
    const answer = answerOf(handle, fields);
    // A client may ask for no acknowledgement, and one that sends no object may have it in the first place.
    if (typeof acknowledge === 'function') acknowledge(answer);
    else if (typeof fields === 'function') fields(answer);
  };
}

function answerOf(handle: (fields: Fields) => Fields, fields: unknown): Answer {
  try {
    if (typeof fields !== 'object' || fields === null) throw new Refusal('Send an object.');
    return { ok: true, ...handle(fields as Fields) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.message };
    console.error(error);
    return { ok: false, error: 'The server could not do this; its log says why.' };
  }
}

/** The text in a field, without blanks around it, 'é' always written in the same way. Throws a Refusal when it is missing, empty or too long. */
export function textOf(fields: Fields, name: string, longest: number): string {
  const value = fields[name];
  const text = typeof value === 'string' ? value.normalize().trim() : '';
  if (text === '') throw new Refusal(`The ${name} is missing.`);
  if (text.length > longest) throw new Refusal(`The ${name} is too long: ${longest} characters are enough.`);
  return text;
}
