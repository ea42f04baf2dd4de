import type { ConfigModel } from '../config/index.js';
import type { Disk, Step } from '../pipeline/index.js';

/** What to trace, and in which configuration. Nothing is run and nothing is written; the disk is only read. */
export interface TraceOptions {
  readonly model: ConfigModel;
  /** `http://localhost/dante/?a`, `localhost/dante`, `/dante`; `ws://` adds the headers of a WebSocket handshake. */
  readonly url: string;
  /** Name of the site; by default the one whose binding matches the URL, else the first. */
  readonly site?: string;
  /** GET by default; upper case as sent. */
  readonly method?: string;
  /** Request headers as sent; repeated names are joined with a comma. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The worker process's environment, for iisnode's settings; empty by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The real one by default. */
  readonly disk?: Disk;
  /** How the folder's vdir path was chosen, when the model was made for a folder: shown with the site. */
  readonly placement?: Placement;
}

export interface Placement {
  readonly note: string;
  readonly file?: string;
  readonly line?: number;
}

export interface TraceOutcome {
  readonly kind: 'handler' | 'redirect' | 'error' | 'abort';
  readonly status?: number;
  readonly subStatus?: number;
  readonly location?: string;
  /** Path (decoded) and query after rewriting. */
  readonly url: string;
  /** Name of the handler mapping that matched the request. */
  readonly handler?: string;
  readonly modules?: readonly string[];
  /** Physical path of the entry point or file. */
  readonly script?: string;
  /** Path of the application: '/' or '/dante'. */
  readonly app?: string;
  /** One sentence on an error. */
  readonly message?: string;
  readonly file?: string;
  readonly line?: number;
  /** For an error: the outcome of the URL that httpErrors runs instead (ExecuteURL). Its status is the error's own, unless node answers. */
  readonly page?: TraceOutcome;
}

/** The document of `trace --json`. */
export interface Trace {
  readonly url: string;
  readonly method: string;
  readonly steps: readonly Step[];
  readonly outcome: TraceOutcome;
}
