import path from 'node:path';
import { ConfigError, type ConfigModel, type ConfigReader } from '../../config/index.js';
import { ConfigSnapshot } from '../../pipeline/index.js';
import { configErrorText, configFailure, failure, type StageFailure } from '../../pipeline/sections/index.js';
import type { HostEvent } from '../types.js';
import { ConfigWatcher } from './config-watcher.js';

interface ConfigurationHooks {
  onEvent(event: HostEvent): void;
  /**
   * A new snapshot holds; `changed` are config paths (MACHINE/WEBROOT/APPHOST/...) for iisnode's recycling. `said` is false when
   * only folders appeared in which nothing is configured.
   */
  onReload(changed: readonly string[], said: boolean): void;
}

/**
 * The configuration a host obeys: the last snapshot that could be loaded, or what is wrong with it. Reloads when a file changes;
 * while applicationHost.config is invalid every request gets 500.19, as IIS answers, and the host stays up.
 */
export class Configuration {
  readonly #load: (reader: ConfigReader) => ConfigModel;
  readonly #hooks: ConfigurationHooks;
  readonly #watcher: ConfigWatcher;
  #snapshot: ConfigSnapshot;
  #failure: StageFailure | undefined;

  /** Throws what `load` throws: a host does not start on a configuration that cannot be read. */
  constructor(load: (reader: ConfigReader) => ConfigModel, hooks: ConfigurationHooks) {
    this.#load = load;
    this.#hooks = hooks;
    this.#watcher = new ConfigWatcher((files) => this.#changed(files));
    try {
      this.#snapshot = new ConfigSnapshot(load(this.#watcher.reader));
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

  /** How many files were read so far; grows when a request brings another web.config into play. */
  get filesRead(): number {
    return this.#watcher.filesRead;
  }

  watch(file: string): void {
    this.#watcher.add(file);
  }

  /** Looks for changes now instead of waiting for the system to tell. */
  refresh(): void {
    this.#watcher.check();
  }

  close(): void {
    this.#watcher.close();
  }

  #changed(files: readonly string[]): void {
    const before = this.#snapshot.model;
    try {
      this.#snapshot = new ConfigSnapshot(this.#load(this.#watcher.reader));
      this.#failure = undefined;
    } catch (error) {
      this.#refuse(error);
    }
    const paths = files.filter((file) => /\.config$/i.test(file)).flatMap((file) => configPathsOf(before, file));
    this.#hooks.onReload([...new Set(paths)], files.length > 0);
  }

  #refuse(error: unknown): void {
    const message =
      error instanceof ConfigError ? configErrorText(error) : error instanceof Error ? error.message : String(error);
    this.#failure =
      error instanceof ConfigError ? configFailure(error) : failure(500, 19, message, { hresult: 0x8007_0003 });
    this.#hooks.onEvent({
      level: 'error',
      code: 'CONFIG_ERROR',
      message: `The configuration cannot be loaded, every request gets 500.19 until it is mended: ${message}`,
      ...(this.#failure.origin && { file: this.#failure.origin.file, line: this.#failure.origin.line }),
    });
  }
}

/** The levels a configuration file belongs to; one folder may be reached under several URLs. */
function configPathsOf(model: ConfigModel, file: string): readonly string[] {
  if (!/(?:^|[\\/])web\.config$/i.test(file)) return ['MACHINE/WEBROOT/APPHOST'];
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
