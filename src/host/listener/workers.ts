import path from 'node:path';
import type { ConfigModel } from '../../config/index.js';
import { createIisnodeModule } from '../iisnode/index.js';
import type { IisnodeModule, IsServed } from '../iisnode/types.js';
import { configPathOf } from '../modules/iisnode.js';
import type { HostEvent } from '../types.js';

/** The worker processes of a host: one iisnode module for each application pool, created with its first request. */
export class Workers {
  /** Workers of removed and of recycled pools, until their last request has ended. */
  readonly #draining = new Set<IisnodeModule>();
  readonly #modules = new Map<string, IisnodeModule>();
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #onEvent: (event: HostEvent) => void;
  #closed = false;

  constructor(environment: Readonly<Record<string, string | undefined>>, onEvent: (event: HostEvent) => void) {
    this.#environment = environment;
    this.#onEvent = onEvent;
  }

  of(pool: string): IisnodeModule {
    const key = pool.toLowerCase();
    let module = this.#modules.get(key);
    if (module === undefined) {
      if (this.#closed) throw new Error('the host is closing');
      module = createIisnodeModule({ environment: this.#environment, onEvent: this.#onEvent });
      this.#modules.set(key, module);
    }
    return module;
  }

  configChanged(configPath?: string): void {
    for (const module of this.#modules.values()) module.configChanged(configPath);
  }

  /** The file that `configOverrides` names for some application changed. */
  overridesChanged(file: string): void {
    for (const module of this.#modules.values()) module.overridesChanged(file);
  }

  /**
   * Ends what is no longer in the configuration: applications that were removed or moved to another pool or folder,
   * and the worker processes of pools without an application.
   */
  retain(model: ConfigModel): void {
    for (const [pool, module] of this.#modules) {
      const served = servedBy(model, pool);
      if (served !== undefined) module.retain(served);
      else this.#drain(pool, module, 'removed');
    }
  }

  /** A new worker takes over for one pool, or for all; the old one ends its requests (iis.md 4.9, overlapped recycle). */
  recycle(pool?: string): void {
    for (const [name, module] of this.#modules)
      if (pool === undefined || name === pool.toLowerCase()) this.#drain(name, module, 'recycled');
  }

  /** Ends the processes of a pool that is stopped at once. */
  async kill(pool: string): Promise<void> {
    await this.#modules.get(pool.toLowerCase())?.recycle();
  }

  #drain(pool: string, module: IisnodeModule, why: 'removed' | 'recycled'): void {
    this.#modules.delete(pool);
    this.#draining.add(module);
    void module.drain(why).finally(() => this.#draining.delete(module));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#modules.values(), ...this.#draining].map((module) => module.close()));
  }
}

/** What the worker process of a pool serves; undefined when no application is in the pool. */
function servedBy(model: ConfigModel, pool: string): IsServed | undefined {
  const folders: { readonly configPath: string; readonly folder: string }[] = [];
  for (const site of model.sites) {
    for (const application of site.applications) {
      if (application.pool.toLowerCase() !== pool) continue;
      const configPath = configPathOf(site, application);
      for (const { physicalPath } of application.virtualDirectories) folders.push({ configPath, folder: physicalPath });
    }
  }
  if (folders.length === 0) return undefined;
  return ({ script, configPath }) =>
    folders.some((one) => one.configPath === configPath && script.startsWith(withSeparator(one.folder)));
}

const withSeparator = (folder: string): string => folder.replace(/[\\/]+$/, '') + path.sep;
