import { stages } from '../pipeline/index.js';
import { systemClock } from './backend/clock.js';
import { ActiveRequests } from './listener/active-requests.js';
import { checkApplications } from './listener/check-applications.js';
import { type ConfigChanges, Configuration } from './listener/configuration.js';
import { dispatcher } from './listener/dispatch.js';
import { Endpoints } from './listener/endpoints.js';
import { poolSettings } from './listener/pool-settings.js';
import { PoolTimes } from './listener/pool-times.js';
import { preload, preloadedOf } from './listener/preload.js';
import { Workers } from './listener/workers.js';
import { sectionsNotEmulated } from './modules/sections-not-emulated.js';
import type { RequestWatch } from './request/request-watch.js';
import type { CloseOptions, HostClock, HostEvent, HostOptions, RunningHost } from './types.js';

/** How long active requests may take to end when the host closes, in ms; sockets and hanging polls are then closed. */
const closeGrace = 300;
/** How many keys of reported events are remembered: keys may contain text from clients. */
const mostSaid = 1_000;

/**
 * Starts the embedded IIS: loads the configuration, listens, and serves until `close()`. A site whose port cannot be opened is in
 * `notBound`. Rejects with UserError PORT_TAKEN, PORT_DENIED or ADDRESS_UNKNOWN when that leaves none, with SITE_NOT_FOUND, or with
 * the error of `loadConfig`; nothing stays open then.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const host = new Host(options);
  await host.start();
  return host;
}

class Host implements RunningHost {
  readonly #options: HostOptions;
  readonly #configuration: Configuration;
  readonly #workers: Workers;
  readonly #endpoints: Endpoints;
  readonly #times: PoolTimes;
  readonly #clock: HostClock;
  readonly #active = new ActiveRequests();
  readonly #failedPools = new Set<string>();
  readonly #sockets = new Set<RequestWatch>();
  readonly #said = new Set<string>();
  readonly #preloaded = new Set<string>();
  readonly #filesSaid = new Set<string>();
  #filesSeen = 0;
  #closing: Promise<void> | undefined;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: HostOptions) {
    this.#options = options;
    const environment = options.environment ?? process.env;
    this.#configuration = new Configuration(options.loadConfig, {
      onEvent: (event) => this.#emit(event),
      onReload: (changes) => this.#onReload(changes),
    });
    this.#clock = options.clock ?? systemClock();
    this.#times = this.#poolTimes(options);
    this.#workers = new Workers({
      environment,
      clock: this.#clock,
      onEvent: (event) => this.#emit(event),
      onCrash: (pool, why) => this.#times.crashed(pool, why),
      onRecycle: (pool) => this.#recycleAsked(pool),
    });
    const dispatch = dispatcher({
      configuration: this.#configuration,
      environment,
      iisnode: options.iisnode,
      httpPlatform: options.httpPlatform,
      siteName: options.listen?.siteName,
      listensForAll: options.listen !== undefined,
      certificateFor: options.certificateFor,
      worker: (pool) => this.#workers.of(pool),
      pools: { settings: (pool) => poolSettings(this.#configuration.snapshot.model, pool), times: this.#times },
      isStopped: (kind, name) => this.#endpoints.isStopped(kind, name),
      emit: (event) => this.#emit(event),
      emitOnce: (key, event) => this.#emitOnce(key, event),
      onRequest: options.onRequest,
      sockets: this.#sockets,
      active: this.#active,
      afterRequest: () => this.#lookAtNewFiles(),
    });
    this.#endpoints = new Endpoints(dispatch, options, (event) => this.#emit(event));
  }

  get addresses() {
    return this.#endpoints.addresses;
  }

  get notBound() {
    return this.#endpoints.notBound;
  }

  get stoppedPools() {
    return [...this.#failedPools];
  }

  processes() {
    return this.#workers.processes();
  }

  async processesWithDelay() {
    const delays = await this.#workers.delays();
    return this.processes().map((one) => {
      const delay = delays.get(one.pid);
      return delay === undefined ? one : { ...one, delay };
    });
  }

  get open() {
    return { requests: this.#active.count, sockets: this.#sockets.size };
  }

  closeSockets(): void {
    for (const socket of this.#sockets) socket.goAway();
  }

  async start(): Promise<void> {
    try {
      await this.#endpoints.open(this.#configuration.snapshot.model);
      this.#preload();
      setImmediate(() => this.#check()); // deferred: callers that wait for the listener do not wait for this
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async recycle(pool?: string): Promise<void> {
    this.#times.ended(pool);
    this.#workers.recycle(pool);
    this.#preload((application) => pool === undefined || isSame(application.pool, pool));
  }

  /** Through the control pipe of iisnode (recycleSignalEnabled): the whole worker process, with all its applications (iisnode.md 3.9). */
  #recycleAsked(pool: string): void {
    this.#emit({
      level: 'info',
      code: 'POOL_RECYCLED',
      message: `An app asked through IISNODE_CONTROL_PIPE for a recycle: the application pool "${pool}" gets a new worker process, with all its applications.`,
    });
    void this.recycle(pool);
  }

  #poolTimes({ clock }: HostOptions): PoolTimes {
    const settings = (pool: string) => poolSettings(this.#configuration.snapshot.model, pool);
    return new PoolTimes(this.#clock, clock !== undefined, {
      settings,
      recycle: (pool) => void this.recycle(pool),
      end: (pool) => {
        this.#times.ended(pool);
        this.#workers.recycle(pool);
        if (settings(pool)?.isAlwaysRunning === true) this.#preload((application) => isSame(application.pool, pool));
      },
      kill: (pool) => {
        this.#times.ended(pool);
        void this.#workers.kill(pool);
      },
      stop: (pool) => {
        void this.setState('apppool', pool, false).then(() => this.#failedPools.add(settings(pool)?.name ?? pool));
      },
      event: (event) => this.#emit(event),
    });
  }

  async reload(): Promise<void> {
    this.#configuration.refresh();
    await this.#reloading;
  }

  async setState(kind: 'site' | 'apppool', name: string, started: boolean): Promise<void> {
    await this.#endpoints.setState(kind, name, started, this.#configuration.snapshot.model);
    if (kind !== 'apppool') return;
    for (const pool of this.#failedPools) if (isSame(pool, name)) this.#failedPools.delete(pool);
    if (started) return;
    this.#times.ended(name);
    await this.#workers.kill(name);
  }

  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  async #close({ grace = closeGrace, now }: CloseOptions): Promise<void> {
    this.#configuration.close();
    this.#times.close();
    await this.#reloading;
    const connections = this.#endpoints.close(grace, now);
    // Their clients answer the Close frame; a process that ends before would reset them.
    if (this.#sockets.size > 0) {
      this.closeSockets();
      await connections;
    }
    await this.#active.none(grace, now);
    await this.#workers.close();
    await connections;
  }

  #onReload({ paths, overrides }: ConfigChanges): void {
    if (paths.length + overrides.length === 0) return;
    this.#said.clear();
    this.#filesSaid.clear();
    for (const path of paths) this.#workers.configChanged(path);
    for (const file of overrides) this.#workers.overridesChanged(file);
    this.#emit({ level: 'info', code: 'CONFIG_RELOADED', message: 'The configuration changed and was reloaded.' });
    if (this.#configuration.failure !== undefined || this.#closing !== undefined) return;
    this.#check();
    const { model } = this.#configuration.snapshot;
    this.#times.changed();
    this.#workers.retain(model);
    const there = new Set(preloadedOf(model).map(({ place }) => place));
    for (const place of this.#preloaded) if (!there.has(place)) this.#preloaded.delete(place);
    this.#reloading = this.#reloading
      .then(() => this.#endpoints.reconcile(model))
      .then(() => this.#preload(({ place }) => !this.#preloaded.has(place)))
      .catch((error: unknown) => this.#fault(error)); // the next change is still applied
  }

  #preload(wanted: Parameters<typeof preload>[2] = () => true): void {
    if (this.#closing !== undefined) return;
    preload(this.#configuration.snapshot.model, this.#endpoints.addresses, (application) => {
      if (!wanted(application)) return false;
      this.#preloaded.add(application.place);
      return true;
    });
  }

  /** Reports now what the first request of each application would report. */
  #check(): void {
    if (this.#closing !== undefined) return;
    checkApplications(this.#configuration.snapshot, (key, event) => this.#emitOnce(key, event));
    this.#lookAtNewFiles();
  }

  /** Reports settings without effect in files that a request added. */
  #lookAtNewFiles(): void {
    const { filesRead, snapshot } = this.#configuration;
    if (filesRead === this.#filesSeen) return;
    this.#filesSeen = filesRead;
    const { model } = snapshot;
    for (const event of sectionsNotEmulated(model, stages, this.#filesSaid)) {
      this.#emitOnce(`${event.file} ${event.message}`, event);
    }
  }

  #fault(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#emit({ level: 'error', code: 'HOST_FAULT', message: `The new configuration was not applied: ${text}` });
  }

  #emit(event: HostEvent): void {
    this.#options.onEvent?.(event);
  }

  #emitOnce(key: string, event: HostEvent): void {
    if (this.#said.has(key)) return;
    if (this.#said.size >= mostSaid) this.#said.clear();
    this.#said.add(key);
    this.#emit(event);
  }
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
