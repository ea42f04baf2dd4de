import path from 'node:path';
import type { IisnodeSettings } from '../../webconfig/index.js';
import { delaysOf, type ProcessDelay } from '../backend/echo.js';
import { exitEventOf, type ProcessExit } from '../backend/exit-event.js';
import { StartFailed } from '../backend/start-failed.js';
import { type Polling, type Watching, watchFiles } from '../backend/watched-files.js';
import type { ModuleProcess } from '../backend/worker-state.js';
import { BridgeError, win32 } from './failures.js';
import { exitReasonOf } from './logs.js';
import { NodeProcess } from './node-process.js';
import { slotOfCookie } from './sticky-session.js';
import type { IisnodeRequest } from './types.js';
import { watchEntries } from './watch-entries.js';
import type { Worker } from './worker.js';

/** A slot among the active requests of one process; `release` frees it. */
export interface Lease {
  readonly process: NodeProcess;
  readonly slot: number;
  /** True when the request gets the sticky session cookie. */
  readonly setCookie: boolean;
  readonly application: Application;
  release(): void;
}

/** With more processes WaitForMultipleObjects would exceed its limit of handles (one more is needed): iisnode then does not wait. */
const mostWaitedFor = 63;

/** One entry point and its node processes, one per slot (iisnode 0.2.27, cnodeapplication.cpp, cnodeprocessmanager.cpp). */
export class Application {
  readonly script: string;
  readonly configPath: string;
  readonly settings: IisnodeSettings;
  /** Why the next request restarts the application. */
  recycleReason: string | undefined;
  active = 0;
  readonly #worker: Worker;
  readonly #slots: (NodeProcess | undefined)[] = [];
  /** Every process that has not ended completely, also those no longer in a slot. */
  readonly #alive = new Set<NodeProcess>();
  #watching: Watching | undefined;
  #counter = 0;
  #idle: (() => void) | undefined;

  private constructor(worker: Worker, request: IisnodeRequest) {
    this.#worker = worker;
    this.script = request.script;
    this.configPath = request.configPath;
    this.settings = request.settings.values;
  }

  /** Starts all processes, in slot order, and watches the files. Throws StartFailed, WatchFailed; then everything is stopped again. */
  static create(worker: Worker, request: IisnodeRequest): Application {
    const application = new Application(worker, request);
    try {
      for (let slot = 0; slot < application.settings.nodeProcessCountPerApplication; slot++) {
        application.#slots[slot] = application.#start(request, slot);
      }
      application.#watching = watchFiles(
        watchEntries(application.settings.watchedFiles, path.dirname(request.script)),
        (file) => {
          application.recycleReason ??= `${file} changed`;
        },
        pollingFor(application.script, application.settings, worker),
      );
      noteIgnored(application.settings, application.script, worker);
    } catch (error) {
      void application.kill();
      throw error;
    }
    return application;
  }

  /** Those that run now. */
  get processes(): readonly ModuleProcess[] {
    return [...this.#alive]
      .filter(({ exited }) => !exited)
      .map(({ pid, since, active, sockets, restarts }) => ({
        pid,
        module: 'iisnode',
        app: this.script,
        since,
        active,
        sockets,
        restarts,
      }));
  }

  /** How late the event loop of each process is, in ms. */
  delays(): Promise<ProcessDelay[]> {
    return delaysOf(this.#alive);
  }

  get processCount(): number {
    return this.#slots.length;
  }

  /** Chooses the process for a request, and starts a new one in its slot if necessary. Throws BridgeError 503.1002, StartFailed 1028. */
  dispatch(request: IisnodeRequest): Lease {
    const settings = request.settings.values;
    const asked = this.settings.nodeProcessStickySessions
      ? slotOfCookie(cookieOf(request), this.processCount)
      : undefined;
    const slot = asked ?? this.#nextSlot();
    const process = this.#slots[slot] ?? this.#refill(slot, request);
    if (process.active >= settings.maxConcurrentRequestsPerProcess) {
      throw new BridgeError('tooManyRequests', win32.notEnoughQuota, {
        detail: `node process ${process.pid} has ${process.active} active requests, the limit of maxConcurrentRequestsPerProcess`,
      });
    }
    process.active++;
    this.active++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      process.active--;
      this.active--;
      if (this.active === 0) this.#idle?.();
    };
    const setCookie = this.settings.nodeProcessStickySessions && asked === undefined;
    return { process, slot, setCookie, application: this, release };
  }

  /** Lets active requests finish, at most gracefulShutdownTimeout ms, then ends the processes. */
  async retire(): Promise<void> {
    this.#watching?.close();
    const timeout = this.settings.gracefulShutdownTimeout;
    if (this.active > 0 && timeout > 0 && this.processCount <= mostWaitedFor) {
      await new Promise<void>((resolve) => {
        // setTimeout's longest delay is 2^31-1 ms.
        const timer = setTimeout(resolve, Math.min(timeout, 2 ** 31 - 1));
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await this.kill();
  }

  /** Kills all processes; resolves when they have ended. */
  async kill(): Promise<void> {
    this.#watching?.close();
    this.#idle?.();
    await Promise.all([...this.#alive].map((process) => process.kill()));
  }

  /** With more than one slot the first request goes to slot 1: the counter starts at 0 and is incremented first. */
  #nextSlot(): number {
    this.#counter = (this.#counter + 1) % Math.max(1, this.processCount);
    return this.#counter;
  }

  #refill(slot: number, request: IisnodeRequest): NodeProcess {
    try {
      const process = this.#start(request, slot);
      this.#slots[slot] = process;
      return process;
    } catch (cause) {
      if (cause instanceof StartFailed) {
        throw new BridgeError('refillFailed', cause.code, { cause, detail: cause.message });
      }
      throw cause;
    }
  }

  #start(request: IisnodeRequest, slot: number): NodeProcess {
    const process = NodeProcess.start({
      restarts: this.#worker.starts.add(this.script, slot),
      worker: this.#worker,
      script: request.script,
      settings: request.settings.values,
      appSettings: request.appSettings,
      onExit: (ended, exit) => this.#onExit(ended, exit),
    });
    this.#alive.add(process);
    void process.swept.then(() => this.#alive.delete(process));
    void process.gone.then(() => {
      const slot = this.#slots.indexOf(process);
      if (slot >= 0) this.#slots[slot] = undefined;
    });
    return process;
  }

  #onExit(process: NodeProcess, exit: ProcessExit): void {
    if (!exit.unexpected) return;
    this.#worker.event(exitEventOf(process, exit, exitReasonOf(process, this.#worker.environment)));
  }
}

/** A script on a network share is watched by comparing its files (iisnode.md 3.8); one that begins with two backslashes and ? is one of this machine. */
export function pollingFor(
  script: string,
  { uncFileChangesPollingInterval: interval }: Pick<IisnodeSettings, 'uncFileChangesPollingInterval'>,
  { clock }: Pick<Worker, 'clock'>,
): Polling | undefined {
  const isShare = script.startsWith('\\\\') && !/^\\\\\?\\(?!UNC\\)/i.test(script);
  return isShare ? { clock, interval } : undefined;
}

/** Settings that change nothing that an app or a client could see here. */
function noteIgnored({ idlePageOutTimePeriod }: IisnodeSettings, script: string, worker: Worker): void {
  if (idlePageOutTimePeriod === 0) return;
  worker.noteOnce({
    level: 'info',
    code: 'SETTING_NOT_EMULATED',
    message: `idlePageOutTimePeriod has no effect here: on a server iisnode takes the memory of processes that were idle for ${idlePageOutTimePeriod} ms, and never ends them.`,
    file: script,
  });
}

function cookieOf(request: IisnodeRequest): string | undefined {
  return request.headers.find(([name]) => name.toLowerCase() === 'cookie')?.[1];
}
