import { availableParallelism } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../config/index.js';
import { FileError, spellingOnDisk } from '../files/index.js';
import type { HandlerMapping } from '../pipeline/sections/index.js';
import { type AppFolder, type PlannedFiles, readFolder, withPlanned } from '../source/index.js';
import {
  diskReader,
  handlerPathMatches,
  IisnodeConfigError,
  type IisnodeSettingsAt,
  iisnodeHandlers,
  iisnodeSettingsAt,
  listed,
  logFolderOf,
  type NamedVdirPath,
  sectionsAt,
  vdirPathFault,
  vdirPathOf,
} from '../webconfig/index.js';
import { attribute } from '../xml/index.js';
import { type AppConfiguration, namedVdirPathIn, readConfiguration } from './configuration.js';
import { literalNames, normalName } from './entry-names.js';
import { type Program, programOfLoader } from './loader.js';
import { type Manifest, readManifest } from './manifest.js';
import { type AssumedFrom, type PlacedApp, placeBy } from './place/index.js';
import { type Entry, readEntries, type Served } from './served-entries.js';
import type { Surroundings } from './surroundings.js';
import { isSetAbove, parseWebConfig, readWebConfigFile, type WebConfigFile, webConfigIn } from './web-config.js';

export interface ReadAppOptions {
  /** The worker process's environment: `IISNODE_*` overrides web.config and `%VAR%` expands; empty by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The vdir path of the command line. */
  readonly vdirPath?: string | undefined;
  /** The default when the vdir path is unknown: the folder's name, unless given. */
  readonly assumeFrom?: AssumedFrom;
  /** Its web.config, absolute; by default the one in the folder. */
  readonly webConfigFile?: string;
  /** Only the web.config is read: the folder counts as empty. */
  readonly alone?: boolean;
  /** What is known of the server and the site; by default nothing above the folder is read. */
  readonly around?: Surroundings;
}

/** An app's folder for the commands. Each part is read once, when it is first needed. */
export class App {
  /** Absolute. */
  readonly directory: string;
  readonly #options: ReadAppOptions;
  #webConfig: WebConfigFile | undefined;
  #folder: AppFolder | undefined;
  #manifest: Manifest | undefined;
  #named: { readonly of: NamedVdirPath | undefined } | undefined;
  readonly #configurations = new Map<string, AppConfiguration>();
  #entries: readonly Entry[] | undefined;

  constructor(directory: string, options: ReadAppOptions) {
    this.directory = path.resolve(directory);
    this.#options = options;
  }

  /** The vdir path of the command line. */
  get askedPath(): string | undefined {
    return this.#options.vdirPath;
  }

  /** The worker process's environment. */
  get environment(): Readonly<Record<string, string | undefined>> {
    return this.#options.environment ?? {};
  }

  /** What is known of the server and the site. */
  get around(): Surroundings {
    return this.#options.around ?? {};
  }

  get #webConfigFile(): string {
    return this.#options.webConfigFile ?? webConfigIn(this.directory);
  }

  /** The app as it will be with these files. The folder is not listed again, and need not exist. */
  planned(files: PlannedFiles): App {
    const app = new App(this.directory, this.#options);
    app.#folder = withPlanned(this.folder, files);
    const file = this.#webConfigFile;
    const name = path.basename(file).toLowerCase();
    const [, bytes] = [...files].find(([each]) => each.toLowerCase() === name) ?? [];
    app.#webConfig = bytes === undefined ? this.webConfig : parseWebConfig(file, bytes);
    return app;
  }

  /** Throws FileError for an existing file that cannot be read. */
  get webConfig(): WebConfigFile {
    this.#webConfig ??= readWebConfigFile(this.#webConfigFile);
    return this.#webConfig;
  }

  /** Its files. */
  get folder(): AppFolder {
    this.#folder ??= readFolder(this.directory, this.#options.alone ?? false);
    return this.#folder;
  }

  get manifest(): Manifest {
    this.#manifest ??= readManifest(this.folder);
    return this.#manifest;
  }

  /** The vdir path in its web.config. */
  get namedVdirPath(): NamedVdirPath | undefined {
    this.#named ??= { of: namedVdirPathIn(this.#configurationAt('/'), this.webConfig) };
    return this.#named.of;
  }

  /** Its configuration at its vdir path; undefined while its web.config is missing or not well-formed. */
  get configuration(): AppConfiguration | undefined {
    return this.#configurationAt(this.#vdirPath);
  }

  #configurationAt(vdirPath: string): AppConfiguration | undefined {
    const known = this.#configurations.get(vdirPath);
    if (known) return known;
    const configuration = readConfiguration(this.directory, this.webConfig, vdirPath, this.around);
    if (configuration) this.#configurations.set(vdirPath, configuration);
    return configuration;
  }

  /** The app's vdir path; a path in web.config that IIS does not accept is returned unchanged. */
  get place(): PlacedApp {
    const { vdirPath, assumeFrom = 'folder name' } = this.#options;
    if (vdirPath !== undefined) return { directory: this.directory, vdirPath, by: 'option' };
    return placeBy(this.directory, this.namedVdirPath, assumeFrom);
  }

  /** The path at which its configuration is read: one that IIS would not accept is an error of the command. */
  get #vdirPath(): string {
    const { vdirPath } = this.place;
    return vdirPathFault(vdirPath) === undefined ? vdirPathOf(vdirPath) : '/';
  }

  /** The programs that the app's web.config maps to iisnode; if none of them exists also the one that is probably meant. */
  get entries(): readonly Entry[] {
    this.#entries ??= readEntries(
      this.folder,
      {
        vdirPath: this.#vdirPath,
        iisnodeHandlers: this.#iisnodeHandlers,
        rewrite: this.#ownRewrite,
        platform: this.#platform,
      },
      this.manifest,
    );
    return this.#entries;
  }

  get #platform(): Served['platform'] {
    const { document } = this.webConfig;
    const section = document && sectionsAt(document, 'system.webServer/httpPlatform')[0];
    if (section === undefined) return undefined;
    const value = (name: string): string => attribute(section, name) ?? '';
    return { processPath: value('processPath'), arguments: value('arguments') };
  }

  /** The script that HttpPlatformHandler starts; undefined where iisnode runs the app, or none is found. */
  get platformScript(): string | undefined {
    return this.entries.find(({ from }) => from === 'platform')?.name;
  }

  /** Those of them that web.config names; none where it names none. */
  get handled(): readonly Entry[] {
    return this.entries.filter(
      ({ name, from }) =>
        from === 'handler' ||
        (from === 'rewrite' &&
          this.#iisnodeHandlers.some((handler) =>
            listed(handler.path).some((pattern) => handlerPathMatches(pattern, name)),
          )),
    );
  }

  /** The program that iisnode runs: the first that exists. */
  get entry(): Entry | undefined {
    const { handled } = this;
    return handled.find(({ exists }) => exists) ?? handled[0];
  }

  /** What the program of that name loads, if it is the loader. */
  loadedBy(entry: string): Program | undefined {
    return programOfLoader(this.folder, entry);
  }

  /** iisnode's settings for a program of the app, or for its folder; undefined where IIS or iisnode stops at an error. */
  settingsOf(entry: string | undefined): IisnodeSettingsAt | undefined {
    const section = this.configuration?.section('system.webServer/iisnode', entry);
    if (section === undefined) return undefined;
    const { environment } = this;
    const read = (file: string): Uint8Array | undefined => diskReader.read(file);
    const folder = entry === undefined ? path.dirname(this.webConfig.file) : this.#folderOf(entry);
    return undefinedIfRefused(() =>
      iisnodeSettingsAt(section, folder, { environment, cpus: availableParallelism(), read }),
    );
  }

  /** The absolute folder of iisnode's logs for a program; neither folder nor program need exist. */
  logDirectoryOf(entry: string): string {
    return logFolderOf(this.#folderOf(entry), this.settingsOf(entry)?.values ?? { logDirectory: 'iisnode' });
  }

  #folderOf(entry: string): string {
    const file = path.join(this.directory, normalName(entry));
    return path.dirname(spellingOnDisk(file) ?? file);
  }

  /** If IIS refuses the section of handlers, the content of the file. */
  get #iisnodeHandlers(): Served['iisnodeHandlers'] {
    const { configuration } = this;
    const { document } = this.webConfig;
    if (configuration?.handlers !== undefined)
      return configuration.iisnodeHandlers.filter((each) => this.#isMeant(each));
    return document ? iisnodeHandlers(document).map(({ paths }) => ({ path: paths.join(',') })) : [];
  }

  /** A handler that is inherited names a program of another app, unless this one has a file of that name as well. */
  #isMeant({ path: patterns, origin }: HandlerMapping): boolean {
    return !this.#isSetAbove(origin) || literalNames(patterns).some((name) => this.folder.isFile(name));
  }

  get #ownRewrite(): Served['rewrite'] {
    const rules = this.configuration?.rewrite?.rules.filter(({ origin }) => !this.#isSetAbove(origin));
    return rules && { rules };
  }

  #isSetAbove(origin: { readonly file: string } | undefined): boolean {
    return isSetAbove(this.webConfig.file, this.around.server?.file, origin);
  }
}

/** Settings that IIS or iisnode refuses, or that are unreadable, are skipped here: the doctor's rules report them. */
function undefinedIfRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof IisnodeConfigError || error instanceof FileError)
      return undefined;
    throw error;
  }
}

/** Reads the app in a folder, each part when it is needed. Never throws itself, but its parts do. */
export function readApp(directory: string, options: ReadAppOptions = {}): App {
  return new App(directory, options);
}
