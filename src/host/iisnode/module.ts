import type { ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { Places } from '../backend/places.js';
import type { IsServed, ModuleProcess, WorkerOptions } from '../backend/worker-state.js';
import { Applications } from './applications.js';
import { Exchange, type Running } from './exchange.js';
import { BridgeError, win32 } from './failures.js';
import type { IisnodeFailure, IisnodeModule, IisnodeRequest, OpenSocket } from './types.js';
import { Worker } from './worker.js';

const ignore = (): void => undefined;

/** Creates the iisnode module of one worker process. Processes are started with the first request. */
export function createIisnodeModule(options: WorkerOptions): IisnodeModule {
  return new Module(options);
}

class Module implements IisnodeModule {
  readonly #worker: Worker;
  readonly #applications: Applications;
  readonly #running = new Places<Running>();
  #closing: Promise<void> | undefined;

  constructor(options: WorkerOptions) {
    this.#worker = new Worker(options, options.onRecycle ?? (() => void this.recycle()));
    this.#applications = new Applications(this.#worker);
  }

  request(request: IisnodeRequest, response: ServerResponse): Promise<IisnodeFailure | undefined> {
    return this.#run(new Exchange(this.#worker, request, response, request.incoming)) as Promise<
      IisnodeFailure | undefined
    >;
  }

  upgrade(
    request: IisnodeRequest,
    response: ServerResponse,
    socket: Duplex,
    head: Buffer,
  ): Promise<IisnodeFailure | OpenSocket | undefined> {
    // Once: a connection may offer an upgrade with each of its requests.
    if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
    return this.#run(new Exchange(this.#worker, request, response, Readable.from([]), { socket, early: head }));
  }

  configChanged(configPath?: string): void {
    this.#applications.configChanged(configPath);
  }

  overridesChanged(file: string): void {
    this.#applications.overridesChanged(file);
  }

  retain(isServed: IsServed): void {
    this.#applications.retain(isServed);
  }

  async drain(why: 'removed' | 'recycled'): Promise<void> {
    if (why === 'removed') this.#applications.retain(() => false);
    else this.#applications.retireAll();
    await this.#applications.retired();
    await this.close();
  }

  async recycle(): Promise<void> {
    for (const exchange of this.#running.all) exchange.abort();
    this.#worker.closeControlPipe();
    await this.#applications.killAll();
  }

  processes(): readonly ModuleProcess[] {
    return this.#applications.processes();
  }

  delays(): Promise<ReadonlyMap<number, number>> {
    return this.#applications.delays();
  }

  close(): Promise<void> {
    this.#closing ??= this.recycle().then(() => this.#worker.close());
    return this.#closing;
  }

  #run(exchange: Exchange): Promise<IisnodeFailure | OpenSocket | undefined> {
    if (this.#closing === undefined) return exchange.run(this.#applications, this.#running);
    return Promise.resolve(new BridgeError('recycling', win32.applicationIsRecycling).failure);
  }
}
