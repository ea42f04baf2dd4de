import type { SshAddress } from './address.js';
import { bootstrapLine } from './bootstrap-line.js';
import { noNode, notElevated, notWindows, oldNode } from './failures.js';
import type { Ready } from './messages.js';
import { runLine } from './run-line.js';
import { NoAnswer, openSession, type Session, type SessionOptions } from './session.js';

/** The oldest node that the program runs on: that of package.json. */
const leastNode = 20;

export interface ConnectOptions extends Omit<SessionOptions, 'line'> {
  /** Windows alone has IIS; false in tests. */
  readonly needsWindows?: boolean;
  /** False: the user there need be no administrator. */
  readonly needsElevation?: boolean;
}

/**
 * Connects to a Windows server with node.
 * @throws UserError SSH_NOT_FOUND, SSH_..., NODE_NOT_ON_SERVER, NODE_TOO_OLD_ON_SERVER, SERVER_NOT_WINDOWS, NOT_ELEVATED.
 */
export async function connect(
  address: SshAddress,
  options: ConnectOptions,
): Promise<Session & { readonly ready: Ready }> {
  const check = ({ node, platform, elevated }: Ready): void => {
    if (options.needsWindows !== false && platform !== 'win32') throw notWindows(address, platform);
    if (Number(/^v(\d+)/.exec(node)?.[1]) < leastNode) throw oldNode(address, node, leastNode);
    if (!elevated && options.needsElevation !== false) throw notElevated(address);
  };
  let said = '';
  try {
    return await openSession(address, options, check);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    said = error.message;
  }
  const line = bootstrapLine(await nodeInItsUsualPlace(address, options));
  try {
    return await openSession(address, { ...options, line }, check);
  } catch (error) {
    throw error instanceof NoAnswer ? noNode(address, said) : error;
  }
}

/** As the shell of the server reads it: PowerShell leaves %COMSPEC% as it is, and needs & before a quoted program (deploying.md 1.3). */
async function nodeInItsUsualPlace(address: SshAddress, options: ConnectOptions): Promise<string> {
  const said = await runLine(address, 'echo %COMSPEC%', options);
  return said.includes('%COMSPEC%') ? '& "$env:ProgramFiles\\nodejs\\node.exe"' : '"%ProgramFiles%\\nodejs\\node.exe"';
}
