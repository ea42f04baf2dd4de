import path from 'node:path';
import { ConfigError, type ConfigModel, type ConfigReader, type SiteModel } from '../../config/index.js';
import { ConfigSnapshot, type PathConfig } from '../../pipeline/index.js';
import { configErrorText, configFailure, failure, type StageFailure } from '../../pipeline/sections/index.js';
import { withoutEnd } from '../../trimmed.js';
import type { HostEvent } from '../types.js';
import { ConfigWatcher } from './config-watcher.js';
import { isFolder } from './file-state.js';

/** The differences between two snapshots; none where only folders without configuration were added. */
export interface ConfigChanges {
  /** Config paths (MACHINE/WEBROOT/APPHOST/...), for iisnode's recycling. */
  readonly paths: readonly string[];
  /** Physical paths of files that `configOverrides` names. */
  readonly overrides: readonly string[];
}

interface ConfigurationHooks {
  onEvent(event: HostEvent): void;
  /** A new snapshot is in use. */
  onReload(changes: ConfigChanges): void;
}

/** How many times a request waits for a change to settle; files that keep changing are then used as they are. */
export const mostWaits = 3;

/**
 * The configuration of a host: the last snapshot that could be loaded, or its error. Reloads when a file changes;
 * while applicationHost.config is invalid every request gets 500.19, as in IIS, and the host keeps running.
 */
export class Configuration {
  readonly #load: (reader: ConfigReader) => ConfigModel;
  readonly #hooks: ConfigurationHooks;
  readonly #watcher: ConfigWatcher;
  readonly #reader: ConfigReader;
  /** Files that apply to every URL: all that the model reads except the web.config files. */
  readonly #common = new Set<string>();
  readonly #overrides = new Set<string>();
  readonly #names = new WeakMap<PathConfig, string[]>();
  #snapshot: ConfigSnapshot;
  #failure: StageFailure | undefined;

  /** Throws the error of `load`: a host does not start with a configuration that cannot be read. */
  constructor(load: (reader: ConfigReader) => ConfigModel, hooks: ConfigurationHooks) {
    this.#load = load;
    this.#hooks = hooks;
    this.#watcher = new ConfigWatcher((files) => this.#changed(files));
    const { reader } = this.#watcher;
    this.#reader = {
      ...reader,
      read: (file) => {
        if (!isWebConfig(file)) this.#common.add(file);
        return reader.read(file);
      },
    };
    try {
      this.#snapshot = new ConfigSnapshot(load(this.#reader));
    } catch (error) {
      this.#watcher.close();
      throw error;
    }
  }

  get snapshot(): ConfigSnapshot {
    return this.#snapshot;
  }

  /** Set while the configuration cannot be loaded at all. */
  get failure(): StageFailure | undefined {
    return this.#failure;
  }

  /** How many files were read so far; grows when a request needs another web.config. */
  get filesRead(): number {
    return this.#watcher.filesRead;
  }

  /**
   * Watches the file that `configOverrides` names for a script. Because a process now runs with it, it is not forgotten, nor are
   * the web.config files on the path to the script.
   */
  watchOverrides(file: string, script: PathConfig): void {
    if (!isFolder(path.dirname(file))) return; // there is no script; the folder is watched like all on the path to a URL
    this.#overrides.add(file);
    this.#watcher.add(file);
    const names = this.#namesFor(script);
    if (!names.includes(file)) names.push(file);
    this.#watcher.keep(names);
  }

  /**
   * Compares the files of a URL's configuration with the disk; without a URL, the files for all URLs. A request after a change must
   * see the change even if the system has not reported it yet. Undefined when nothing changed; else
   * resolves when the new snapshot is in use.
   */
  settled(site?: SiteModel, url = '/'): Promise<void> | undefined {
    return this.#watcher.settled(site === undefined ? this.#common : this.#namesFor(this.#snapshot.at(site, url)));
  }

  /**
   * The same place in the newest snapshot, once changes of its files have settled, which is usually now; undefined when the site was
   * removed.
   */
  newest(config: PathConfig, waits = 0): PathConfig | undefined | Promise<PathConfig | undefined> {
    const { site, path: url } = config.at;
    const common = waits < mostWaits ? this.settled() : undefined;
    const { sites } = this.#snapshot.model;
    const same = sites.includes(site) ? site : sites.find(({ id, name }) => id === site.id && name === site.name);
    if (same === undefined) return undefined;
    const settled = waits < mostWaits ? (common ?? this.settled(same, url)) : undefined;
    return settled === undefined ? this.#snapshot.at(same, url) : settled.then(() => this.newest(config, waits + 1));
  }

  /** Checks for changes now instead of waiting for a notification. */
  refresh(): void {
    this.#watcher.check();
  }

  close(): void {
    this.#watcher.close();
  }

  #changed(files: readonly string[]): void {
    const before = this.#snapshot.model;
    const isCommon = files.some((file) => this.#common.has(file));
    this.#common.clear();
    try {
      this.#snapshot = new ConfigSnapshot(this.#load(this.#reader));
      this.#failure = undefined;
      if (isCommon) this.#forgetOthers();
    } catch (error) {
      this.#refuse(error);
    }
    const overrides = files.filter((file) => this.#overrides.has(file));
    const others = files.filter((file) => !this.#overrides.has(file));
    this.#hooks.onReload({ paths: [...new Set(others.flatMap((file) => configPathsOf(before, file)))], overrides });
  }

  /** Files of removed applications: a watch may prevent their folders from being removed. */
  #forgetOthers(): void {
    const folders = this.#snapshot.model.sites
      .flatMap(({ applications }) => applications.flatMap(({ virtualDirectories }) => virtualDirectories))
      .map(({ physicalPath }) => withoutEnd(physicalPath, '\\/'));
    const isWanted = (name: string): boolean =>
      this.#common.has(name) || folders.some((folder) => name === folder || name.startsWith(folder + path.sep));
    this.#watcher.retain(isWanted);
    for (const file of this.#overrides) if (!isWanted(file)) this.#overrides.delete(file);
  }

  #namesFor(config: PathConfig): string[] {
    let names = this.#names.get(config);
    if (names === undefined) {
      names = filesOnPath(config);
      this.#names.set(config, names);
    }
    return names;
  }

  #refuse(error: unknown): void {
    const message =
      error instanceof ConfigError ? configErrorText(error) : error instanceof Error ? error.message : String(error);
    this.#failure =
      error instanceof ConfigError ? configFailure(error) : failure(500, 19, message, { hresult: 0x8007_0003 });
    this.#hooks.onEvent({
      level: 'error',
      code: 'CONFIG_ERROR',
      message: `The configuration cannot be loaded, every request gets 500.19 until it is fixed: ${message}`,
      ...(this.#failure.origin && { file: this.#failure.origin.file, line: this.#failure.origin.line }),
    });
  }
}

/** URLs are compared to this depth of folders at most; no disk has more levels. */
const maxDepth = 64;

/** Each folder on the path to a URL, and its web.config. */
function filesOnPath({ model, at }: PathConfig): string[] {
  const segments = at.path.split(/[\\/]/).filter((segment) => segment !== '');
  const names: string[] = [];
  for (let depth = 0; depth <= Math.min(segments.length, maxDepth); depth++) {
    const folder = folderAt(model, at.site, `/${segments.slice(0, depth).join('/')}`);
    if (folder !== undefined) names.push(folder, `${withoutEnd(folder, '\\/')}${path.sep}web.config`);
  }
  return names;
}

/** Undefined above the first application of a site that has none at its root. */
function folderAt(model: ConfigModel, site: SiteModel, url: string): string | undefined {
  try {
    return model.locate(site, url).physicalPath;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

const isWebConfig = (file: string): boolean => /(?:^|[\\/])web\.config$/i.test(file);

/** The levels that a configuration file belongs to; one folder may have several URLs. */
function configPathsOf(model: ConfigModel, file: string): readonly string[] {
  if (!isWebConfig(file)) return ['MACHINE/WEBROOT/APPHOST'];
  const folder = path.dirname(file);
  const paths: string[] = [];
  for (const site of model.sites) {
    for (const application of site.applications) {
      for (const directory of application.virtualDirectories) {
        const relative = path.relative(directory.physicalPath, folder);
        if (relative.startsWith('..') || path.isAbsolute(relative)) continue;
        const url = [application.path, directory.path, relative.replaceAll(path.sep, '/')]
          .join('/')
          .replace(/\/+/g, '/');
        paths.push(`MACHINE/WEBROOT/APPHOST/${site.name}${url}`.replace(/\/$/, ''));
      }
    }
  }
  return paths;
}
