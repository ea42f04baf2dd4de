import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { serverPrefix, type WindowsServer } from '../windows/server/windows-server.js';
import { freePort } from './free-port.js';

/** A Windows server's sshd on loopback; its commands run in the cmd.exe of a `WindowsServer`. */
export interface WindowsSshd {
  readonly port: number;
  readonly user: string;
  /** `ssh://user@127.0.0.1:port` */
  readonly url: string;
  /** For `ssh -F`: the key, and the host key as the only one that is known. */
  readonly configFile: string;
  /** A folder whose `ssh`, `scp` and `sftp` use that file; for the beginning of PATH. */
  readonly programs: string;
  /** Lines `[127.0.0.1]:port ssh-ed25519 ...`. */
  readonly knownHostsFile: string;
  readonly identityFile: string;
  /** The commands that ran, in order. */
  commands(): readonly string[];
  /** How many connections were let in. */
  connections(): number;
  /** Cuts all connections; a command that runs goes on, as on Windows. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * Starts Debian's sshd (SSHD, which test/provision.mjs provides) for the user of this process. A command runs as under Windows
 * OpenSSH without a terminal, `cmd.exe /c "COMMAND"` (test/windows/server/ssh-command.c). Of exit codes 8 bits arrive.
 * sftp begins in C:\users\NAME.
 * @param folder a folder of the test's own.
 */
export async function startWindowsSshd(folder: string, server: WindowsServer): Promise<WindowsSshd> {
  const sshd = process.env.SSHD ?? 'SSHD is not set: npm test sets it';
  const file = (name: string) => path.join(folder, 'sshd', name);
  mkdirSync(file('programs'), { recursive: true });
  for (const name of ['host_key', 'user_key']) {
    const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`ssh-keygen failed: ${made.stderr}`);
  }
  const user = userInfo().username;
  const port = await freePort();
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(file('host_key.pub'), 'utf8')}`);
  writeFileSync(file('command.sh'), commandScript(folder, user, server), { mode: 0o755 });
  writeFileSync(file('ssh_config'), clientConfig(file));
  for (const name of ['ssh', 'scp', 'sftp']) {
    writeFileSync(file(`programs/${name}`), `#!/bin/sh\nexec /usr/bin/${name} -F '${file('ssh_config')}' "$@"\n`);
    chmodSync(file(`programs/${name}`), 0o755);
  }
  writeFileSync(file('sshd_config'), serverConfig(port, file));
  for (const name of ['sshd.log', 'commands.txt']) writeFileSync(file(name), '');
  // sshd of root wants its folder, which a system's start makes.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(sshd, ['-D', '-f', file('sshd_config'), '-E', file('sshd.log')], { stdio: 'ignore' });
  const log = () => readFileSync(file('sshd.log'), 'utf8');
  const exited = once(child, 'exit');
  await listens(file('sshd.log'), exited, log);
  return {
    port,
    user,
    url: `ssh://${user}@127.0.0.1:${port}`,
    configFile: file('ssh_config'),
    programs: file('programs'),
    knownHostsFile: file('known_hosts'),
    identityFile: file('user_key'),
    commands: () => readFileSync(file('commands.txt'), 'utf8').split('\0').slice(0, -1),
    connections: () => log().match(/^Accepted publickey /gm)?.length ?? 0,
    cut: () => {
      for (const pid of sessionsOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
    },
    async close() {
      for (const pid of sessionsOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
      child.kill();
      await exited;
    },
  };
}

const serverConfig = (port: number, file: (name: string) => string): string => `Port ${port}
ListenAddress 127.0.0.1
HostKey ${file('host_key')}
AuthorizedKeysFile ${file('user_key.pub')}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PidFile none
LogLevel VERBOSE
Subsystem sftp /usr/lib/openssh/sftp-server
ForceCommand ${file('command.sh')}
`;

const clientConfig = (file: (name: string) => string): string => `Host *
IdentityFile ${file('user_key')}
IdentitiesOnly yes
UserKnownHostsFile ${file('known_hosts')}
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
BatchMode yes
`;

/** wine gets pipes: a Windows program could not use the socket that sshd gives. */
function commandScript(folder: string, user: string, server: WindowsServer): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const environment = { ...server.environment, WINEDEBUG: '-all', DISPLAY: '', LC_ALL: 'C.UTF-8' };
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  const home = path.join(serverPrefix, 'drive_c', 'users', user);
  return `#!/bin/bash
${lines.join('\n')}
case "$SSH_ORIGINAL_COMMAND" in
  */sftp-server) exec $SSH_ORIGINAL_COMMAND -d ${quoted(home)} ;;
esac
printf '%s\\0' "$SSH_ORIGINAL_COMMAND" >> ${quoted(path.join(folder, 'sshd', 'commands.txt'))}
exec 3<&0
wine 'C:\\stand-ins\\ssh-command.exe' < <(exec cat <&3 2>/dev/null) 3<&- > >(cat) 2> >(cat >&2)
code=$?
exec >&- 2>&-
exit $code
`;
}

/** Resolves when sshd has written that it listens. */
function listens(file: string, exited: Promise<unknown>, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!log().includes('Server listening on')) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(file, look);
    void exited.then(() => {
      watcher.close();
      reject(new Error(`sshd ended: ${log()}`));
    });
    look();
  });
}

/** The processes that sshd has started for its connections. */
function sessionsOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
