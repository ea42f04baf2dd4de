export interface AdviceOptions {
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  /** The entry point, relative, forward slashes; undefined: every script may be the server's. */
  readonly entry?: string;
  /** Names of the scripts in package.json. */
  readonly scripts?: readonly string[];
  /** Does web.config send this URL (relative to the app) to the entry point? Undefined: nobody knows. */
  readonly reaches?: (relativeUrl: string) => boolean;
  /** False: its WebSockets are plain ones. Default true. */
  readonly speaksSocketIo?: boolean;
}
