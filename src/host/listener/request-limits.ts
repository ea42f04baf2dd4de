import { plural } from '../../amounts.js';
import { pathSetting } from '../../pipeline/index.js';
import { failure, type StageFailure } from '../../pipeline/sections/index.js';
import type { RequestContext } from '../request/context.js';
import type { HostEvent } from '../types.js';
import type { PoolSettings } from './pool-settings.js';
import type { PoolTimes } from './pool-times.js';

/** The pools of a host, for its requests. */
export interface Pools {
  settings(pool: string): PoolSettings | undefined;
  readonly times: PoolTimes;
}

const section = 'system.webServer/serverRuntime';

/** serverRuntime's appConcurrentRequestLimit. Throws ConfigError. */
const limitAt = pathSetting(({ model, at }) => {
  if (!model.isDeclared(section)) return undefined;
  const element = model.effective(section, at);
  return { limit: element.number('appConcurrentRequestLimit'), origin: element.origin('appConcurrentRequestLimit') };
});

/**
 * Counts requests where IIS has a limit for them: those that wait for a pool's worker process, beyond queueLength HTTP.SYS answers 503,
 * and those of an application that are not answered yet, beyond appConcurrentRequestLimit the answer is 503.2 (iis.md 4.2, 4.8). An open
 * socket and a waiting poll is one of the second kind, never of the first.
 */
export class RequestLimits {
  readonly #pools: Pools;
  readonly #waiting = new Map<string, number>();
  readonly #running = new Map<string, number>();

  constructor(pools: Pools) {
    this.#pools = pools;
  }

  /** A request begins to wait for the worker process. False: the queue is full; else call `leaveQueue` when it goes on. */
  enterQueue(pool: string): boolean {
    const count = this.#waiting.get(pool) ?? 0;
    const settings = this.#pools.settings(pool);
    if (settings !== undefined && count >= settings.queueLength) return false;
    this.#waiting.set(pool, count + 1);
    return true;
  }

  leaveQueue(pool: string): void {
    decrease(this.#waiting, pool);
  }

  /** A request begins to run: what refuses it, or what is to be called at its end. Throws ConfigError. */
  enter(context: RequestContext): StageFailure | (() => void) {
    const { site, config, snapshot } = context;
    const { application } = config.at;
    const limits = limitAt(snapshot.at(site, application.path));
    const key = `${site.id}${application.path}`;
    const count = this.#running.get(key) ?? 0;
    if (limits !== undefined && count >= limits.limit) {
      const detail = `${application.path} has ${plural(count, 'request')} that are not answered yet, the limit of appConcurrentRequestLimit; each open socket and each waiting poll is one.`;
      return failure(503, 2, detail, { module: 'IIS Web Core', ...(limits.origin && { origin: limits.origin }) });
    }
    this.#running.set(key, count + 1);
    const leavePool = this.#pools.times.enter(application.pool);
    return () => {
      decrease(this.#running, key);
      leavePool();
    };
  }
}

/** The key stays, of which there are as many as applications: a Map in which keys come and go links its former tables, see `Places`. */
function decrease(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 1) - 1);
}

/** Said once for a pool whose queue is full. */
export function queueFull(pool: string, length: number): HostEvent {
  return {
    level: 'error',
    code: 'QUEUE_FULL',
    message: `More than ${plural(length, 'request')} waited for the worker process of the application pool "${pool}": HTTP.SYS answers 503 to further ones. For more: appcmd set apppool "${pool}" /queueLength:5000.`,
  };
}
