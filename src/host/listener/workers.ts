import path from 'node:path';
import type { ConfigModel } from '../../config/index.js';
import { withoutEnd } from '../../trimmed.js';
import { StartCounts } from '../backend/start-counts.js';
import type { IsServed, WorkerModule } from '../backend/worker-state.js';
import { createPlatformModule } from '../httpplatform/index.js';
import { createIisnodeModule } from '../iisnode/index.js';
import { configPathOf } from '../modules/iisnode.js';
import type { ProcessModules } from '../request/context.js';
import type { HostClock, HostEvent, ProcessSeen } from '../types.js';

interface WorkersOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: HostClock;
  onEvent(event: HostEvent): void;
  /** The worker process of a pool has crashed. */
  onCrash(pool: string, why: string): void;
  /** An app asks for a recycle of its pool's worker process. */
  onRecycle(pool: string): void;
}

/** The worker processes of a host: the modules of one for each application pool, created with its first request. */
export class Workers {
  /** Workers of removed and of recycled pools, until their last request has ended. */
  readonly #draining = new Map<WorkerModule, string>();
  readonly #workers = new Map<string, ProcessModules & { readonly pool: string }>();
  readonly #options: WorkersOptions;
  readonly #starts = new StartCounts();
  #closed = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  of(pool: string): ProcessModules {
    const key = pool.toLowerCase();
    let worker = this.#workers.get(key);
    if (worker === undefined) {
      if (this.#closed) throw new Error('the host is closing');
      const { environment, onEvent, onCrash, onRecycle, clock } = this.#options;
      const options = {
        environment,
        onEvent,
        clock,
        starts: this.#starts,
        onCrash: (why: string) => onCrash(pool, why),
        onRecycle: () => onRecycle(pool),
      };
      worker = { pool, iisnode: createIisnodeModule(options), httpPlatform: createPlatformModule(options) };
      this.#workers.set(key, worker);
    }
    return worker;
  }

  /** The processes of all pools, also of workers that end their last requests. */
  processes(): readonly ProcessSeen[] {
    const running = [...this.#workers.values()].flatMap((worker) =>
      modulesOf(worker).map((module) => [module, worker.pool] as const),
    );
    return [...running, ...this.#draining].flatMap(([module, pool]) =>
      module.processes().map((process) => ({ ...process, pool })),
    );
  }

  /** How late the event loops are, in ms, by process. */
  async delays(): Promise<ReadonlyMap<number, number>> {
    const all = await Promise.all([...this.#modules(), ...this.#draining.keys()].map((module) => module.delays()));
    return new Map(all.flatMap((each) => [...each]));
  }

  configChanged(configPath?: string): void {
    for (const module of this.#modules()) module.configChanged(configPath);
  }

  /** The file that `configOverrides` names for some application changed. */
  overridesChanged(file: string): void {
    for (const { iisnode } of this.#workers.values()) iisnode.overridesChanged(file);
  }

  /**
   * Ends what is no longer in the configuration: applications that were removed or moved to another pool or folder,
   * and the worker processes of pools without an application.
   */
  retain(model: ConfigModel): void {
    for (const [pool, worker] of this.#workers) {
      const served = servedBy(model, pool);
      if (served === undefined) this.#drain(pool, worker, 'removed');
      else for (const module of modulesOf(worker)) module.retain(served);
    }
  }

  /** A new worker takes over for one pool, or for all; the old one ends its requests (iis.md 4.9, overlapped recycle). */
  recycle(pool?: string): void {
    for (const [name, worker] of this.#workers)
      if (pool === undefined || name === pool.toLowerCase()) this.#drain(name, worker, 'recycled');
  }

  /** Ends the processes of a pool that is stopped at once. */
  async kill(pool: string): Promise<void> {
    const worker = this.#workers.get(pool.toLowerCase());
    if (worker !== undefined) await Promise.all(modulesOf(worker).map((module) => module.recycle()));
  }

  #drain(key: string, worker: ProcessModules & { readonly pool: string }, why: 'removed' | 'recycled'): void {
    this.#workers.delete(key);
    for (const module of modulesOf(worker)) {
      this.#draining.set(module, worker.pool);
      void module.drain(why).finally(() => this.#draining.delete(module));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#modules(), ...this.#draining.keys()].map((module) => module.close()));
  }

  #modules(): readonly WorkerModule[] {
    return [...this.#workers.values()].flatMap(modulesOf);
  }
}

const modulesOf = ({ iisnode, httpPlatform }: ProcessModules): readonly WorkerModule[] => [iisnode, httpPlatform];

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

const withSeparator = (folder: string): string => withoutEnd(folder, '\\/') + path.sep;
