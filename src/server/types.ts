/** What a program of the server said. */
export interface ServerAnswer {
  readonly exitCode: number;
  /** What it printed, errors included. */
  readonly stdout: string;
}

/**
 * Runs a program of Windows on the server: here, or over a connection.
 *
 * @param program Its path below system32, in parts: ['inetsrv', 'appcmd.exe'].
 * @param args As a list: quoting them for the program is its part.
 * @param options `signal` is aborted when the time is over; what runs then has to end.
 * @throws an Error with `code` ENOENT where the program is not there, EACCES or EPERM where it may not run.
 */
export type ServerRun = (
  program: readonly string[],
  args: readonly string[],
  options: { readonly signal: AbortSignal },
) => Promise<ServerAnswer>;

/** A server that can be asked. */
export interface ServerPlace {
  readonly run: ServerRun;
  /** Its applicationHost.config, where it can be read from here. */
  readonly apphost?: string;
}

export type ServiceState = 'running' | 'stopped' | 'pending' | 'paused' | 'missing';

/** A file of the server that is there. */
export interface FileSeen {
  /** As the server has it. */
  readonly path: string;
  /** '0.2.26.0'; undefined for a file without one. */
  readonly version?: string | undefined;
  /** Of a program or a DLL; undefined where it could not be read. */
  readonly bits?: 32 | 64 | undefined;
}

/**
 * Files that tell what is installed. `iisnode` is the build for the bitness of Windows, `iisnode32` the one in Program Files (x86);
 * the schemas are what lets IIS accept the section.
 */
export type ServerFile =
  | 'iisnode'
  | 'iisnode32'
  | 'iisnodeSchema'
  | 'rewrite'
  | 'rewriteSchema'
  | 'httpPlatform'
  | 'httpPlatformSchema'
  | 'requestRouting'
  | 'webSocket'
  | 'dynamicCompression'
  | 'applicationInitialization';

/** What was seen of a server: plain data, as `doctor --json` has it. What was not looked at or not seen is undefined. */
export interface ServerSeen {
  /** The version of IIS: '10.0'. */
  readonly iis?: string | undefined;
  readonly w3svc?: ServiceState | undefined;
  readonly was?: ServiceState | undefined;
  /** The version of iisnode: '0.2.26.0'. */
  readonly iisnode?: string | undefined;
  /** null: it is not there. */
  readonly files?: Readonly<Partial<Record<ServerFile, FileSeen | null>>> | undefined;
}

/** A program of Windows below system32, or lines of PowerShell, of which many run in one process. */
export type Question =
  | { readonly program: readonly string[]; readonly args: readonly string[] }
  | { readonly script: string };

/** One question to the server: data. Nothing is looked for in PATH. */
export interface Probe {
  /** What is not seen where it fails: 'the service WAS'. */
  readonly about: string;
  readonly ask: () => Question;
  /** An output that answers the question although the program says that it failed. */
  readonly answers?: RegExp;
  /** What the output says; for any text. */
  readonly read: (text: string) => ServerSeen;
}

/** What was seen of the server, and what was not, each with the reason. */
export interface ServerLook {
  readonly seen: ServerSeen;
  readonly notSeen: readonly string[];
}
