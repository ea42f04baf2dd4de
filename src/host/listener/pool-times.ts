import { plural, span } from '../../amounts.js';
import type { HostClock, HostEvent } from '../types.js';
import type { PoolSettings } from './pool-settings.js';

/** What a pool's times and crashes make the host do. */
export interface PoolActions {
  /** The settings of a pool; undefined where the configuration does not have it. */
  settings(pool: string): PoolSettings | undefined;
  /** A new worker process takes over. */
  recycle(pool: string): void;
  /** The worker process ends when its requests have ended; the next request starts another one. */
  end(pool: string): void;
  /** The worker process is gone, and with it its requests. */
  kill(pool: string): void;
  /** The pool answers 503 from now on. */
  stop(pool: string): void;
  event(event: HostEvent): void;
}

/** A worker process of a pool, from its first request on. */
interface Life {
  readonly pool: string;
  active: number;
  requests: number;
  /** When its last request ended. */
  lastEnd: number;
  readonly cancel: (() => void)[];
}

const day = 86_400_000;

/**
 * The life of the worker processes as WAS leads it: they end after idleTimeout without a request, they are recycled after
 * periodicRestart, and a pool is stopped when they crash too often (iis.md 1.7, 4.8). node ends with its worker process.
 */
export class PoolTimes {
  readonly #clock: HostClock;
  readonly #hasTimes: boolean;
  readonly #actions: PoolActions;
  readonly #lives = new Map<string, Life>();
  readonly #crashes = new Map<string, number[]>();
  /** Pools of which it was said that their limits of memory do not concern node. */
  readonly #memorySaid = new Set<string>();

  /** `hasTimes`: with idle time-out and periodic restart. */
  constructor(clock: HostClock, hasTimes: boolean, actions: PoolActions) {
    this.#clock = clock;
    this.#hasTimes = hasTimes;
    this.#actions = actions;
  }

  /** A request of the pool begins; the result is to be called when it has ended, or its socket has closed. */
  enter(pool: string): () => void {
    const key = pool.toLowerCase();
    const life = this.#lives.get(key) ?? this.#begin(key, pool);
    life.active++;
    life.requests++;
    return () => {
      life.active--;
      life.lastEnd = this.#clock.now();
      this.#countRequests(life);
    };
  }

  /** The worker process was recycled or has ended. */
  ended(pool?: string): void {
    for (const [key, life] of [...this.#lives]) {
      if (pool !== undefined && key !== pool.toLowerCase()) continue;
      for (const cancel of life.cancel) cancel();
      this.#lives.delete(key);
    }
  }

  /** The configuration changed: what waits is measured by the new settings, from now on. */
  changed(): void {
    for (const life of this.#lives.values()) {
      for (const cancel of life.cancel.splice(0)) cancel();
      this.#setTimes(life);
    }
  }

  /** The worker process has crashed: `why` is a sentence. Ends it, and stops the pool when that happened too often. */
  crashed(pool: string, why: string): void {
    const settings = this.#actions.settings(pool);
    const name = settings?.name ?? pool;
    const now = this.#clock.now();
    const interval = settings?.crashInterval ?? 0;
    const recent = [...(this.#crashes.get(name) ?? []), now].filter((at) => now - at < interval || at === now);
    this.#crashes.set(name, recent);
    this.#actions.event({
      level: 'error',
      code: 'WORKER_CRASHED',
      message: `A worker process of the application pool "${name}" crashed, and the node processes of all its applications with it: ${why}`,
    });
    this.#actions.kill(pool);
    if (settings?.rapidFailProtection !== true || recent.length < settings.mostCrashes) return;
    this.#crashes.delete(name);
    this.#actions.stop(pool);
    this.#actions.event({
      level: 'error',
      code: 'POOL_STOPPED',
      message: `The application pool "${name}" is stopped by rapid-fail protection: ${plural(recent.length, 'crash', 'crashes')} of its worker process within ${span(interval)} (failure.rapidFailProtectionMaxCrashes). Every request gets 503 until it is started: remove the cause, then appcmd start apppool "${name}", or deploy again; a serve in the foreground is started anew.`,
    });
  }

  close(): void {
    this.ended();
  }

  #begin(key: string, pool: string): Life {
    const life: Life = { pool, active: 0, requests: 0, lastEnd: this.#clock.now(), cancel: [] };
    this.#lives.set(key, life);
    this.#setTimes(life);
    this.#sayMemory(key, pool);
    return life;
  }

  /** WAS measures w3wp.exe, the worker process: node has a process of its own, and its memory does not count. */
  #sayMemory(key: string, pool: string): void {
    const { name, restartMemory = 0, restartPrivateMemory = 0 } = this.#actions.settings(pool) ?? {};
    const limits = [
      restartMemory > 0 && `memory ${restartMemory} kB`,
      restartPrivateMemory > 0 && `privateMemory ${restartPrivateMemory} kB`,
    ].filter((limit) => limit !== false);
    if (limits.length === 0 || this.#memorySaid.has(key)) return;
    this.#memorySaid.add(key);
    this.#actions.event({
      level: 'warning',
      code: 'POOL_MEMORY_LIMIT',
      message: `The application pool "${name}" is recycled by its memory (recycling.periodicRestart: ${limits.join(', ')}), which is that of w3wp.exe alone: node's memory does not count, so that this neither ends a leak of the app nor happens here. For node: --max-old-space-size in nodeProcessCommandLine.`,
    });
  }

  #setTimes(life: Life): void {
    const settings = this.#actions.settings(life.pool);
    if (settings === undefined || !this.#hasTimes) return;
    if (settings.idleTimeout > 0) this.#waitForIdle(life, settings.idleTimeout);
    if (settings.restartAfter > 0) {
      this.#after(life, settings.restartAfter, () =>
        this.#recycle(life, `after ${span(settings.restartAfter)}`, 'recycling.periodicRestart.time', '00:00:00'),
      );
    }
    for (const time of settings.schedule) {
      this.#after(life, this.#untilTime(time), () => {
        const { name } = settings;
        const remedy = `To keep it running: appcmd set apppool "${name}" "/-recycling.periodicRestart.schedule.[value='${clockText(time)}']".`;
        this.#recycleWith(life, `at ${clockText(time)} (recycling.periodicRestart.schedule)`, remedy);
      });
    }
  }

  #waitForIdle(life: Life, wait: number): void {
    this.#after(life, wait, () => {
      const settings = this.#actions.settings(life.pool);
      if (settings === undefined || settings.idleTimeout === 0) return;
      const idle = life.active > 0 ? 0 : this.#clock.now() - life.lastEnd;
      if (idle < settings.idleTimeout) this.#waitForIdle(life, settings.idleTimeout - idle);
      else this.#endIdle(settings);
    });
  }

  #endIdle({ name, idleTimeout, isSuspended, isAlwaysRunning }: PoolSettings): void {
    const remedy = `appcmd set apppool "${name}" /processModel.idleTimeout:00:00:00`;
    const when = `The application pool "${name}" had no request for ${span(idleTimeout)} (processModel.idleTimeout)`;
    if (isSuspended) {
      // What becomes of node below a suspended worker process is not documented: here it stays.
      this.#actions.event({
        level: 'info',
        code: 'POOL_IDLE',
        message: `${when}: IIS suspends its worker process (idleTimeoutAction Suspend), which is not emulated; here node goes on. To keep it running: ${remedy}.`,
      });
      return;
    }
    const next = isAlwaysRunning
      ? 'startMode AlwaysRunning starts another one at once, but node only where preloadEnabled is set'
      : 'the next visitor waits for new ones';
    this.#actions.event({
      level: 'warning',
      code: 'POOL_IDLE',
      message: `${when}: its worker process ended, and node with it. What was in memory is lost, and ${next}. To keep it running: ${remedy}.`,
    });
    this.#actions.end(name);
  }

  #countRequests(life: Life): void {
    const key = life.pool.toLowerCase();
    if (this.#lives.get(key) !== life) return;
    const limit = this.#actions.settings(life.pool)?.restartRequests ?? 0;
    if (limit === 0 || life.requests < limit) return;
    this.#recycle(life, `after ${plural(limit, 'request')}`, 'recycling.periodicRestart.requests', '0');
  }

  #recycle(life: Life, when: string, setting: string, off: string): void {
    this.#recycleWith(
      life,
      `${when} (${setting})`,
      `To keep it running: appcmd set apppool "${life.pool}" /${setting}:${off}.`,
    );
  }

  #recycleWith(life: Life, when: string, remedy: string): void {
    this.#actions.event({
      level: 'warning',
      code: 'POOL_RECYCLED',
      message: `The application pool "${life.pool}" was recycled ${when}: new node processes take over, and all sockets of the old ones are closed after their time to end. ${remedy}`,
    });
    this.#actions.recycle(life.pool);
  }

  #after(life: Life, delay: number, run: () => void): void {
    life.cancel.push(this.#clock.after(delay, run));
  }

  /** From now until the next time of that name on this machine's clock, in ms. */
  #untilTime(time: number): number {
    const now = new Date(this.#clock.now());
    const midnight = new Date(now).setHours(0, 0, 0, 0);
    const left = midnight + time - now.getTime();
    return left > 0 ? left : left + day;
  }
}

/** `03:00:00` */
const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
