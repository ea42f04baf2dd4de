import { availableParallelism } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../config/index.js';
import { FileError, spellingOnDisk } from '../files/index.js';
import { type RewriteConfig, readRewriteConfig } from '../rewrite/index.js';
import { type AppFolder, readFolder } from '../source/index.js';
import {
  diskReader,
  type FolderModel,
  handlerPathMatches,
  IisnodeConfigError,
  type IisnodeSettingsAt,
  iisnodeHandlers,
  iisnodeSettingsAt,
  listed,
  type NamedVdirPath,
  serverFile,
  vdirPathFault,
  vdirPathIn,
  vdirPathOf,
} from '../webconfig/index.js';
import { normalName } from './entry-names.js';
import { type Program, programOfLoader } from './loader.js';
import { type Manifest, readManifest } from './manifest.js';
import { loadAppModel } from './model.js';
import { type AssumedFrom, type PlacedApp, placeBy } from './place/index.js';
import { type Entry, readEntries, type Served } from './served-entries.js';
import { readWebConfigFile, type WebConfigFile, webConfigIn } from './web-config.js';

export interface ReadAppOptions {
  /** The worker process's environment: `IISNODE_*` overrides web.config and `%VAR%` expands; empty by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The vdir path of the command line. */
  readonly vdirPath?: string | undefined;
  /** The default when the vdir path is unknown: the folder's name, unless given. */
  readonly assumeFrom?: AssumedFrom;
}

/** An app's folder for the commands. Each part is read once, when it is first needed. */
export class App {
  /** Absolute. */
  readonly directory: string;
  readonly #options: ReadAppOptions;
  #webConfig: WebConfigFile | undefined;
  #folder: AppFolder | undefined;
  #manifest: Manifest | undefined;
  #model: { readonly of: FolderModel | undefined } | undefined;
  #served: Served | undefined;
  #entries: readonly Entry[] | undefined;

  constructor(directory: string, options: ReadAppOptions) {
    this.directory = path.resolve(directory);
    this.#options = options;
  }

  /** Throws FileError for an existing file that cannot be read. */
  get webConfig(): WebConfigFile {
    this.#webConfig ??= readWebConfigFile(webConfigIn(this.directory));
    return this.#webConfig;
  }

  /** Its files. */
  get folder(): AppFolder {
    this.#folder ??= readFolder(this.directory, false);
    return this.#folder;
  }

  get manifest(): Manifest {
    this.#manifest ??= readManifest(this.folder);
    return this.#manifest;
  }

  /** The vdir path in its web.config. */
  get namedVdirPath(): NamedVdirPath | undefined {
    const { document } = this.webConfig;
    return document && vdirPathIn(document);
  }

  /** The app's vdir path; a path in web.config that IIS does not accept is returned unchanged. */
  get place(): PlacedApp {
    const { vdirPath, assumeFrom = 'folder name' } = this.#options;
    if (vdirPath !== undefined) return { directory: this.directory, vdirPath, by: 'option' };
    return placeBy(this.directory, this.namedVdirPath, this.webConfig.file, assumeFrom);
  }

  /** The path at which its configuration is read: one that IIS would not accept is an error of the command. */
  get #vdirPath(): string {
    const { vdirPath } = this.place;
    return vdirPathFault(vdirPath) === undefined ? vdirPathOf(vdirPath) : '/';
  }

  /** The programs that the app's web.config maps to iisnode; if none of them exists also the one that is probably meant. */
  get entries(): readonly Entry[] {
    this.#entries ??= readEntries(this.folder, this.#servedByIis(), this.manifest);
    return this.#entries;
  }

  /** Those of them that web.config names; none where it names none. */
  get handled(): readonly Entry[] {
    return this.entries.filter(
      ({ name, from }) =>
        from === 'handler' ||
        (from === 'rewrite' &&
          this.#servedByIis()?.iisnodeHandlers.some((handler) =>
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

  /** iisnode's settings for a program of the app; undefined where IIS or iisnode stops at an error. */
  settingsOf(entry: string): IisnodeSettingsAt | undefined {
    const loaded = this.#loaded();
    if (loaded === undefined) return undefined;
    const { model, at } = loaded;
    const { environment = {} } = this.#options;
    const read = (file: string): Uint8Array | undefined => diskReader.read(file);
    return undefinedIfRefused(() => {
      const place = model.locate(at.site, `${at.application.path.replace(/\/$/, '')}/${entry}`);
      const section = model.effective('system.webServer/iisnode', place);
      return iisnodeSettingsAt(section, this.#folderOf(entry), { environment, cpus: availableParallelism(), read });
    });
  }

  /** The absolute folder of iisnode's logs for a program; neither folder nor program need exist. */
  logDirectoryOf(entry: string): string {
    const name = this.settingsOf(entry)?.values.logDirectory ?? 'iisnode';
    return path.resolve(this.#folderOf(entry), name.replaceAll('\\', path.sep));
  }

  #folderOf(entry: string): string {
    const file = path.join(this.directory, normalName(entry));
    return path.dirname(spellingOnDisk(file) ?? file);
  }

  #loaded(): FolderModel | undefined {
    this.#model ??= { of: this.#load() };
    return this.#model.of;
  }

  #load(): FolderModel | undefined {
    const { webConfig } = this;
    if (webConfig.document === undefined) return undefined;
    return undefinedIfRefused(() => loadAppModel(this.directory, webConfig, this.#vdirPath));
  }

  #servedByIis(): Served | undefined {
    this.#served ??= this.#readServed();
    return this.#served;
  }

  /** If IIS refuses a section, the content of the file. */
  #readServed(): Served | undefined {
    const { document } = this.webConfig;
    if (document === undefined) return undefined;
    const loaded = this.#loaded();
    return {
      vdirPath: this.#vdirPath,
      iisnodeHandlers:
        (loaded && undefinedIfRefused(() => handlersIn(loaded))) ??
        iisnodeHandlers(document).map(({ paths }) => ({ path: paths.join(',') })),
      rewrite: loaded && undefinedIfRefused((): RewriteConfig => readRewriteConfig(loaded.model, loaded.at)),
    };
  }
}

/** iisnode handlers of this web.config, or of a file in its configSource. */
function handlersIn({ model, at }: FolderModel): Served['iisnodeHandlers'] {
  return model
    .effective('system.webServer/handlers', at)
    .items.filter(
      (item) =>
        listed(item.string('modules')).some((name) => name.toLowerCase() === 'iisnode') &&
        path.basename(item.origin()?.file ?? serverFile) !== serverFile,
    )
    .map((item) => ({ path: item.string('path') }));
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
