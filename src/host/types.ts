import type { ConfigModel, ConfigReader, SiteModel } from '../config/index.js';
import type { HttpPlatformSettings } from '../pipeline/sections/index.js';
import type { IisnodeSettings } from '../webconfig/index.js';

/** One line for the terminal or for the host's log. */
export interface HostEvent {
  readonly level: 'info' | 'warning' | 'error';
  /** Stable: PORT_TAKEN, PROCESS_EXITED, CONFIG_ERROR, SECTION_NOT_EMULATED, RECYCLED, ... */
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  /** Of PROCESS_EXITED: how the process ended. */
  readonly ended?: ProcessEnd;
}

/** The end of a node process that nothing asked to end. */
export interface ProcessEnd {
  /** Physical path of its entry point. */
  readonly script: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** It took connections on its pipe before. */
  readonly listened: boolean;
  /** Requests whose answer it broke off, as `GET /path (500.1013)`. */
  readonly cutOff: readonly string[];
  /** The error in its stderr, one line; '' when it wrote none. */
  readonly text: string;
  /** The package that `require` did not find. */
  readonly missingPackage: string | undefined;
}

/** Bytes and WebSocket frames of one direction. */
export interface FlowSeen {
  readonly bytes: number;
  readonly frames: number;
}

/** What went through a socket, as the client sees it: `sent` went to the client. */
export interface SocketTraffic {
  readonly received: FlowSeen;
  readonly sent: FlowSeen;
}

/** A request that was answered, or a WebSocket that was opened or closed. */
export interface RequestSeen {
  readonly kind: 'answered' | 'opened' | 'closed';
  readonly method: string;
  /** The request target as received. */
  readonly url: string;
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly subStatus: number;
  /** The answer was truncated: what made it ended, or broke off, after its head was sent. */
  readonly cut?: boolean;
  /** From the request's head to the end of its answer; of `closed`: how long the socket was open. In ms. */
  readonly took: number;
  /** Names of the rewrite rules that changed it. */
  readonly rules: readonly string[];
  /** Name, value pairs as received. */
  readonly headers: readonly string[];
  /** Name of the handler mapping; undefined where none was reached. */
  readonly handler: string | undefined;
  /** The process that answered, by its number. */
  readonly process: number | undefined;
  /** Where the time of an answer went, in ms; what was not reached is missing. */
  readonly stages?: StageTimes;
  /** Only of `closed`. */
  readonly traffic?: SocketTraffic;
  /** Only of `opened`: what is known of the socket now. */
  readonly socket?: () => SocketNow;
}

/** The time until the rules and the handler were known, from then until a process had the request, and until the answer's end. */
export interface StageTimes {
  readonly decide?: number;
  readonly dispatch?: number;
  readonly answer?: number;
}

/** An open WebSocket. */
export interface SocketNow extends SocketTraffic {
  /** The namespaces of socket.io that its client has joined; none of other WebSockets, and where texts are compressed. */
  readonly namespaces: readonly string[];
}

/** A process of an app that runs now. */
export interface ProcessSeen {
  readonly pid: number;
  /** The application pool that it belongs to. */
  readonly pool: string;
  readonly module: 'iisnode' | 'httpPlatformHandler';
  /** Physical path of its entry point, or of its application's folder. */
  readonly app: string;
  /** When it was started, in ms since 1970. */
  readonly since: number;
  /** Its requests and sockets that are not answered or closed yet. */
  readonly active: number;
  /** Those of them that are sockets; missing in a host of an older version. */
  readonly sockets?: number;
  /** How many processes there were in its place before; missing in a host of an older version. */
  readonly restarts?: number;
  /** How late its event loop is, in ms, as far as known: not of iisnode on Windows. */
  readonly delay?: number;
}

/** A certificate for TLS connections. */
export interface TlsCertificate {
  /** Changes with the certificate: its thumbprint. */
  readonly id: string;
  /** The certificate, its chain and its private key. */
  readonly pem: string;
}

/** The time, for what a pool does after hours. */
export interface HostClock {
  /** In ms since 1970. */
  now(): number;
  /** Calls `run` once, `delay` ms later; does not keep the process alive. The result cancels it. */
  after(delay: number, run: () => void): () => void;
}

export interface HostOptions {
  /**
   * Reads the configuration; called at start and after a configuration file changed. Files read through `reader` are watched;
   * files read in other ways are not.
   */
  readonly loadConfig: (reader: ConfigReader) => ConfigModel;
  /** Listen here for all sites instead of on their bindings. */
  readonly listen?: {
    readonly protocol?: 'http' | 'https';
    readonly host: string;
    readonly port: number;
    readonly siteName?: string;
  };
  /** Sites that get no port, because nothing would answer there. */
  readonly isUnused?: (site: SiteModel) => boolean;
  /** The certificate for a connection to an https binding, by the name that the client sends (SNI); without it there is none. */
  readonly certificateFor?: (
    point: { readonly address: string; readonly port: number },
    serverName: string | undefined,
  ) => TlsCertificate | undefined;
  readonly onEvent?: (event: HostEvent) => void;
  /** Informed of each request and each socket; without it nothing is measured. */
  readonly onRequest?: (seen: RequestSeen) => void;
  /** The worker process's environment, which node processes inherit; process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * The time of application pools: with it they end their worker processes after idleTimeout and recycle them after periodicRestart.
   * Without it worker processes have no end of their own.
   */
  readonly clock?: HostClock;
  /** Settings of iisnode that replace the configured ones of an application: a trial keeps the logs out of the app's folder. */
  readonly iisnode?: (configured: IisnodeSettings) => Partial<IisnodeSettings>;
  /** The same for HttpPlatformHandler. */
  readonly httpPlatform?: (configured: HttpPlatformSettings) => Partial<HttpPlatformSettings>;
}

export interface HostAddress {
  readonly siteName: string;
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:8080`, without trailing slash; with the host name of the site's binding where it has only such ones. */
  readonly origin: string;
}

/** A site that should be started, and does not listen. */
export interface SiteNotBound {
  readonly siteName: string;
  /** SITE_UNUSED: nothing would answer there; PORT_TAKEN, PORT_DENIED, ADDRESS_UNKNOWN: one of its ports could not be opened. */
  readonly code: string;
  readonly why: string;
}

export interface RunningHost {
  readonly addresses: readonly HostAddress[];
  readonly notBound: readonly SiteNotBound[];
  /** Pools that rapid-fail protection has stopped. */
  readonly stoppedPools: readonly string[];
  /** The processes of all applications, also those that end their last requests. */
  processes(): readonly ProcessSeen[];
  /** The same, with the delay of each event loop; takes a quarter of a second where one is blocked. */
  processesWithDelay(): Promise<readonly ProcessSeen[]>;
  /** Recycle every application, as recycling its pool does. */
  recycle(pool?: string): Promise<void>;
  /** Checks for changed configuration files now, and resolves when the new configuration is applied and its ports are open. */
  reload(): Promise<void>;
  /** Starts or stops a site (its ports) or an application pool (503 while stopped); not written to the configuration. */
  setState(kind: 'site' | 'apppool', name: string, started: boolean): Promise<void>;
  /** What is not answered or closed yet: requests, and those sockets that are watched. */
  readonly open: { readonly requests: number; readonly sockets: number };
  /** Closes all watched sockets as a server does that goes away (1001): their clients connect again. */
  closeSockets(): void;
  /** Idempotent. Ends every child process and socket, resolves when all have ended. */
  close(options?: CloseOptions): Promise<void>;
}

/** How a host closes. */
export interface CloseOptions {
  /** How long active requests may take to end, in ms; 300 by default. */
  readonly grace?: number;
  /** Ends them at once when it is aborted. */
  readonly now?: AbortSignal;
}
