import { expect, it } from 'vitest';
import { embeddedAppcmd } from '../../src/appcmd/index.js';
import { memoryStore } from './support.js';

it('a pool that the host has stopped by itself is Stopped in the list, and can be started', async () => {
  const store = memoryStore(undefined, true);
  const before = store.text;
  const { run } = embeddedAppcmd({ ...store, stoppedPools: async () => ['defaultapppool'] });
  expect((await run(['list', 'apppool', 'DefaultAppPool', '/text:state'])).stdout.trim()).toBe('Stopped');
  expect((await run(['recycle', 'apppool', 'DefaultAppPool'])).exitCode).toBe(1062);
  expect((await run(['start', 'apppool', 'DefaultAppPool'])).exitCode).toBe(0);
  expect(store.signals).toEqual(['start apppool DefaultAppPool']);
  expect(store.text.includes('autoStart="false"')).toBe(before.includes('autoStart="false"'));
  const other = embeddedAppcmd(store);
  expect((await other.run(['list', 'apppool', 'DefaultAppPool', '/text:state'])).stdout.trim()).toBe('Started');
});
