import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

it.each([
  ['stream-not-flushed', 'flushResponse: false', 'STREAM_NOT_FLUSHED', 'flushResponse: true in iisnode.yml'],
  [
    'everything-right',
    'maxConcurrentRequestsPerProcess: 100',
    'FEW_CONCURRENT_REQUESTS',
    'maxConcurrentRequestsPerProcess: 20000 in iisnode.yml',
  ],
  [
    'processes-polling-by-default',
    'nodeProcessStickySessions: no',
    'POLLING_WITHOUT_STICKY_SESSIONS',
    'nodeProcessStickySessions: true in iisnode.yml',
  ],
])('the advice for %s with %j is for the place that decides', async (site, yml, rule, fix) => {
  const cwd = copyOf(site);
  writeFileSync(path.join(cwd, 'iisnode.yml'), `${yml}\n`);
  const [finding] = (await diagnose('.', { cwd, only: [rule] })).findings;
  expect(finding?.fix).toContain(fix);
  expect(finding?.fixable).toBeUndefined();
});

it('is for the environment where that decides', async () => {
  const environment = { IISNODE_maxConcurrentRequestsPerProcess: '100' };
  const { findings } = await diagnose('.', { cwd: copyOf('everything-right'), environment });
  expect(findings.map(({ fix, fixable }) => [fix, fixable])).toEqual([
    ['IISNODE_maxConcurrentRequestsPerProcess=20000 in the environment of the worker process', undefined],
  ]);
});
