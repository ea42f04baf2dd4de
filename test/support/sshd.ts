import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.js';

/** A real sshd on loopback, for the user of this process. */
export interface Sshd {
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
  /** Ends the commands, too. */
  close(): Promise<void>;
}

/**
 * Starts Debian's sshd (SSHD, which test/provision.mjs provides). Of exit codes 8 bits arrive.
 * @param folder a folder of the test's own; the files are in its folder `sshd`.
 * @param script a bash script that runs SSH_ORIGINAL_COMMAND, and adds it to the file with a NUL.
 */
export async function startSshd(folder: string, script: (commandsFile: string) => string): Promise<Sshd> {
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
  const [shebang, ...lines] = script(file('commands.txt')).split('\n');
  const noted = [shebang, noteOfGroup(file('groups.txt')), ...lines].join('\n');
  writeFileSync(file('command.sh'), noted, { mode: 0o755 });
  writeClient(file('programs'), file('ssh_config'), [
    { knownHostsFile: file('known_hosts'), identityFile: file('user_key') },
  ]);
  writeFileSync(file('sshd_config'), serverConfig(port, file));
  for (const name of ['sshd.log', 'commands.txt', 'groups.txt']) writeFileSync(file(name), '');
  // sshd of root wants its folder, which a system's start makes.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(sshd, ['-D', '-f', file('sshd_config'), '-E', file('sshd.log')], { stdio: 'ignore' });
  const log = () => readFileSync(file('sshd.log'), 'utf8');
  const exited = once(child, 'exit');
  await listens(file('sshd.log'), exited, log);
  const cut = (): void => {
    for (const pid of sessionsOf(child.pid ?? 0)) kill(pid);
  };
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
    cut,
    async close() {
      cut();
      // One that goes on would still write into a folder that is being removed.
      for (const group of readFileSync(file('groups.txt'), 'utf8').split('\n').filter(Boolean)) kill(-Number(group));
      child.kill();
      await exited;
    },
  };
}

/**
 * Programs `ssh`, `scp` and `sftp` that know these servers alone.
 * @param programs the folder of the programs.
 */
export function writeClient(
  programs: string,
  configFile: string,
  servers: readonly Pick<Sshd, 'knownHostsFile' | 'identityFile'>[],
): void {
  mkdirSync(programs, { recursive: true });
  const identities = servers.map(({ identityFile }) => `IdentityFile ${identityFile}`).join('\n');
  const config = `Host *
${identities}
IdentitiesOnly yes
UserKnownHostsFile ${servers.map(({ knownHostsFile }) => knownHostsFile).join(' ')}
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
BatchMode yes
`;
  writeFileSync(configFile, config);
  for (const name of ['ssh', 'scp', 'sftp']) {
    const script = `#!/bin/sh\nexec /usr/bin/${name} -F '${configFile}' "$@"\n`;
    writeFileSync(path.join(programs, name), script, { mode: 0o755 });
  }
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

/** Resolves when sshd has written that it listens. */
function listens(file: string, exited: Promise<unknown>, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!log().includes('Server listening on')) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(file, look);
    const ended = (reason: unknown): void => {
      watcher.close();
      reject(new Error(`sshd ended: ${log()}`, { cause: reason }));
    };
    void exited.then(ended, ended);
    look();
  });
}

/** A line of bash that adds its process group to the file. */
const noteOfGroup = (file: string): string => `read -r _ _ _ _ group _ < /proc/$$/stat && echo "$group" >> '${file}'`;

/** Ends a process or, below 0, a group; it may have ended by itself since it was seen. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes that sshd has started for its connections. */
function sessionsOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
