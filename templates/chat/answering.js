// What clients send is looked at before it is used, and each event is answered: done, or why not.

/** Why somebody does not get what they asked for, in words for them. */
class Refusal extends Error {}

/** A listener that answers with what `handle` returns; a Refusal of it becomes { ok: false, error }. */
function answering(handle) {
  return (fields, acknowledge) => {
    const answer = answerOf(handle, fields);
    // A client may ask for no acknowledgement, and one that sends no object may have it in the first place.
    if (typeof acknowledge === 'function') acknowledge(answer);
    else if (typeof fields === 'function') fields(answer);
  };
}

function answerOf(handle, fields) {
  try {
    if (typeof fields !== 'object' || fields === null) throw new Refusal('Send an object.');
    return { ok: true, ...handle(fields) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.message };
    console.error(error);
    return { ok: false, error: 'The server could not do this; its log says why.' };
  }
}

/** The text in a field, without blanks around it, 'é' always written in the same way. Throws a Refusal when it is missing, empty or too long. */
function textOf(fields, name, longest) {
  const value = fields[name];
  const text = typeof value === 'string' ? value.normalize().trim() : '';
  if (text === '') throw new Refusal(`The ${name} is missing.`);
  if (text.length > longest) throw new Refusal(`The ${name} is too long: ${longest} characters are enough.`);
  return text;
}

module.exports = { Refusal, answering, textOf };
