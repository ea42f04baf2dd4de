import type { ConfigModel } from '../../config/index.js';
import { remembered } from '../../remembered.js';

/** What decides about the life of a pool's worker process. Times are in ms; 0 means never. */
export interface PoolSettings {
  readonly name: string;
  readonly queueLength: number;
  readonly isAlwaysRunning: boolean;
  readonly idleTimeout: number;
  /** idleTimeoutAction Suspend: the worker process stays, without memory. */
  readonly isSuspended: boolean;
  readonly restartAfter: number;
  readonly restartRequests: number;
  /** Limits of memory of its worker process, in kB; 0: none. */
  readonly restartMemory: number;
  readonly restartPrivateMemory: number;
  /** Times of the day, from midnight. */
  readonly schedule: readonly number[];
  readonly rapidFailProtection: boolean;
  readonly mostCrashes: number;
  readonly crashInterval: number;
  /** loadBalancerCapabilities TcpLevel: a stopped pool resets connections instead of answering 503. */
  readonly resetsConnections: boolean;
}

const section = 'system.applicationHost/applicationPools';

const known = remembered((_model: ConfigModel) => new Map<string, PoolSettings | undefined>());

/** The settings of a pool; undefined when the configuration has no such pool. Read once for a model: each request asks. Throws ConfigError. */
export function poolSettings(model: ConfigModel, name: string): PoolSettings | undefined {
  const pools = known(model);
  if (!pools.has(name)) pools.set(name, readPool(model, name));
  return pools.get(name);
}

function readPool(model: ConfigModel, name: string): PoolSettings | undefined {
  if (!model.isDeclared(section)) return undefined;
  const pool = model.server(section).items.find((item) => item.string('name').toLowerCase() === name.toLowerCase());
  if (pool === undefined) return undefined;
  const process = pool.child('processModel');
  const restart = pool.child('recycling').child('periodicRestart');
  const failure = pool.child('failure');
  return {
    name: pool.string('name'),
    queueLength: pool.number('queueLength'),
    isAlwaysRunning: pool.string('startMode') === 'AlwaysRunning',
    idleTimeout: process.number('idleTimeout'),
    isSuspended: process.string('idleTimeoutAction') === 'Suspend',
    restartAfter: restart.number('time'),
    restartRequests: restart.number('requests'),
    restartMemory: restart.number('memory'),
    restartPrivateMemory: restart.number('privateMemory'),
    schedule: restart.child('schedule').items.map((item) => item.number('value')),
    rapidFailProtection: failure.boolean('rapidFailProtection'),
    mostCrashes: failure.number('rapidFailProtectionMaxCrashes'),
    crashInterval: failure.number('rapidFailProtectionInterval'),
    resetsConnections: failure.string('loadBalancerCapabilities') === 'TcpLevel',
  };
}
