import path from 'node:path';
import type { HttpPlatformSettings } from '../../pipeline/sections/index.js';
import { delaysOf, type ProcessDelay } from '../backend/echo.js';
import { StartFailed } from '../backend/start-failed.js';
import { type WatchEntry, type Watching, watchFiles } from '../backend/watched-files.js';
import type { ModuleProcess, WorkerState } from '../backend/worker-state.js';
import { chosenPort, isTaken } from './environment.js';
import { codes, PlatformError } from './failures.js';
import { PlatformProcess } from './platform-process.js';
import { freePort } from './ports.js';
import type { PlatformRequest } from './types.js';

/** How long the requests of an application that is being replaced may take before its processes are asked to end, in ms. */
const replacedGrace = 10_000;

const minute = 60_000;

/** One application and its processes, one per slot (HttpPlatformHandler v2, processmanager.cpp). */
export class PlatformApplication {
  readonly configPath: string;
  readonly folder: string;
  readonly settings: HttpPlatformSettings;
  /** Why the next request restarts the application. */
  recycleReason: string | undefined;
  readonly #state: WorkerState;
  readonly #for: PlatformRequest;
  readonly #slots: (Promise<PlatformProcess> | undefined)[] = [];
  readonly #alive = new Set<PlatformProcess>();
  readonly #watching: Watching;
  #active = 0;
  #idle: (() => void) | undefined;
  #counter = 0;
  #fails = 0;
  #failsSince = 0;
  #ending = false;

  constructor(state: WorkerState, request: PlatformRequest) {
    this.#state = state;
    this.#for = request;
    this.configPath = request.configPath;
    this.folder = request.folder;
    this.settings = request.settings;
    this.#watching = this.#watch();
  }

  /**
   * The process for the next request, started when its slot has none: round robin without affinity; with more than one slot the first
   * request goes to slot 1, because the counter is incremented first. Rejects with PlatformError.
   */
  async next(): Promise<PlatformProcess> {
    this.#counter = (this.#counter + 1) % this.settings.processesPerApplication;
    const slot = this.#counter;
    const known = this.#slots[slot];
    if (known === undefined) return this.#refill(slot);
    const running = await known;
    if (!running.exited) return running;
    const newer = this.#slots[slot];
    return newer === undefined || newer === known ? this.#refill(slot) : newer;
  }

  /** Counts an active request until the returned function is called. */
  enter(): () => void {
    this.#active++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#active--;
      if (this.#active === 0) this.#idle?.();
    };
  }

  /** Those that run now. */
  get processes(): readonly ModuleProcess[] {
    return [...this.#alive]
      .filter(({ exited }) => !exited)
      .map(({ pid, since, active, sockets, restarts }) => ({
        pid,
        module: 'httpPlatformHandler',
        app: this.folder,
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

  get active(): number {
    return this.#active;
  }

  /** Lets active requests finish, at most `grace` ms, then ends the processes. */
  async retire(grace = replacedGrace): Promise<void> {
    this.#watching.close();
    if (this.#active > 0 && grace > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, grace);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await this.end();
  }

  /** Ends all processes as they end themselves, or after 10 s; resolves when all have ended. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#watching.close();
    this.#idle?.();
    await Promise.all([...this.#alive].map((process) => process.stop()));
    // A start that was under way ends with the next look at #ending.
    await Promise.all(
      this.#slots.map((starting) => starting?.then((process) => process.stop()).catch(() => undefined)),
    );
  }

  #refill(slot: number): Promise<PlatformProcess> {
    const starting = this.#start(slot);
    this.#slots[slot] = starting;
    const clear = (): void => {
      if (this.#slots[slot] === starting) this.#slots[slot] = undefined;
    };
    starting.then((process) => process.ended.then(clear), clear);
    return starting;
  }

  async #start(slot: number): Promise<PlatformProcess> {
    const { version, startupRetryCount } = this.settings;
    for (let attempt = 1; ; attempt++) {
      if (this.#failsTooOften()) throw this.#disabled();
      const process = this.#launch(await this.#port(), slot);
      const outcome = await process.listens(this.settings.startupTimeLimit * 1000);
      if (this.#ending) {
        await process.stop();
        throw new PlatformError('ending', version, codes.none, 'the application is being ended');
      }
      if (outcome === 'listening') {
        void process.ended.then((exit) => {
          if (!exit.unexpected) return;
          this.#countFail();
          this.#state.event(process.exitEvent(exit));
        });
        return process;
      }
      if (outcome === 'late') throw this.#late(process);
      const exit = await process.ended;
      this.#countFail();
      if (attempt < startupRetryCount && !this.#failsTooOften()) continue;
      this.#state.event(process.exitEvent(exit));
      const detail = `the process ended before it listened on the port in HTTP_PLATFORM_PORT${attempt > 1 ? `, ${attempt} times` : ''}`;
      throw new PlatformError('start', version, codes.none, detail);
    }
  }

  /** Throws PlatformError. */
  async #port(): Promise<number> {
    const { version } = this.settings;
    const chosen = chosenPort(this.settings);
    const port = chosen ?? (await freePort());
    if (port === undefined) throw new PlatformError('start', version, codes.none, 'no free port was found');
    if (isTaken(port)) return port;
    const detail = 'web.config sets HTTP_PLATFORM_PORT to a value that is not a port from 1025 to 48000';
    this.#fault('START_FAILED', detail);
    throw new PlatformError('start', version, codes.none, detail);
  }

  #launch(port: number, slot: number): PlatformProcess {
    try {
      const process = PlatformProcess.start(this.#state, this.#for, port);
      process.restarts = this.#state.starts.add(this.folder, slot);
      this.#alive.add(process);
      void process.swept.then(() => this.#alive.delete(process));
      return process;
    } catch (cause) {
      if (!(cause instanceof StartFailed)) throw cause;
      this.#fault('START_FAILED', cause.message);
      throw new PlatformError('start', this.settings.version, cause.code, cause.message, cause);
    }
  }

  /** It runs, and listens elsewhere or not at all. It is not tried again: the next request does. */
  #late(process: PlatformProcess): PlatformError {
    const { version, startupTimeLimit, variables } = this.settings;
    const who = `${path.basename(process.script)} (process ${process.pid})`;
    const isMapped = variables.some(([name, value]) => /^PORT$/i.test(name) && /%HTTP_PLATFORM_PORT%/i.test(value));
    const next = isMapped
      ? 'call server.listen(process.env.PORT)'
      : 'listen on process.env.HTTP_PLATFORM_PORT, or give the app that port as PORT: <environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" />';
    this.#fault(
      'NEVER_LISTENED',
      `${who} runs but did not listen on port ${process.port} of 127.0.0.1 within ${startupTimeLimit} s: ${next}`,
      process.script,
    );
    void process.kill();
    return new PlatformError(
      'start',
      version,
      codes.none,
      `the process did not listen on the port in HTTP_PLATFORM_PORT within ${startupTimeLimit} s`,
    );
  }

  #disabled(): PlatformError {
    const { version, rapidFailsPerMinute } = this.settings;
    const detail = `Maximum rapid fail count per minute of '${rapidFailsPerMinute}' exceeded`;
    this.#state.noteOnce({
      level: 'error',
      code: 'RAPID_FAIL',
      message: `${detail}: no process of ${this.#for.applicationPath} is started for the rest of this minute.`,
    });
    return new PlatformError('start', version, codes.serverDisabled, detail);
  }

  #countFail(): void {
    this.#failsTooOften();
    this.#fails++;
  }

  /** The count begins anew a minute after it began (HttpPlatformHandler v2, processmanager.h). */
  #failsTooOften(): boolean {
    const now = performance.now();
    if (this.#fails === 0 || now - this.#failsSince >= minute) {
      this.#fails = 0;
      this.#failsSince = now;
    }
    return this.#fails > this.settings.rapidFailsPerMinute;
  }

  #fault(code: string, message: string, file?: string): void {
    this.#state.event({ level: 'error', code, message: `${message}.`, ...(file !== undefined && { file }) });
  }

  /** A folder that is not there is not watched; what 1.2 does then is unconfirmed. */
  #watch(): Watching {
    const entries: WatchEntry[] = this.settings.recycleOnFileChange.map((named) => {
      const file = path.resolve(this.folder, named.replaceAll('\\', path.sep));
      return { folder: path.dirname(file), file: path.basename(file), wildcard: /[*?]/.test(path.basename(file)) };
    });
    const onChange = (file: string): void => {
      this.recycleReason ??= `${file} changed`;
    };
    const watched = entries.flatMap((entry) => {
      try {
        return [watchFiles([entry], onChange)];
      } catch {
        return [];
      }
    });
    return {
      close: () => {
        for (const each of watched) each.close();
      },
    };
  }
}
