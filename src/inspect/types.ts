import type { HostEvent, ProcessSeen, RequestSeen } from '../host/index.js';

/** A site of the configuration. */
export interface SiteShown {
  readonly name: string;
  readonly bindings: readonly string[];
}

/** An application of the site, with the URL at which it answers. */
export interface ApplicationShown {
  readonly url: string;
  readonly path: string;
  readonly folder: string;
  readonly pool: string;
}

/** One setting as IIS sees it. */
export interface SettingShown {
  /** `iisnode`, `handlers`. */
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** `web.config:12`, or `default`. */
  readonly from: string;
}

/** A finding of the doctor. */
export interface FindingShown {
  readonly severity: string;
  readonly rule: string;
  readonly message: string;
  /** `web.config:12`, or ''. */
  readonly place: string;
}

/** What is read when the page is opened, and when the configuration changes. */
export interface Overview {
  readonly title: string;
  readonly sites: readonly SiteShown[];
  readonly applications: readonly ApplicationShown[];
  readonly settings: readonly SettingShown[];
}

/** What the page shows, and how it is found out: each function is called only when a page asks. */
export interface Inspected {
  overview(): Promise<Overview>;
  /** Takes seconds: it is asked for apart. */
  findings(): Promise<readonly FindingShown[]>;
  processes(): Promise<readonly ProcessSeen[]>;
  /** The lines of the list that `trace` prints for the request. */
  trace(seen: RequestSeen): Promise<readonly string[]>;
}

/** One line that a process of the app wrote. */
export interface OutputSeen {
  readonly process: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** The live page while it runs. */
export interface Inspector {
  /** `http://127.0.0.1:49152/2c5…/`: it cannot be guessed, and no app can have it. */
  readonly url: string;
  request(seen: RequestSeen): void;
  output(seen: OutputSeen): void;
  event(seen: HostEvent): void;
  /** Idempotent; ends the connections of open pages. */
  close(): Promise<void>;
}
