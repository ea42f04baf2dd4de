import type { ConfigLocation, ConfigModel, SiteModel } from '../config/index.js';
import { remembered } from '../remembered.js';

/** The configuration of one URL path in one snapshot, with a cache of what was read and compiled for it. */
export interface PathConfig {
  readonly model: ConfigModel;
  readonly at: ConfigLocation;
}

type Read<T> = (config: PathConfig) => T;

/**
 * Creates a reader that runs once per level of the configuration and then returns the same value, or throws the same error:
 * sections are merged and rules compiled once for all URLs between two web.config files, which makes a request fast. `read` must
 * only use the sections at the path.
 */
export function pathSetting<T>(read: Read<T>): Read<T> {
  type Result = { readonly value: T } | { readonly error: unknown };
  const memoryOf = remembered((_level: object): { result: Result | undefined } => ({ result: undefined }));
  return (config) => {
    const memory = memoryOf(config.model.level(config.at));
    if (memory.result === undefined) {
      try {
        memory.result = { value: read(config) };
      } catch (error) {
        memory.result = { error };
      }
    }
    if ('error' in memory.result) throw memory.result.error;
    return memory.result.value;
  };
}

/** How many paths are remembered per snapshot; above this the oldest half is removed, so that invented URLs cannot fill the memory. */
const rememberedPaths = 4096;

/** One loaded configuration with a cache for the paths requested so far. A change of a file replaces the whole snapshot. */
export class ConfigSnapshot {
  /** By site and path: a key of both would be made anew for each question, and a request has a dozen. */
  readonly #paths = new Map<number, Map<string, PathConfig>>();
  #count = 0;

  constructor(readonly model: ConfigModel) {}

  /** `path` is decoded and starts with '/'. */
  at(site: SiteModel, path: string): PathConfig {
    let paths = this.#paths.get(site.id);
    const known = paths?.get(path);
    if (known !== undefined) return known;
    const config = { model: this.model, at: this.model.locate(site, path) };
    if (this.#count >= rememberedPaths) this.#forgetOldest();
    if (paths === undefined) {
      paths = new Map();
      this.#paths.set(site.id, paths);
    }
    paths.set(path, config);
    this.#count++;
    return config;
  }

  #forgetOldest(): void {
    for (const paths of this.#paths.values()) {
      let left = paths.size / 2;
      for (const path of paths.keys()) {
        if (left-- <= 0) break;
        paths.delete(path);
        this.#count--;
      }
    }
  }
}
