// Checks what clients send, and acknowledges each event: done, or why not.

/** The acknowledgement of an event. */
export type Answer =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  | { readonly ok: false; readonly error: string };

/** The object that comes with an event, not yet checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** A request that is refused; the message is shown to the person. */
export class Refusal extends Error {}

/** A listener that acknowledges with what `handle` returns; a Refusal becomes { ok: false, error }. */
export function answering(handle: (fields: Fields) => Fields): (fields: unknown, acknowledge: unknown) => void {
  return (fields, acknowledge) => {
    const answer = answerOf(handle, fields);
    // A client may want no acknowledgement, or send its callback as the first argument.
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

/** The text in a field, trimmed, and normalized: 'é' has one form. Throws a Refusal when it is missing, empty or too long. */
export function textOf(fields: Fields, name: string, longest: number): string {
  const value = fields[name];
  const text = typeof value === 'string' ? value.normalize().trim() : '';
  if (text === '') throw new Refusal(`The ${name} is missing.`);
  if (text.length > longest) throw new Refusal(`The ${name} is too long: ${longest} characters are enough.`);
  return text;
}
