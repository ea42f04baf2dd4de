import { existsSync } from 'node:fs';
import type { Argument } from '../quoting.js';
import type { AppOnServer, ServerLook } from '../server/index.js';
import type { CertificateStore } from './certificates.js';
import type { DeployPlan } from './plan.js';

/** The background host of the embedded target, or of IIS Express. */
export interface HostControl {
  /** 'the embedded IIS', as in sentences. */
  readonly name: string;
  /** A process for each site; false: one for all, and `site` has no meaning. */
  readonly isPerSite?: boolean;
  running(site: string): Promise<boolean>;
  /** Does the running one know the configuration as it is now? undefined: always. */
  isCurrent?(site: string): Promise<boolean>;
  /** Why the running host does not listen for a site that is started. */
  notBound(site: string): Promise<{ readonly code: string; readonly why: string } | undefined>;
  /** Tries once more to listen for a site that is started: its port may be free now. */
  bind(site: string): Promise<void>;
  /** The equivalent command to type. */
  readonly command: string;
  /** The command to stop it; shown when it could not be stopped. */
  readonly stopCommand: string;
  /** Starts the slow part of starting in advance, while other steps run; `release` ends it when `start` was not called. */
  prepare?(): Promise<void>;
  release?(): void | Promise<void>;
  start(site: string): Promise<void>;
  /** False when none was running. */
  stop(site: string): Promise<boolean>;
}

/** The interface of all targets for steps, so that steps need not distinguish them. */
interface AnyTarget {
  /** Its name in `--to`, the deployment records and the result. */
  readonly name: string;
  /** undefined: deploy does not start this server. */
  readonly host: HostControl | undefined;
  /** Why deploy does not start the server; human-readable. */
  readonly noHost: string | undefined;
  /** Why the pool's identity needs no rights on folders; human-readable. undefined: it needs them. */
  readonly noRights: string | undefined;
  /** The note for a step that has nothing to do; undefined: the usual note. */
  readonly idle: string | undefined;
  /** Does a folder exist on the server? */
  folderExists(folder: string): boolean;
  /** A physical path in or below the app's folder, in the form of the server's command lines. */
  serverPath(plan: DeployPlan, folder: string): Argument;
  /** The app's URL, without trailing slash except for '/'; undefined where it is unknown. */
  readonly url: ((plan: DeployPlan) => Promise<string>) | undefined;
  /** The IP address of this machine that serves a URL with a host name; undefined where the URL itself is enough. */
  readonly address?: (plan: DeployPlan) => Promise<string | undefined>;
  /** Where its certificates are; undefined: in HTTP.sys, which netsh changes. */
  readonly certificates?: CertificateStore;
  /** The thumbprint of the certificate that the site must present; undefined: any. */
  readonly certificate?: (plan: DeployPlan) => Promise<string | undefined>;
  /** False: a redirect to https leads to no site of this server; undefined: it is followed. */
  readonly servesHttps?: (plan: DeployPlan) => Promise<boolean>;
}

/** The embedded IIS of a home. */
export interface EmbeddedTarget extends AnyTarget {
  readonly kind: 'embedded';
  readonly host: HostControl;
  /** The background host's log. */
  readonly logFile: string;
}

/** IIS on this machine. */
export interface IisTarget extends AnyTarget {
  readonly kind: 'iis';
  /** It is run by services of Windows. */
  readonly hasServices: boolean;
  /** Looks at the server with its own programs, which takes seconds; undefined where it has none. */
  readonly lookAt?: (app: AppOnServer) => Promise<ServerLook>;
}

/** IIS Express of this machine, with one applicationhost.config. */
export interface ExpressTarget extends AnyTarget {
  readonly kind: 'iisexpress';
  readonly host: HostControl;
  /** Where products that add a section put its schema. */
  readonly schemaFolder: string;
}

/** A new IIS that cannot be read: for a dry run where there is no IIS. */
export interface FreshIisTarget extends AnyTarget {
  readonly kind: 'fresh-iis';
}

/** The same on another machine, where a script will be run. */
export interface ScriptTarget extends AnyTarget {
  readonly kind: 'script';
}

/** The targets of a deployment. */
export type Target = EmbeddedTarget | ExpressTarget | IisTarget | FreshIisTarget | ScriptTarget;

/** For a target whose folders are on this machine. */
export const foldersOfThisMachine: Pick<Target, 'folderExists' | 'serverPath'> = {
  folderExists: (folder) => existsSync(folder),
  serverPath: (_plan, folder) => folder,
};
