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
  /** Its applicationHost.config, or a copy of it, where it can be read from here. */
  readonly apphost?: string;
  /** Of a server elsewhere: its address, as `--server` takes it. */
  readonly to?: string;
  /** Its own name. */
  readonly name?: string;
  /** The app's place there, and its folder; undefined where nothing is at that place. */
  readonly app?: { readonly site: string; readonly path: string; readonly directory: string | undefined };
  /** A folder with copies of the app's logs. */
  readonly logs?: string;
  /** What could not be read before the probes, each with the reason. */
  readonly notSeen?: readonly string[];
  /** Files and folders of this machine that are copies of its own. */
  readonly copies?: readonly (readonly [copy: string, original: string])[];
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

/** Of an app on the server, what the probes about it need; paths as the server has them. */
export interface AppOnServer {
  /** 'C:\\apps\\dante'. */
  readonly directory: string;
  /** The file that iisnode starts. */
  readonly entry?: string;
  /** The folder of iisnode's logs; undefined where it writes none. */
  readonly logDirectory?: string;
  /** The program of nodeProcessCommandLine without quotes and arguments; by default 'node.exe', which is looked for in PATH. */
  readonly nodeProgram?: string;
  /** The pool that runs it; undefined: unknown, and then its rights are, too. */
  readonly pool?: PoolOnServer;
  /** The user of anonymous visitors, with whose rights static files are read: 'IUSR', or '' for the pool's own; undefined: unknown. */
  readonly anonymousUser?: string;
}

export interface PoolOnServer {
  readonly name: string;
  /** As in processModel.identityType: 'ApplicationPoolIdentity', 'NetworkService', 'SpecificUser', ... */
  readonly identity: string;
  /** Of a SpecificUser: 'DOMAIN\\user'. */
  readonly userName?: string;
}

/** The program that runs the app. */
export interface NodeSeen extends FileSeen {
  /** Whether nodeProcessCommandLine names its folder, or the PATH of the machine has it. */
  readonly from: 'nodeProcessCommandLine' | 'PATH';
  /** Where the link of its folder leads to: nvm for Windows links Program Files to a folder of the user. */
  readonly target?: string | undefined;
}

/**
 * What an account may do with a file or folder. `of` says which: the app's folder, a folder above it (node asks for the attributes of each),
 * its web.config, its entry point, the folder of the logs (or the nearest one above it that is there), node.exe, or the app's folder for
 * static files.
 */
export interface RightSeen {
  readonly of: 'app' | 'above' | 'web.config' | 'entry' | 'logs' | 'node' | 'static files';
  readonly path: string;
  /** 'IIS AppPool\\Dante'. */
  readonly account: string;
  readonly needs: 'attributes' | 'read' | 'execute' | 'add files' | 'add folders';
  /** Unknown: no entry names the account, but groups of it are not known. */
  readonly allowed: 'yes' | 'no' | 'unknown';
  /** An entry denies it: granting does not help. */
  readonly denied?: true;
}

/** An entry of the event log that is about the app's pool, or about a module that a worker process could not load. */
export interface EventSeen {
  readonly id: number;
  readonly source: 'WAS' | 'IIS-W3SVC-WP';
  /** disabled: WAS has stopped the pool; crash: its worker process ended; identity: its account cannot log on. */
  readonly kind: 'disabled' | 'crash' | 'identity' | 'module' | 'configuration';
  /** UTC: '2026-01-31T10:00:00.123Z'. */
  readonly at: string;
  /** In English, whatever language the server has. */
  readonly says: string;
}

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
  /** Components of IIS by the names of HKLM\SOFTWARE\Microsoft\InetStp\Components: WebSockets, HttpCompressionDynamic, ... */
  readonly components?: Readonly<Record<string, boolean>> | undefined;
  /** The code page of the console, in which programs of Windows print: 850. */
  readonly consoleCodePage?: number | undefined;
  /** null: a pool finds none. */
  readonly node?: NodeSeen | null | undefined;
  /** The node.exe that the user who looks finds, where the pool finds none. */
  readonly ownNode?: string | undefined;
  /** Free on the drive of the app. */
  readonly disk?: { readonly drive: string; readonly freeBytes: number } | undefined;
  /** The app's pool: 'Started', 'Stopped', ... */
  readonly poolState?: string | undefined;
  readonly rights?: readonly RightSeen[] | undefined;
  /** Of the last day, the newest first. */
  readonly events?: readonly EventSeen[] | undefined;
}

/** A program of Windows below system32, or lines of PowerShell, of which many run in one process. */
export type Question =
  | { readonly program: readonly string[]; readonly args: readonly string[] }
  | { readonly script: string };

/** One question to the server: data. Nothing is looked for in PATH. */
export interface Probe {
  /** What is not seen where it fails: 'the service WAS'. */
  readonly about: string;
  /** undefined: there is nothing to ask, because it is about an app and none is known, or it does not apply to it. */
  readonly ask: (app: AppOnServer | undefined) => Question | undefined;
  /** An output that answers the question although the program says that it failed. */
  readonly answers?: RegExp;
  /** What the output says; for any text. */
  readonly read: (text: string, app: AppOnServer | undefined) => ServerSeen;
}

/** What was seen of the server, and what was not: a text for each reason, with all that was not seen for it. */
export interface ServerLook {
  readonly seen: ServerSeen;
  readonly notSeen: readonly string[];
}
