import type { Expectation } from '../probe/index.js';

/** An application. */
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
  /** SHA-1 thumbprint, 40 hexadecimal digits: the certificate of the https bindings. Undefined with https: one is made. */
  readonly certificate?: string;
}

/** A package of Windows Installer that the user gives, for a product that IIS lacks. */
export interface ProductInstall {
  readonly name: string;
  /** The native module by which it is recognised. */
  readonly module: string;
  /** Where to get the right package. */
  readonly from: string;
  /** The package, and the file that msiexec writes its log to; absolute. */
  readonly msi: string;
  readonly log: string;
}

/** The plan of a deployment; defaults are filled in. */
export interface DeployPlan extends AppPlace {
  /** Absolute physical path of the app. */
  readonly directory: string;
  readonly poolName: string;
  /** The settings of a pool are changed although other applications use it. */
  readonly changeSharedPool?: boolean;
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
  /** The URL of plain WebSockets, below the app's own URL; undefined for socket.io. */
  readonly plainRoute?: string;
  /** Folder iisnode writes its logs to, absolute. */
  readonly logDirectory?: string;
  /** Installed first, where they are missing. */
  readonly installs?: readonly ProductInstall[];
  /** Run its build first: it is a TypeScript app, without --no-build. */
  readonly build?: boolean;
  /** Check the live app at the end. */
  readonly verify?: boolean;
  /** What its URLs have to answer there. */
  readonly expect?: readonly Expectation[];
  /** `directory` is this release, a copy of the app; undefined: it is the app's own folder. */
  readonly release?: PlannedRelease;
}

/** The release that will be live. */
export interface PlannedRelease {
  /** `20261129-071500-1a2b3c4d` */
  readonly id: string;
  /** The app's own folder, absolute. */
  readonly source: string;
  /** The folder with the releases of the application. */
  readonly base: string;
  /** How many releases are kept. */
  readonly keep: number;
  /** The release that is live before. */
  readonly from?: string;
  /** The number of its files, and their size in bytes. */
  readonly count: number;
  readonly size: number;
}

/** The app's own folder: where the user edits it. */
export const sourceOf = ({ directory, release }: Pick<DeployPlan, 'directory' | 'release'>): string =>
  release?.source ?? directory;

/** A right on a folder that deploy gave an account. */
export interface GrantedRight {
  readonly folder: string;
  /** As icacls takes it: `*S-1-5-82-...`, or the name of a user. */
  readonly account: string;
  /** What the account had there before, as `icacls /grant WHO:` takes it: `(OI)(CI)(R)`; undefined: nothing. */
  readonly before?: readonly string[];
}

/** An application as it was before its first deployment. */
export interface FormerApplication {
  /** undefined: it had no root virtual directory. */
  readonly physicalPath?: string;
  readonly pool: string;
  readonly preloadEnabled: boolean;
  /** What it did not set itself. */
  readonly inherits?: readonly ('applicationPool' | 'preloadEnabled')[];
}

/** The record of one deployment, so that undeploy removes exactly what it created. */
export interface DeploymentRecord {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  readonly pool: string;
  /** Deploy created the pool. */
  readonly poolCreated: boolean;
  /** What deploy changed in a pool that was there before: the former values, null for one that the pool did not set. */
  readonly poolBefore?: Readonly<Record<string, string | null>>;
  readonly directory: string;
  /** For a site root or an application that existed before: its former state. */
  readonly former?: FormerApplication;
  /** Deploy created the site. */
  readonly siteCreated?: boolean;
  /** Rights that deploy gave, which undeploy removes. */
  readonly rights?: readonly GrantedRight[];
  /** Bindings with a certificate that deploy gave them: `hostnameport=chat.example.com:443`. */
  readonly certificates?: readonly string[];
  /** Deploy started the background host. */
  readonly hostStarted: boolean;
  /** Folders that were deployed here before and were replaced. */
  readonly displaced?: readonly string[];
  /** The site's http binding (`*:8080:`) before deploy changed it; without `from` there was none. Same in all records of a site. */
  readonly formerBinding?: { readonly from?: string; readonly to: string };
  /** What node runs: the fingerprint of the folder that was deployed in place. */
  readonly running?: string;
  /** What the server was looked at for: a fingerprint of the app and of what it needs there. */
  readonly checked?: string;
  /** Its releases; without `live` the app's own folder is live. */
  readonly releases?: { readonly base: string; readonly keep: number; readonly live?: string };
}

/** The storage of records. */
export interface DeploymentRecords {
  find(target: string, site: string, path: string): Promise<DeploymentRecord | undefined>;
  all(): Promise<readonly DeploymentRecord[]>;
  /** Replaces the record of the same target, site and path. */
  save(record: DeploymentRecord): Promise<void>;
  remove(target: string, site: string, path: string): Promise<void>;
}
