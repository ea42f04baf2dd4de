import { UserError } from '../errors.js';
import { quoteForCmd } from '../quoting.js';
import { typedCommand } from '../typed-command.js';
import type { SshAddress } from './address.js';

/** ssh as the user types it for that server; a domain's backslash is quoted, which every shell reads alike. */
const typedSsh = ({ user, host, port }: SshAddress): string => {
  const login = user === undefined ? host : `${user}@${host}`;
  const typed = /^[\w.@:-]+$/.test(login) ? login : `"${login}"`;
  return ['ssh', ...(port === undefined ? [] : [`-p ${port}`]), typed].join(' ');
};

/** The server's name in known_hosts, for a command line: quoted, because shells read brackets. */
const knownName = ({ host, port }: SshAddress): string =>
  port === undefined || port === 22 ? host : `"[${host}]:${port}"`;

/** A server on which this program cannot run takes a script. */
const byScript = `or without node there: ${typedCommand(['deploy', '--to', 'deploy.bat'])}`;

/** What ssh said on stderr, and the reason for it (texts of OpenSSH's ssh, which it does not translate). */
const known: readonly (readonly [RegExp, (address: SshAddress) => UserError])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    (address) =>
      failure('SSH_HOST_KEY_CHANGED', {
        what: `${address.host} has another host key than before`,
        why: 'The server was installed again, or this is another machine that says it is that server. ssh does not connect.',
        next: `ask the administrator for the new key's fingerprint; only if it is right: ssh-keygen -R ${knownName(address)}, then connect once with ${typedSsh(address)}`,
      }),
  ],
  [
    /Host key verification failed|No \S+ host key is known/,
    (address) =>
      failure('SSH_HOST_KEY_UNKNOWN', {
        what: `the host key of ${address.host} is not known here`,
        why: 'ssh connects only to servers whose key it knows, and there is no terminal on which it can ask.',
        next: `${typedSsh(address)}     (once by hand: compare the fingerprint, and answer yes)`,
      }),
  ],
  [
    /Permission denied|Too many authentication failures/,
    (address) =>
      failure('SSH_PERMISSION_DENIED', {
        what: `${address.host} lets ${address.user ?? 'this user'} not in`,
        why: 'It accepts none of your keys. For members of Administrators Windows reads the keys from %ProgramData%\\ssh\\administrators_authorized_keys alone, and only if SYSTEM and Administrators alone may write it.',
        next: `add your public key there; on the server: icacls %ProgramData%\\ssh\\administrators_authorized_keys /inheritance:r /grant *S-1-5-32-544:F /grant *S-1-5-18:F; then try: ${typedSsh(address)}`,
      }),
  ],
  [
    /Connection refused/,
    ({ host, port }) =>
      failure('SSH_REFUSED', {
        what: `nothing answers at port ${port ?? 22} of ${host}`,
        why: 'The machine is there, and its OpenSSH server does not run, or it uses another port.',
        next: 'on the server: Start-Service sshd; Set-Service sshd -StartupType Automatic',
      }),
  ],
  [
    /timed out|No route to host|Network is unreachable/i,
    ({ host, port }) =>
      failure('SSH_TIMED_OUT', {
        what: `${host} does not answer`,
        why: `A firewall lets port ${port ?? 22} not through, or the machine is off. On Windows Server 2025 the rule OpenSSH-Server-In-TCP is off for public networks.`,
        next: 'on the server: Set-NetFirewallRule -Name OpenSSH-Server-In-TCP -Profile Any',
      }),
  ],
  [
    /Could not resolve hostname/,
    ({ host }) =>
      failure('SSH_HOST_UNKNOWN', {
        what: `there is no host ${host}`,
        why: 'Neither DNS nor your ssh configuration has that name.',
        next: 'correct the name, or add it to ~/.ssh/config',
      }),
  ],
];

/** The error for an ssh that ended before the server said anything. @param said Its stderr. */
export function connectionFailure(address: SshAddress, said: string, code: number | undefined): UserError {
  const [, make] = known.find(([pattern]) => pattern.test(said)) ?? [];
  if (make !== undefined) return make(address);
  const last = said.trim().split(/\r?\n/).at(-1)?.trim();
  return failure('SSH_FAILED', {
    what: `ssh could not run a command on ${address.host}`,
    why: last || `It ended with ${code ?? 'a signal'} and gave no reason.`,
    next: `${typedSsh(address)}     (by hand, to see what it says)`,
  });
}

export const noSsh = (cause: unknown): UserError =>
  failure('SSH_NOT_FOUND', {
    what: 'there is no program ssh on this machine',
    why: 'Your own ssh is used, with its keys and its configuration.',
    next:
      process.platform === 'win32'
        ? 'powershell -Command "Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0"     (as an administrator)'
        : 'sudo apt install openssh-client     (Debian and Ubuntu; others: the OpenSSH client)',
    cause,
  });

/** @param said what the shell there said of it. */
export const noNode = ({ host }: SshAddress, said: string): UserError =>
  failure('NODE_NOT_ON_SERVER', {
    what: `there is no node on ${host}`,
    why: `${said === '' ? '' : `The shell there says: "${shortened(said)}". `}It is neither in the PATH of the ssh session nor in Program Files\\nodejs. A change of PATH reaches ssh sessions when the service sshd starts again.`,
    next: `install Node for all users, then on the server: Restart-Service sshd; ${byScript}`,
  });

const longestSaid = 200;

/** In one line. */
function shortened(said: string): string {
  const line = said.replace(/\s+/g, ' ').trim();
  return line.length > longestSaid ? `${line.slice(0, longestSaid)}...` : line.replace(/\.$/, '');
}

export const oldNode = ({ host }: SshAddress, version: string, least: number): UserError =>
  failure('NODE_TOO_OLD_ON_SERVER', {
    what: `node on ${host} is ${version}`,
    why: `What this program runs there needs ${least} or newer.`,
    next: `install a newer one for all users (the app itself may keep its own, by nodeProcessCommandLine in web.config); ${byScript}`,
  });

export const notElevated = ({ host, user }: SshAddress): UserError =>
  failure('NOT_ELEVATED', {
    what: `${user ?? 'this user'} is no administrator of ${host}`,
    why: 'Only members of Administrators may change IIS; their sessions by ssh have all their rights.',
    next: `on the server, as an administrator: net localgroup Administrators ${quoteForCmd(user ?? 'NAME')} /add; or use another user`,
  });

export const notWindows = ({ host }: SshAddress, platform: string): UserError =>
  failure('SERVER_NOT_WINDOWS', {
    what: `${host} runs ${platform}, not Windows`,
    why: 'IIS is part of Windows.',
    next: 'name a Windows server',
  });

/** The connection ended, or the server went silent, while it was at work. */
export class ConnectionLost extends UserError {
  constructor({ host }: SshAddress, why: string) {
    super('CONNECTION_LOST', {
      what: `the connection to ${host} was lost`,
      why,
      next: 'run the command again',
      again: { same: true },
      exit: 'refused',
    });
  }
}

const failure = (code: string, options: Omit<ConstructorParameters<typeof UserError>[1], 'exit'>): UserError =>
  new UserError(code, { ...options, exit: 'refused' });
