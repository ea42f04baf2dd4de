import { expect, it } from 'vitest';
import { PoolTimes } from '../../../src/host/listener/pool-times.js';
import { RequestLimits } from '../../../src/host/listener/request-limits.js';
import { FakeClock } from '../fake-clock.js';

it('the queue of a pool takes queueLength requests, and another one when one has left', () => {
  const settings = { queueLength: 2 } as never;
  const none = (): void => undefined;
  const actions = { settings: () => settings, recycle: none, end: none, kill: none, stop: none, event: none };
  const limits = new RequestLimits({ settings: () => settings, times: new PoolTimes(new FakeClock(), true, actions) });
  expect([1, 2, 3].map(() => limits.enterQueue('P'))).toEqual([true, true, false]);
  limits.leaveQueue('P');
  expect([limits.enterQueue('P'), limits.enterQueue('P')]).toEqual([true, false]);
});
