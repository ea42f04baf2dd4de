import { existsSync } from 'node:fs';
import type { Argument } from '../quoting.js';
import type { DeployPlan } from './plan.js';

/** The background host of the embedded target. */
export interface HostControl {
  running(): Promise<boolean>;
  /** What a person would type to the same effect. */
  readonly command: string;
  /** What a person would type to stop it; shown when it could not be stopped. */
  readonly stopCommand: string;
  /** Begins what takes long in starting and can wait, while other steps go on; `release` ends it when `start` never came. */
  prepare?(): Promise<void>;
  release?(): void;
  start(): Promise<void>;
  /** False when none was running. */
  stop(): Promise<boolean>;
}

/** What a step may ask of any target; so it need not know which kinds there are. */
interface AnyTarget {
  /** As `--to`, the deployment records and the result say it. */
  readonly name: string;
  /** undefined: the server is not deploy's to start. */
  readonly host: HostControl | undefined;
  /** Why the server is not deploy's to start; for people. */
  readonly noHost: string | undefined;
  /** Why the pool's identity needs no rights on folders; for people. undefined: it needs them. */
  readonly noRights: string | undefined;
  /** What is said of a step that has nothing to do; undefined: that all is as wanted. */
  readonly idle: string | undefined;
  /** Whether a folder is there on the server. */
  folderExists(folder: string): boolean;
  /** A physical path in or below the app's folder, as the server's command lines have it. */
  serverPath(plan: DeployPlan, folder: string): Argument;
  /** Where the app is, without trailing slash but for '/'; undefined where nobody can look. */
  readonly url: ((plan: DeployPlan) => Promise<string>) | undefined;
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
}

/** An IIS on which nothing has been done yet, and that nobody can look at: for a dry run where there is no IIS. */
export interface FreshIisTarget extends AnyTarget {
  readonly kind: 'fresh-iis';
}

/** The same on another machine, where a script will be run. */
export interface ScriptTarget extends AnyTarget {
  readonly kind: 'script';
}

/** Where an app can be put. */
export type Target = EmbeddedTarget | IisTarget | FreshIisTarget | ScriptTarget;

/** Of a target whose folders are this machine's. */
export const foldersOfThisMachine: Pick<Target, 'folderExists' | 'serverPath'> = {
  folderExists: (folder) => existsSync(folder),
  serverPath: (_plan, folder) => folder,
};
