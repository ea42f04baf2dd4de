import { createIisnodeModule } from '../iisnode/index.js';
import type { IisnodeModule } from '../iisnode/types.js';
import type { HostEvent } from '../types.js';

/** The worker processes of a host: one iisnode module for each application pool, made on its first request. */
export class Workers {
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

  /** Of one pool, or of all. */
  async recycle(pool?: string): Promise<void> {
    const chosen = pool === undefined ? [...this.#modules.values()] : [this.#modules.get(pool.toLowerCase())];
    await Promise.all(chosen.map((module) => module?.recycle()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#modules.values()].map((module) => module.close()));
  }
}
