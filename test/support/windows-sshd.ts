import { userInfo } from 'node:os';
import path from 'node:path';
import { serverPrefix, type WindowsServer } from '../windows/server/windows-server.js';
import { type Sshd, startSshd } from './sshd.js';

/** A Windows server's sshd on loopback; its commands run in the cmd.exe of a `WindowsServer`. */
export type WindowsSshd = Sshd;

/**
 * Starts Debian's sshd for the user of this process. A command runs as under Windows OpenSSH without a terminal,
 * `cmd.exe /c "COMMAND"` (test/windows/server/ssh-command.c). sftp begins in C:\users\NAME.
 * @param folder a folder of the test's own.
 */
export const startWindowsSshd = (folder: string, server: WindowsServer): Promise<WindowsSshd> =>
  startSshd(folder, (commandsFile) => commandScript(commandsFile, server));

/** wine gets pipes: a Windows program could not use the socket that sshd gives. */
function commandScript(commandsFile: string, server: WindowsServer): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const environment = { ...server.environment, WINEDEBUG: '-all', DISPLAY: '', LC_ALL: 'C.UTF-8' };
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const home = path.join(serverPrefix, 'drive_c', 'users', userInfo().username);
  return `#!/bin/bash
${lines.join('\n')}
case "$SSH_ORIGINAL_COMMAND" in
  */sftp-server) exec $SSH_ORIGINAL_COMMAND -d ${quoted(home)} ;;
esac
printf '%s\\0' "$SSH_ORIGINAL_COMMAND" >> ${quoted(commandsFile)}
exec 3<&0
wine 'C:\\stand-ins\\ssh-command.exe' < <(exec cat <&3 2>/dev/null) 3<&- > >(cat) 2> >(cat >&2)
code=$?
exec >&- 2>&-
exit $code
`;
}
