import type { Expectation } from '../probe/index.js';

/** Which application. */
export interface AppPlace {
  readonly siteName: string;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
}

/** One binding of a site. */
export interface SiteBinding {
  readonly protocol: 'http' | 'https';
  /** `*`, or an IP address. */
  readonly address: string;
  readonly port: number;
  /** '' for every host name. */
  readonly host: string;
}

/** The site that deploy creates. */
export interface NewSite {
  readonly name: string;
  /** Empty: one for the port that the embedded target chose. */
  readonly bindings: readonly SiteBinding[];
  /** SHA-1 thumbprint, 40 hexadecimal digits: the certificate of the https bindings, in the machine's store `MY`. */
  readonly certificate?: string;
}

/** What deploy was asked for; defaults are filled in. */
export interface DeployPlan extends AppPlace {
  /** Absolute physical path of the app. */
  readonly directory: string;
  readonly poolName: string;
  /** `siteName` is a site that deploy creates. */
  readonly newSite?: NewSite;
  /** Entry point relative to `directory`, forward slashes. */
  readonly entry: string;
  /** Sections the app's web.config sets that may be locked. */
  readonly sections: readonly string[];
  /** Server variables the app's rewrite rules set: HTTP_CONNECTION. */
  readonly serverVariables?: readonly string[];
  /** Embedded target: the port of the site's binding. */
  readonly port: number | undefined;
  /** Where plain WebSockets come in, below the app's own URL; undefined for socket.io. */
  readonly plainRoute?: string;
  /** Folder iisnode writes its logs to, absolute. */
  readonly logDirectory?: string;
  /** Its own build comes first: it is a TypeScript app, and nobody said otherwise. */
  readonly build?: boolean;
  /** The live app is looked at when all is done. */
  readonly verify?: boolean;
  /** What its URLs have to answer there. */
  readonly expect?: readonly Expectation[];
}

/** What deploy remembers of one deployment, so that undeploy removes exactly that. */
export interface DeploymentRecord {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  readonly pool: string;
  /** Deploy made the pool. */
  readonly poolCreated: boolean;
  readonly directory: string;
  /** Of a site root or an application that was there before: what it had. */
  readonly former?: { readonly physicalPath: string; readonly pool: string; readonly preloadEnabled: boolean };
  /** Deploy created the site. */
  readonly siteCreated?: boolean;
  /** Bindings with a certificate that deploy gave them: `hostnameport=chat.example.com:443`. */
  readonly certificates?: readonly string[];
  /** Deploy started the background host. */
  readonly hostStarted: boolean;
  /** Folders that were deployed here before and had to give way. */
  readonly displaced?: readonly string[];
  /** The site's http binding (`*:8080:`) before deploy changed it; without `from` there was none. Same in all records of a site. */
  readonly formerBinding?: { readonly from?: string; readonly to: string };
}

/** Where records are kept. */
export interface DeploymentRecords {
  find(target: string, site: string, path: string): Promise<DeploymentRecord | undefined>;
  all(): Promise<readonly DeploymentRecord[]>;
  /** Replaces the record of the same target, site and path. */
  save(record: DeploymentRecord): Promise<void>;
  remove(target: string, site: string, path: string): Promise<void>;
}
