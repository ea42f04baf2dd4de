import type { HostClock, HostEvent, ProcessSeen } from '../types.js';
import { systemClock } from './clock.js';
import { createPipeNames, type PipeNames } from './pipe-names.js';
import { createReaper, type Reaper } from './reaper.js';
import { StartCounts } from './start-counts.js';

export interface WorkerOptions {
  /** The worker process's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onEvent: (event: HostEvent) => void;
  /** The worker process has crashed as a module of IIS makes it: `why` is a sentence. */
  readonly onCrash?: (why: string) => void;
  /** An app asks for a recycle of the worker process; without it, the module recycles its own part. */
  readonly onRecycle?: () => void;
  /** That of this machine by default. */
  readonly clock?: HostClock;
  /** Shared by the worker processes that take over from each other; its own where there is none. */
  readonly starts?: StartCounts;
}

/** Does the configuration still lead to an application: to this file in it, at this configuration path? */
export type IsServed = (application: { readonly script: string; readonly configPath: string }) => boolean;

/** A process of a module, as the host shows it. */
export type ModuleProcess = Omit<ProcessSeen, 'pool'>;

/** What a worker process does with each module that has processes of its own. */
export interface WorkerModule {
  /** Flags applications whose configPath contains `configPath` (all without it) for recycling on their next request. */
  configChanged(configPath?: string): void;
  /**
   * Retires every application that is no longer served: its active requests may finish, then its processes are ended. In IIS they
   * run until the worker process ends, because no request comes that could retire them.
   */
  retain(isServed: IsServed): void;
  /** For a worker whose pool was removed, or that another one takes over from: retires every application, and closes when all have ended. */
  drain(why: 'removed' | 'recycled'): Promise<void>;
  /** Ends all processes and starts new ones with the next request, like a recycled worker. */
  recycle(): Promise<void>;
  /** Those that run now. */
  processes(): readonly ModuleProcess[];
  /** How late their event loops are, in ms, by process; those that do not say are missing. */
  delays(): Promise<ReadonlyMap<number, number>>;
  /** Idempotent; resolves when every child process has ended. */
  close(): Promise<void>;
}

/** State shared by all applications that a module has in one worker process; created when first needed. */
export class WorkerState {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: HostClock;
  readonly starts: StartCounts;
  readonly #onEvent: (event: HostEvent) => void;
  readonly #onCrash: ((why: string) => void) | undefined;
  readonly #said = new Set<string>();
  #pipes: PipeNames | undefined;
  #reaper: Reaper | undefined;

  constructor({ environment, onEvent, onCrash, clock = systemClock(), starts = new StartCounts() }: WorkerOptions) {
    this.starts = starts;
    this.environment = environment;
    this.clock = clock;
    this.#onEvent = onEvent;
    this.#onCrash = onCrash;
  }

  /** Names of pipes; on other systems than Windows they are also marks that find a process's descendants. */
  get pipes(): PipeNames {
    this.#pipes ??= createPipeNames();
    return this.#pipes;
  }

  get reaper(): Reaper {
    this.#reaper ??= createReaper(this.pipes.directory);
    return this.#reaper;
  }

  event(event: HostEvent): void {
    this.#onEvent(event);
  }

  /** The module did what ends the worker process on a server: all its processes and requests end here, too. */
  crash(why: string): void {
    this.#onCrash?.(why);
  }

  /** Reports it only the first time. */
  noteOnce(event: HostEvent): void {
    const key = `${event.code} ${event.message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.event(event);
  }

  /** Removes what it created; call it when every process has ended. */
  close(): void {
    this.#reaper?.close();
    this.#pipes?.remove();
    this.#reaper = undefined;
    this.#pipes = undefined;
  }
}
