import { UserError } from '../errors.js';
import { iisnodeSock } from '../typed-command.js';

/** Standard input, or a stream in its place. */
export interface Input extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean | undefined;
}

/**
 * Reads all of standard input.
 *
 * @param option The option that takes it: '--seen'.
 * @param limit In bytes; not much more is read.
 * @throws UserError INPUT_IS_TERMINAL where it would wait for the user to type; INPUT_TOO_LARGE; INPUT_EMPTY.
 */
export async function readInput(input: Input, option: string, limit: number): Promise<Buffer> {
  if (input.isTTY === true) {
    throw new UserError('INPUT_IS_TERMINAL', {
      what: `${option} - reads standard input, and that is this terminal`,
      why: 'The text comes from another program, or from a file.',
      next: `give the text in quotes (${option} "..."), the name of its file, or a pipe: COMMAND | ${iisnodeSock} doctor ${option} -`,
    });
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of input) {
    const bytes = Buffer.from(part as Uint8Array);
    parts.push(bytes);
    size += bytes.length;
    if (size > limit) throw tooLarge(option, limit);
  }
  if (Buffer.concat(parts).toString('latin1').trim() === '') {
    throw new UserError('INPUT_EMPTY', {
      what: `${option} - found no text in standard input`,
      why: 'The program in front of the pipe wrote nothing.',
      next: 'check it, or give the name of a file',
    });
  }
  return Buffer.concat(parts);
}

function tooLarge(option: string, limit: number): UserError {
  return new UserError('INPUT_TOO_LARGE', {
    what: `the text for ${option} - is too large`,
    why: `At most ${limit / 1024 / 1024} MB are read.`,
    next: 'give the part of it with the error',
  });
}
