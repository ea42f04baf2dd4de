import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { type Duplex, Readable } from 'node:stream';
import { Places } from '../backend/places.js';
import { type IsServed, type ModuleProcess, type WorkerOptions, WorkerState } from '../backend/worker-state.js';
import { PlatformApplication } from './application.js';
import { Exchange } from './exchange.js';
import { codes, PlatformError } from './failures.js';
import { offlinePage } from './offline.js';
import type { PlatformFailure, PlatformModule, PlatformRequest } from './types.js';

/** How long a worker process that is being recycled may finish its requests, in ms (a pool's shutdownTimeLimit: 90 s). */
const recycleGrace = 90_000;

const ignore = (): void => undefined;

/** Creates the HttpPlatformHandler of one worker process. Processes are started with the first request. */
export function createPlatformModule(options: WorkerOptions): PlatformModule {
  return new Module(options);
}

class Module implements PlatformModule {
  readonly #state: WorkerState;
  /** By configPath. */
  readonly #applications = new Map<string, PlatformApplication>();
  readonly #retired = new Set<PlatformApplication>();
  readonly #retiring = new Set<Promise<void>>();
  readonly #running = new Places<Exchange>();
  #closing: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#state = new WorkerState(options);
  }

  request(request: PlatformRequest, response: ServerResponse): Promise<PlatformFailure | undefined> {
    return this.#run(request, new Exchange(this.#state, request, response, request.incoming));
  }

  upgrade(
    request: PlatformRequest,
    response: ServerResponse,
    socket: Duplex,
    head: Buffer,
  ): Promise<PlatformFailure | undefined> {
    // Once: a connection may offer an upgrade with each of its requests.
    if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
    const client = { socket, early: head };
    return this.#run(request, new Exchange(this.#state, request, response, Readable.from([]), client));
  }

  configChanged(configPath?: string): void {
    if (configPath === 'MACHINE' || configPath === 'MACHINE/WEBROOT') return;
    for (const application of this.#applications.values()) {
      if (configPath === undefined || application.configPath.includes(configPath))
        application.recycleReason ??= 'the configuration changed';
    }
  }

  retain(isServed: IsServed): void {
    for (const application of [...this.#applications.values()]) {
      const { configPath, folder } = application;
      if (isServed({ configPath, script: folder + path.sep })) continue;
      this.#state.event({
        level: 'info',
        code: 'APPLICATION_REMOVED',
        message: `${path.basename(folder)}: the configuration no longer leads to it; its processes end.`,
        file: folder,
      });
      this.#retire(application, recycleGrace);
    }
  }

  async drain(_why: 'removed' | 'recycled'): Promise<void> {
    for (const application of [...this.#applications.values()]) this.#retire(application, recycleGrace);
    await Promise.all(this.#retiring);
    await this.close();
  }

  async recycle(): Promise<void> {
    for (const exchange of this.#running.all) exchange.abort();
    const all = [...this.#applications.values(), ...this.#retired];
    this.#applications.clear();
    await Promise.all([...all.map((application) => application.end()), ...this.#retiring]);
  }

  async delays(): Promise<ReadonlyMap<number, number>> {
    const all = [...this.#applications.values(), ...this.#retired].map((application) => application.delays());
    return new Map((await Promise.all(all)).flat());
  }

  processes(): readonly ModuleProcess[] {
    return [...this.#applications.values(), ...this.#retired].flatMap(({ processes }) => processes);
  }

  close(): Promise<void> {
    this.#closing ??= this.recycle().then(() => this.#state.close());
    return this.#closing;
  }

  /** The application of a request, again when a watched file or the configuration changed. */
  #applicationOf(request: PlatformRequest): PlatformApplication {
    const known = this.#applications.get(request.configPath);
    if (known !== undefined && known.recycleReason === undefined) return known;
    if (known !== undefined) {
      this.#state.event({
        level: 'info',
        code: 'RECYCLED',
        message: `${path.basename(known.folder)}: ${known.recycleReason}; new processes take over.`,
        file: known.folder,
      });
      this.#retire(known);
    }
    const created = new PlatformApplication(this.#state, request);
    this.#applications.set(request.configPath, created);
    return created;
  }

  #retire(application: PlatformApplication, grace?: number): void {
    if (this.#applications.get(application.configPath) === application)
      this.#applications.delete(application.configPath);
    this.#retired.add(application);
    const done = application.retire(grace).finally(() => {
      this.#retiring.delete(done);
      this.#retired.delete(application);
    });
    this.#retiring.add(done);
  }

  async #run(request: PlatformRequest, exchange: Exchange): Promise<PlatformFailure | undefined> {
    const { version } = request.settings;
    if (this.#closing !== undefined)
      return new PlatformError('ending', version, codes.none, 'the application is being ended').failure;
    const page = version === 2 ? offlinePage(request.folder) : undefined;
    if (page !== undefined) {
      const running = this.#applications.get(request.configPath);
      if (running !== undefined) this.#retire(running, 0);
      exchange.answerOffline(page);
      return undefined;
    }
    const place = this.#running.enter(exchange);
    try {
      return await exchange.run(this.#applicationOf(request));
    } finally {
      this.#running.leave(place);
    }
  }
}
