import type { EcosystemApp } from './ecosystem.js';

/** The scripts of a package.json. */
export type Scripts = Readonly<Record<string, string>>;

/** A package of the app: the scripts of its package.json, and its folder, relative with forward slashes. */
export interface ScriptsOfPackage {
  readonly folder: string;
  readonly scripts: Scripts;
}

/** Finds a package below the app's folder by its folder or, of a workspace, by its name. */
type FindPackage = (place: string) => ScriptsOfPackage | undefined;

/** What the scripts of a package.json may refer to. */
export interface AroundScripts {
  readonly findPackage?: FindPackage;
  /** The file that a package installed for a command, relative to the folder where it runs: 'node_modules/micro/bin.js'. */
  readonly findProgram?: (command: string, folder: string) => string | undefined;
  /** The apps of a configuration of pm2; `file` relative to the folder of all packages. */
  readonly readEcosystem?: (file: string, environment: string | undefined) => readonly EcosystemApp[];
  /** A file of the folder of all packages that may say how the app is started: 'Procfile'. */
  readonly readText?: (file: string) => string | undefined;
  /** Is a script there, or does a build create it? Relative to the folder of all packages. */
  readonly isThere?: (script: string) => boolean;
  /** Does a script make a server listen? Relative to the folder of all packages. */
  readonly listens?: (script: string) => boolean;
}

/** How the scripts of a package.json run an app. */
export interface StartCommand {
  /** As written, from the folder of all packages: 'server.js', 'server/./bin/www', '.'. */
  readonly script: string;
  /** What stands behind it. */
  readonly args: readonly string[];
  /** Where it runs, relative to the folder of all packages, forward slashes; '' for that folder itself. */
  readonly folder: string;
  /** Variables in front of it, also those of cross-env and `set A=b &&`. */
  readonly env: Readonly<Record<string, string>>;
  /** What node loads first: -r. As written. */
  readonly requires: readonly string[];
  /** --import */
  readonly imports: readonly string[];
  /** --env-file; with ? behind the name, which no file of Windows has, for one that may be missing (--env-file-if-exists). */
  readonly envFiles: readonly string[];
  /** Other options of node, those of NODE_OPTIONS too: '--max-old-space-size=4096'. None if left out. */
  readonly nodeOptions?: readonly string[];
  /** What the program that runs TypeScript loads first, for a script that is not compiled. */
  readonly typeScript?: Pick<StartCommand, 'requires' | 'imports'>;
  /** What else runs a script in TypeScript: node from version 22.18 on, and two with nothing that node can load first. */
  readonly runtime?: 'node' | 'bun' | 'ts-node --esm';
  /** How many processes pm2 starts, as written: 'max', '4'. */
  readonly instances?: string;
  /** What is started with it, each with the name that pm2 has for it, or its script. */
  readonly beside?: readonly { readonly name: string; readonly start: StartCommand }[];
  /** Why it is taken for the server, and none of those beside it. */
  readonly chosenBy?: 'listens' | 'listens first' | 'port' | 'name' | 'order' | undefined;
}

/** What node runs, from the folder where a shell is. */
export type NodeCommand = Omit<StartCommand, 'folder' | 'env'> & Partial<Pick<StartCommand, 'env'>>;
