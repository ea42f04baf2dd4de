import { system32 } from '../system32.js';
import type { SshAddress } from './address.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's own ssh; on Windows that of the system, never one in the current folder. */
export const sshProgram = (environment: Environment, platform: NodeJS.Platform): string =>
  platform === 'win32' ? system32(environment, 'OpenSSH', 'ssh.exe') : 'ssh';

/** In seconds. */
const connectTimeout = 30;

/**
 * Its arguments for one command: no terminal there, so that bytes arrive as they are.
 * @param isBatch there is no terminal on which ssh can ask.
 */
export function sshArguments(
  { user, host, port }: Pick<SshAddress, 'user' | 'host' | 'port'>,
  line: string,
  isBatch: boolean,
): string[] {
  return [
    '-T',
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(isBatch ? ['-o', 'BatchMode=yes'] : []),
    ...['-o', `ConnectTimeout=${connectTimeout}`],
    '--',
    user === undefined ? host : `${user}@${host}`,
    line,
  ];
}
