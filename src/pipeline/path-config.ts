import type { ConfigLocation, ConfigModel, SiteModel } from '../config/index.js';

/** The configuration of one URL path in one snapshot; what was read and compiled for it is kept with it. */
export interface PathConfig {
  readonly model: ConfigModel;
  readonly at: ConfigLocation;
}

type Read<T> = (config: PathConfig) => T;

/**
 * Makes a reader that runs once for each level of the configuration and then gives the same value, or throws the same error,
 * again: sections are merged and rules compiled once for all URLs between two web.config files, which is what keeps the cost of a
 * request small. `read` may look at nothing but the sections that hold at the path.
 */
export function pathSetting<T>(read: Read<T>): Read<T> {
  const results = new WeakMap<object, { readonly value: T } | { readonly error: unknown }>();
  return (config) => {
    const level = config.model.level(config.at);
    let result = results.get(level);
    if (result === undefined) {
      try {
        result = { value: read(config) };
      } catch (error) {
        result = { error };
      }
      results.set(level, result);
    }
    if ('error' in result) throw result.error;
    return result.value;
  };
}

/** Paths remembered per snapshot; beyond it the oldest half goes, so that made-up URLs cannot fill the memory. */
const rememberedPaths = 4096;

/** One loaded configuration with what was found for the paths asked so far. A change of a file replaces the whole snapshot. */
export class ConfigSnapshot {
  readonly #paths = new Map<string, PathConfig>();

  constructor(readonly model: ConfigModel) {}

  /** `path` is decoded and starts with '/'. */
  at(site: SiteModel, path: string): PathConfig {
    const key = `${site.id}${path}`;
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    if (this.#paths.size >= rememberedPaths) this.#forgetOldest();
    const config = { model: this.model, at: this.model.locate(site, path) };
    this.#paths.set(key, config);
    return config;
  }

  #forgetOldest(): void {
    let left = rememberedPaths / 2;
    for (const key of this.#paths.keys()) {
      if (left-- <= 0) return;
      this.#paths.delete(key);
    }
  }
}
