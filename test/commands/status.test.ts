import { expect, it } from 'vitest';
import { processLine } from '../../src/commands/render-status.js';

const process = {
  pid: 42,
  pool: 'dante',
  module: 'iisnode',
  app: '/srv/server.js',
  since: 0,
  active: 2,
  memory: 46_500_000,
} as const;

it.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [86_400_000, '1 d'],
  [1e10, '115 d'],
])('status shows a process that runs for %i ms as %s', (now, age) => {
  expect(processLine(process, now)).toBe(`process      42  /srv/server.js  dante  runs for ${age}, 44 MB, 2 active`);
});

it('status shows the sockets, the restarts and the delay of a process, where its host says them', () => {
  expect(processLine({ ...process, sockets: 1, restarts: 0, delay: 2.6 }, 0)).toBe(
    'process      42  /srv/server.js  dante  runs for 0 s, 44 MB, 2 active, 1 socket, 0 restarts, event loop 3 ms late',
  );
});

it('status leaves out memory that the system does not say', () => {
  expect(processLine({ ...process, memory: undefined }, 0)).toBe(
    'process      42  /srv/server.js  dante  runs for 0 s, 2 active',
  );
});
