import type { Origin } from '../config/index.js';

/** All 34 attributes of system.webServer/iisnode under their own names (reference: iisnode_schema.xml). Times in ms. */
export interface IisnodeSettings {
  readonly node_env: string;
  readonly asyncCompletionThreadCount: number;
  readonly nodeProcessCountPerApplication: number;
  readonly nodeProcessCommandLine: string;
  readonly interceptor: string;
  /** Infinity for `infinite`. */
  readonly maxConcurrentRequestsPerProcess: number;
  readonly maxNamedPipeConnectionRetry: number;
  readonly namedPipeConnectionRetryDelay: number;
  readonly maxNamedPipeConnectionPoolSize: number;
  readonly maxNamedPipePooledConnectionAge: number;
  readonly initialRequestBufferSize: number;
  readonly maxRequestBufferSize: number;
  readonly uncFileChangesPollingInterval: number;
  readonly gracefulShutdownTimeout: number;
  readonly logDirectory: string;
  readonly debuggingEnabled: boolean;
  readonly debuggerExtensionDll: string;
  readonly debugHeaderEnabled: boolean;
  readonly debuggerVirtualDir: string;
  readonly debuggerPathSegment: string;
  readonly debuggerPortRange: string;
  readonly maxLogFileSizeInKB: number;
  readonly maxTotalLogFileSizeInKB: number;
  readonly maxLogFiles: number;
  readonly loggingEnabled: boolean;
  readonly devErrorsEnabled: boolean;
  readonly flushResponse: boolean;
  readonly watchedFiles: string;
  readonly enableXFF: boolean;
  readonly promoteServerVars: string;
  readonly configOverrides: string;
  readonly recycleSignalEnabled: boolean;
  readonly idlePageOutTimePeriod: number;
  readonly nodeProcessStickySessions: boolean;
}

export type SettingSource = 'default' | 'web.config' | 'environment' | 'iisnode.yml' | 'computed';

/** Settings after schema, web.config, IISNODE_* environment, iisnode.yml and computed defaults, in that order. */
export interface ResolvedIisnodeSettings {
  readonly values: IisnodeSettings;
  readonly sources: Readonly<Record<keyof IisnodeSettings, SettingSource>>;
  readonly origins: Readonly<Partial<Record<keyof IisnodeSettings, Origin>>>;
}

/** What a socket.io app needs in its web.config. */
export interface WebConfigWants {
  /** Entry point relative to web.config, forward slashes: 'server-socketio.js'. */
  readonly entry: string;
  /** The entry point is the loader, which starts the app's own. Default: false. */
  readonly isLoader?: boolean;
  /** Names that handlers and rules of a file that is there may have in place of the entry point. Default: none. */
  readonly replaces?: readonly string[];
  /** Other ways to run the app (HttpPlatformHandler, a reverse proxy) are removed from a file that is there. Default: false. */
  readonly replacesHosts?: boolean;
  /** '/' or '/dante'; written to appSettings. */
  readonly vdirPath: string;
  /** Default: the value in an existing file, else 1. */
  readonly processes?: number;
  /** The effective number where none is asked for: it may come from iisnode.yml. Default: the value in the file. */
  readonly processesNow?: number;
  /** Whether its processes share messages through an adapter, or are independent. Undefined: unknown. */
  readonly sharing?: 'adapter' | 'independent';
  readonly transports: readonly ('websocket' | 'polling')[];
  /**
   * Are they written to appSettings? An existing app has its transports in its own code. Default: into a new file, and
   * where a file already has the setting.
   */
  readonly transportsSetting?: boolean;
  /** Further appSettings, e.g. REDIS_URL. */
  readonly appSettings?: Readonly<Record<string, string>>;
  /**
   * What opens at the app's own URL (`/dante/`) if an existing file has rules that leave files to IIS: the entry point (default),
   * or a static page such as index.html that IIS finds itself. Otherwise everything goes to the entry point.
   */
  readonly home?: 'entry' | 'static';
  /**
   * The URL of WebSockets below the app's own URL: 'socket.io' (default), or 'stream' of a plain WebSocket. An existing file keeps
   * its own rules for anything except socket.io.
   */
  readonly route?: string;
  /** Where a new web.config corrects Firefox's upgrades. 'any': at all URLs; 'none': nowhere. Default: at the route. */
  readonly upgrades?: 'any' | 'none';
  /** Folders whose files IIS serves itself. Default: none. */
  readonly staticFolders?: readonly StaticFolder[];
  /** Folders of the app's own scripts, besides the entry point's: iisnode restarts the app when one changes. Default: none. */
  readonly watchedFolders?: readonly string[];
  /** Options that node is started with: '--max-old-space-size=4096'. A command line in the file stays. Default: none. */
  readonly nodeOptions?: readonly string[];
  /** node runs TypeScript: a change of it restarts the app. */
  readonly watchesTypeScript?: boolean;
  /** The app's own entry point where another file starts it, as the loader does: a change of it restarts the app. */
  readonly watchedEntry?: string;
}

/** A folder that the app serves unchanged, as with express.static. */
export interface StaticFolder {
  /** Relative to web.config, forward slashes: 'public', 'client/dist'. */
  readonly folder: string;
  /** The URL at which the app serves it, below the app's own, without slashes around it: '' (`app.use(express.static('public'))`), 'assets'. */
  readonly at: string;
}

export interface PatchResult {
  /** The new text; the same string when nothing was missing. */
  readonly text: string;
  /** One human-readable line for each change. */
  readonly changes: readonly string[];
}
