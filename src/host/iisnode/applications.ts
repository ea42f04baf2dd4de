import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { StartFailed } from '../backend/start-failed.js';
import { WatchFailed } from '../backend/watched-files.js';
import type { IsServed, ModuleProcess } from '../backend/worker-state.js';
import { Application } from './application.js';
import { BridgeError, win32 } from './failures.js';
import type { IisnodeRequest } from './types.js';
import type { Worker } from './worker.js';

/** The applications of one worker, one for each script path (iisnode 0.2.27, cnodeapplicationmanager.cpp). */
export class Applications {
  readonly #worker: Worker;
  /** Newest first. */
  #current: Application[] = [];
  readonly #retiring = new Set<Promise<void>>();
  readonly #retired = new Set<Application>();

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * The application of the request's script, created on the first request, and again when a watched file or the
   * configuration changed. Throws BridgeError 404.0 without a script, 500.1000 when it cannot be started.
   */
  of(request: IisnodeRequest): Application {
    const known = this.#find(request.script);
    if (known !== undefined && known.recycleReason === undefined) return known;
    if (known !== undefined) {
      this.#worker.event({
        level: 'info',
        code: 'RECYCLED',
        message: `${path.basename(known.script)}: ${known.recycleReason}; new node processes take over${stillActive(known.active)}.`,
        file: known.script,
      });
      this.retire(known);
    }
    requireScript(request.script);
    const created = create(this.#worker, request);
    this.#current.unshift(created);
    return created;
  }

  /** Removes the application; its active requests may finish (gracefulShutdownTimeout). */
  retire(application: Application): void {
    this.#current = this.#current.filter((other) => other !== application);
    this.#retired.add(application);
    const done = application.retire().finally(() => {
      this.#retiring.delete(done);
      this.#retired.delete(application);
    });
    this.#retiring.add(done);
  }

  processes(): readonly ModuleProcess[] {
    return [...this.#current, ...this.#retired].flatMap(({ processes }) => processes);
  }

  async delays(): Promise<ReadonlyMap<number, number>> {
    const all = [...this.#current, ...this.#retired].map((application) => application.delays());
    return new Map((await Promise.all(all)).flat());
  }

  find(script: string): Application | undefined {
    return this.#find(script);
  }

  /** Flags the applications affected by a configuration change: `changed` is compared as a substring, as in iisnode. */
  configChanged(changed?: string): void {
    if (changed === 'MACHINE' || changed === 'MACHINE/WEBROOT') return;
    for (const application of this.#current) {
      if (changed === undefined || application.configPath.includes(changed)) {
        application.recycleReason ??= 'the configuration changed';
      }
    }
  }

  /** Retires immediately each application for which `isServed` is false: no further request would retire it. */
  retain(isServed: IsServed): void {
    for (const application of this.#current.filter((one) => !isServed(one))) {
      this.#worker.event({
        level: 'info',
        code: 'APPLICATION_REMOVED',
        message: `${path.basename(application.script)}: the configuration no longer leads to it; its node processes end${stillActive(application.active)}.`,
        file: application.script,
      });
      this.retire(application);
    }
  }

  /** Retires all of them: another worker process takes over, and what each says of itself is still true. */
  retireAll(): void {
    for (const application of [...this.#current]) this.retire(application);
  }

  /** Resolves when every retired application has ended. */
  async retired(): Promise<void> {
    await Promise.all(this.#retiring);
  }

  /**
   * Flags the applications whose settings come from this file. iisnode notices it only through `watchedFiles`; here the flag
   * is set together with the new settings, so that no request sees one without the other.
   */
  overridesChanged(file: string): void {
    for (const application of this.#current) {
      const { script, settings } = application;
      if (path.dirname(script) + path.sep + settings.configOverrides !== file) continue;
      application.recycleReason ??= `${settings.configOverrides} changed`;
    }
  }

  /** Kills every process of every application; resolves when all have ended. */
  async killAll(): Promise<void> {
    const all = [...this.#current, ...this.#retired];
    this.#current = [];
    await Promise.all([...all.map((application) => application.kill()), ...this.#retiring]);
  }

  /** iisnode compares only as many characters as the request's path has, case-sensitively. */
  #find(script: string): Application | undefined {
    return this.#current.find((application) => application.script.startsWith(script));
  }
}

function stillActive(count: number): string {
  if (count === 0) return '';
  return `, the old ones finish ${count === 1 ? 'one active request' : `${count} active requests`}`;
}

function requireScript(script: string): void {
  const stats = fileStats(script);
  // Windows has no named pipes or devices in its folders; node would wait for one forever.
  if (stats?.isFile() === true || stats?.isDirectory() === true) return;
  if (fileStats(path.dirname(script))?.isDirectory() === true) {
    throw new BridgeError('notFound', win32.fileNotFound, { detail: 'the script does not exist' });
  }
  throw new BridgeError('beforeDispatch', win32.pathNotFound, { detail: 'the folder of the script does not exist' });
}

/** Below a file nothing exists either: ENOTDIR, which is thrown nevertheless. */
function fileStats(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function create(worker: Worker, request: IisnodeRequest): Application {
  try {
    return Application.create(worker, request);
  } catch (cause) {
    if (cause instanceof StartFailed || cause instanceof WatchFailed) {
      throw new BridgeError('beforeDispatch', cause.code, { cause, detail: cause.message });
    }
    throw cause;
  }
}
