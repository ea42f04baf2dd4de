import { asUserError } from '../config/index.js';
import { requireTargets, worstOf } from '../deploy/index.js';
import { nothingChanged, tooManyOpenFiles, UserError } from '../errors.js';
import { type ExitReason, exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/index.js';
import type { CommandContext } from './context.js';

/** The exit code's reason. */
const reasonOf = (code: number): ExitReason =>
  (Object.keys(exitCodes) as ExitReason[]).find((reason) => exitCodes[reason].code === code) ?? 'bug';

/**
 * The same work for each server of a target, one after the other; one that fails stops no other. One server has its own document and its
 * own error; several have one document together, and the worst exit code.
 * @param act gets the server as in `--to`, and the terminal to print on.
 */
export async function forEachServer(
  servers: readonly string[],
  { terminal, signal }: Pick<CommandContext, 'terminal' | 'signal'>,
  act: (to: string | undefined, terminal: Terminal) => Promise<number>,
): Promise<number> {
  requireTargets(servers);
  if (servers.length < 2) return act(servers[0], terminal);
  const documents: object[] = [];
  const exits: ExitReason[] = [];
  for (const [index, server] of servers.entries()) {
    if (signal.aborted) throw nothingChanged();
    terminal.print(terminal.out.strong(`${server} (${index + 1} of ${servers.length})`));
    const printed: object[] = [];
    const own: Terminal = { ...terminal, document: (value) => void printed.push(value) };
    try {
      const code = await act(server, own);
      exits.push(reasonOf(code));
      documents.push({ server, ...printed[0], exit: code });
    } catch (thrown) {
      const error = knownError(thrown);
      printError(terminal, error);
      exits.push(error.exit);
      documents.push({ server, ...errorFields(error) });
    }
  }
  const code = exitCodes[worstOf(exits)].code;
  terminal.document({ servers: documents, exit: code });
  return code;
}

/** Its three lines. @throws what is no UserError: a bug. */
export function knownError(thrown: unknown): UserError {
  const error = tooManyOpenFiles(thrown) ?? asUserError(thrown);
  if (error instanceof UserError) return error;
  throw thrown;
}

/** The three lines of an error, where the command goes on after it. */
export function printError({ say, err }: Terminal, { code, what, why, next }: UserError): void {
  say(`${err.error('error')} ${err.strong(code)}  ${what}`);
  say(`  ${why}`);
  say(`  next: ${next}`);
}

/** An error in a document of several servers. */
export const errorFields = ({ code, what, why, next, exit }: UserError) => ({
  error: { code, what, why, next },
  exit: exitCodes[exit].code,
});
