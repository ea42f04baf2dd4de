import { execa } from 'execa';
import type { SshAddress } from './address.js';
import { sshArguments, sshProgram } from './command-line.js';
import type { SessionOptions } from './session.js';

const patience = 60_000;

/** Runs one command on the server, and gives what it printed; '' when it failed. */
export async function runLine(
  address: SshAddress,
  line: string,
  { environment }: Pick<SessionOptions, 'environment'>,
): Promise<string> {
  const isBatch = process.stdin.isTTY !== true;
  const { stdout } = await execa(sshProgram(environment, process.platform), sshArguments(address, line, isBatch), {
    env: environment,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    windowsHide: true,
    timeout: patience,
    forceKillAfterDelay: 1_000,
  });
  return stdout;
}
