import path from 'node:path';
import { fileVersion, registryValue, serviceState } from './parse.js';

/** What was seen of the server on this machine; what is not known is undefined. */
export interface ServerSeen {
  /** '10.0'. */
  readonly iis?: string | undefined;
  /** '0.2.26.0'. */
  readonly iisnode?: string | undefined;
  readonly w3svc?: string | undefined;
  readonly was?: string | undefined;
}

/** One question to the server: data. `program` is below system32; nothing is looked for in PATH. */
export interface Probe {
  readonly about: string;
  readonly program: readonly string[];
  readonly args: (environment: Readonly<Record<string, string | undefined>>) => readonly string[];
  /** An output that answers the question although the program says that it failed. */
  readonly answers?: RegExp;
  readonly read: (text: string) => ServerSeen;
}

/** [SC] EnumQueryServicesStatus:OpenService FAILED 1060: there is no such service. */
const noSuchService = /\bFAILED 1060\b/;
const service = (name: string, key: 'w3svc' | 'was'): Probe => ({
  about: `the service ${name}`,
  program: ['sc.exe'],
  args: () => ['query', name],
  answers: noSuchService,
  read: (text) => ({ [key]: noSuchService.test(text) ? 'missing' : serviceState(text) }),
});

/** Run one after the other, each under a limit of time. Sources: iis.md 5. */
export const probes: readonly Probe[] = [
  {
    about: 'the version of IIS',
    program: ['reg.exe'],
    args: () => ['query', 'HKLM\\SOFTWARE\\Microsoft\\InetStp', '/reg:64'],
    read: (text) => {
      const [major, minor] = [registryValue(text, 'MajorVersion'), registryValue(text, 'MinorVersion')];
      return { iis: major === undefined ? undefined : `${major}.${minor ?? '0'}` };
    },
  },
  service('W3SVC', 'w3svc'),
  service('WAS', 'was'),
  {
    about: 'the version of iisnode',
    program: ['WindowsPowerShell', 'v1.0', 'powershell.exe'],
    args: ({ ProgramW6432, ProgramFiles = 'C:\\Program Files' }) => {
      const file = path.win32.join(ProgramW6432 ?? ProgramFiles, 'iisnode', 'iisnode.dll');
      const quoted = `'${file.replaceAll("'", "''")}'`;
      return [
        '-NoProfile',
        '-NonInteractive',
        '-Command',
        `(Get-Item -LiteralPath ${quoted}).VersionInfo.ProductVersion`,
      ];
    },
    read: (text) => ({ iisnode: fileVersion(text) }),
  },
];
