import type { ConfigModel } from '../config/index.js';
import type { RewriteEventName, RuleVerdict } from '../rewrite/index.js';

/** What to trace, and in which configuration. Nothing is run and nothing is written; only the disk is looked at. */
export interface TraceOptions {
  readonly model: ConfigModel;
  /** `http://localhost/dante/?a`, `localhost/dante`, `/dante`; `ws://` adds the headers of a WebSocket handshake. */
  readonly url: string;
  /** Name of the site; by default the one whose binding fits the URL, else the first. */
  readonly site?: string;
  /** GET by default; upper case as sent. */
  readonly method?: string;
  /** Request headers as sent; repeated names are joined with a comma. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** The worker process's environment, for iisnode's settings; empty by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly probe?: DiskProbe;
  /** Why the folder sits where it does, when the model was made for one: told with the site. */
  readonly placement?: Placement;
}

export interface Placement {
  readonly note: string;
  readonly file?: string;
  readonly line?: number;
}

/** The only questions asked of the disk; the real one by default. */
export interface DiskProbe {
  isFile(physicalPath: string): boolean;
  isDirectory(physicalPath: string): boolean;
}

/** The stations of a request, in the order IIS goes through them. */
export type TraceStage =
  | 'url'
  | 'site'
  | 'configuration'
  | 'global-rewrite'
  | 'request-filtering'
  | 'rewrite'
  | 'http-redirect'
  | 'handler'
  | 'websocket'
  | 'iisnode'
  | 'static-file'
  | 'default-document'
  | 'directory'
  | 'http-errors'
  | 'outbound-rewrite';

export interface TraceCondition {
  /** As written, and expanded. */
  readonly input: string;
  readonly expanded: string;
  readonly matchType: string;
  readonly pattern?: string;
  readonly negate: boolean;
  readonly matched: boolean;
}

/** One thing that was decided. Fields that do not apply are absent. */
export interface TraceStep {
  readonly stage: TraceStage;
  /** Name of the rewrite rule, or of the handler mapping. */
  readonly rule?: string;
  readonly matched?: boolean;
  /** Of a rewrite rule: how far it came. */
  readonly verdict?: RuleVerdict;
  /** What was tested, and against what. */
  readonly input?: string;
  readonly pattern?: string;
  /** The pattern must not match. */
  readonly negate?: true;
  /** {R:0}, {R:1}, ... */
  readonly captures?: readonly string[];
  readonly conditions?: readonly TraceCondition[];
  readonly result?: string;
  readonly note?: string;
  /** Of a rewrite rule: the events that Failed Request Tracing on IIS has for it, in order. */
  readonly events?: readonly RewriteEventName[];
  /** Where the configuration says so. */
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
  /** Name of the handler mapping that took the request. */
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
  /** Of an error: the outcome of the URL that httpErrors runs in its place (ExecuteURL). Its status is the error's own, unless node answers. */
  readonly page?: TraceOutcome;
}

/** The document of `trace --json`. */
export interface Trace {
  readonly url: string;
  readonly method: string;
  readonly steps: readonly TraceStep[];
  readonly outcome: TraceOutcome;
}
