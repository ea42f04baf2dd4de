import { expect, it } from 'vitest';
import { processLine, renderStatus } from '../../src/commands/render-status.js';
import type { EmbeddedStatus } from '../../src/deploy/index.js';
import { createTerminal } from '../../src/terminal/index.js';

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

it.each([
  [[], /^running {2}pid 7$/m],
  [['/c'], /^background {3}running {2}pid 7$/m],
])('status names the background host only beside a serve: %j', (paths, line) => {
  const lines: string[] = [];
  const stdout = { write: (text: string) => void lines.push(text) };
  const terminal = createTerminal({ stdout, stderr: stdout, stdin: {}, environment: {} });
  const none = { sites: [], applications: [], pools: [], deployed: [], processes: [], iisExpress: [], problems: [] };
  const apps = paths.map((path) => ({ path, directory: '/srv/c' }));
  const serving = paths.map(() => ({
    pid: 8,
    silent: false,
    command: 'serve /srv/c',
    apps,
    urls: ['http://localhost:1/c/'],
  }));
  const host = { pid: 7, since: undefined, addresses: [] };
  const more = { since: undefined, apphost: undefined, processes: [] };
  const seen: EmbeddedStatus = {
    ...none,
    home: '/home',
    host,
    silent: undefined,
    iis: undefined,
    serving: serving.map((one) => ({ ...one, ...more })),
  };
  renderStatus(terminal, seen);
  expect(lines.join('')).toMatch(line);
});
