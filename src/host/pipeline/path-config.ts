import type { ConfigLocation, ConfigModel, SiteModel } from '../../config/index.js';

/** The configuration of one URL path in one snapshot; what was read and compiled for it is kept with it. */
export interface PathConfig {
  readonly model: ConfigModel;
  readonly at: ConfigLocation;
}

type Read<T> = (config: PathConfig) => T;

/**
 * Makes a reader that runs once for each PathConfig and then gives the same value, or throws the same error, again.
 * This is what keeps the cost of a request small: sections are merged and rules compiled once per snapshot and path.
 */
export function pathSetting<T>(read: Read<T>): Read<T> {
  const results = new WeakMap<PathConfig, { readonly value: T } | { readonly error: unknown }>();
  return (config) => {
    let result = results.get(config);
    if (result === undefined) {
      try {
        result = { value: read(config) };
      } catch (error) {
        result = { error };
      }
      results.set(config, result);
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

  #created = 0;

  constructor(readonly model: ConfigModel) {}

  /** Grows with every path asked for the first time: only then may the model have looked for further files. */
  get created(): number {
    return this.#created;
  }

  /** `path` is decoded and starts with '/'. */
  at(site: SiteModel, path: string): PathConfig {
    const key = `${site.id}${path}`;
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    if (this.#paths.size >= rememberedPaths) this.#forgetOldest();
    const config = { model: this.model, at: this.model.locate(site, path) };
    this.#paths.set(key, config);
    this.#created++;
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
