import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LogForm, serveLog } from '../../src/commands/request-log.js';
import type { RequestSeen } from '../../src/host/index.js';
import { meaningOf } from '../../src/probe/statuses.js';
import { createTerminal } from '../../src/terminal/index.js';

const poll: RequestSeen = {
  kind: 'answered',
  method: 'GET',
  url: '/dante/socket.io/?EIO=4&transport=polling&t=1',
  status: 200,
  subStatus: 0,
  headers: ['Cookie', 'secret'],
  took: 12.4,
  rules: ['to node'],
  handler: 'iisnode',
  process: 77,
};
const socket: RequestSeen = { ...poll, url: '/dante/socket.io/?transport=websocket', status: 101, kind: 'opened' };

/** A log and the lines it wrote. */
function logOf(form: LogForm) {
  const text = { stdout: '', stderr: '' };
  const into = (name: keyof typeof text) => ({
    write: (piece: string) => {
      text[name] += piece;
    },
  });
  const terminal = createTerminal({ stdout: into('stdout'), stderr: into('stderr'), stdin: {}, environment: {} });
  const lines = (name: keyof typeof text): string[] => text[name].split('\n').slice(0, -1);
  return {
    log: serveLog(
      form,
      terminal,
      (next, { url }) => next.replace('URL', url),
      async (...status) => meaningOf(...status),
    ),
    lines,
  };
}

afterEach(() => void vi.useRealTimers());

describe('the log of serve as text', () => {
  it('has one line for a request, and two for a socket', () => {
    const { log, lines } = logOf('text');
    log.request(poll);
    log.request({
      ...poll,
      url: '/dante/web.config',
      status: 404,
      subStatus: 8,
      rules: [],
      handler: undefined,
      process: undefined,
    });
    log.request({ ...poll, url: `/${'x'.repeat(100)}`, status: 0, rules: ['a', 'b'], took: 61_000 });
    log.request({ ...poll, cut: true });
    log.request(socket);
    const flow = { bytes: 2_048, frames: 1 };
    log.request({ ...socket, kind: 'closed', took: 5_000, traffic: { received: { bytes: 9, frames: 3 }, sent: flow } });
    expect(lines('stderr')).toEqual([
      `GET 200 ${poll.url}  12 ms  rule to node, handler iisnode, process 77`,
      'GET 404.8 /dante/web.config  12 ms',
      `GET closed /${'x'.repeat(34)}…${'x'.repeat(35)}  61.0 s  rules a, b, handler iisnode, process 77`,
      `GET 200 cut ${poll.url}  12 ms  rule to node, handler iisnode, process 77`,
      `GET 101 ${socket.url}  socket opened after 12 ms  rule to node, handler iisnode, process 77`,
      `GET 101 ${socket.url}  socket closed after 5.0 s, received 3 frames (9 B), sent 1 frame (2.0 kB)  rule to node, handler iisnode, process 77`,
    ]);
    expect(lines('stdout')).toEqual([]);
  });

  it('counts repeats that differ only in their query, and says their number before the next line', () => {
    const { log, lines } = logOf('text');
    for (let index = 0; index < 4; index++) log.request({ ...poll, url: `${poll.url}${index}`, took: 10 * index });
    expect(lines('stderr')).toHaveLength(1);
    log.request({ ...poll, process: 78 });
    expect(lines('stderr').slice(1)).toEqual([
      '    + 3 requests more like this, the slowest 30 ms',
      `GET 200 ${poll.url}  12 ms  rule to node, handler iisnode, process 78`,
    ]);
  });

  it('counts the polls of two clients of two processes, though they alternate', () => {
    const { log, lines } = logOf('text');
    const url = '/dante/socket.io/?EIO=4&transport=polling';
    for (let index = 0; index < 4; index++) {
      for (const process of [77, 78]) {
        log.request({ ...poll, url: `${url}&t=${index}`, process, took: 10 * index });
        log.request({ ...poll, url: `${url}&t=${index}`, process, method: 'POST' });
      }
    }
    expect(lines('stderr')).toHaveLength(4);
    log.request({ ...poll, url: '/dante/' });
    expect(lines('stderr').slice(4)).toEqual([
      '    + 3 requests more like GET 200 /dante/socket.io/ of process 77, the slowest 30 ms',
      '    + 3 requests more like POST 200 /dante/socket.io/ of process 77, the slowest 12 ms',
      '    + 3 requests more like GET 200 /dante/socket.io/ of process 78, the slowest 30 ms',
      '    + 3 requests more like this, the slowest 12 ms',
      'GET 200 /dante/  12 ms  rule to node, handler iisnode, process 77',
    ]);
    // Other requests than polls are each a line.
    log.request({ ...poll, url: '/dante/a.css' });
    log.request({ ...poll, url: '/dante/' });
    expect(lines('stderr')).toHaveLength(11);
  });

  it("says once what an answer of IIS means and what to do, and nothing about the app's own", async () => {
    const { log, lines } = logOf('text');
    log.request({ ...poll, status: 404 });
    log.request({ ...poll, url: '/a', status: 404, process: undefined });
    log.request({ ...poll, url: '/b', status: 404, process: undefined });
    log.request({ ...poll, url: '/c', status: 500, subStatus: 1013 });
    await expect.poll(() => lines('stderr')).toHaveLength(6);
    const said = lines('stderr').filter((line) => line.startsWith('    '));
    expect(said).toEqual([
      expect.stringMatching(/^ {4}404: IIS finds no such file.*; next: .*trace \/a shows/),
      expect.stringMatching(/^ {4}500\.1013: .*; next: /),
    ]);
  });

  it('says the number of repeats after 5 s, and at the end', () => {
    vi.useFakeTimers();
    const { log, lines } = logOf('text');
    for (let index = 0; index < 3; index++) log.request(poll);
    vi.advanceTimersByTime(4_999);
    expect(lines('stderr')).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(lines('stderr')[1]).toContain('+ 2 requests more like this');
    log.request(poll);
    log.end();
    expect(lines('stderr')[2]).toContain('+ 1 request more like this');
  });

  it('shows what the app prints and what the host says between the requests, with control characters visible', () => {
    const { log, lines } = logOf('text');
    log.request(poll);
    log.request(poll);
    log.output({ process: 77, stream: 'stderr', text: 'oh \u001b[2Jno' });
    log.event({ level: 'warning', code: 'X', message: 'first\nsecond', file: 'web.config', line: 3 });
    log.output({ process: 77, stream: 'stdout', text: 'fine' });
    expect(lines('stderr').slice(2)).toEqual([
      '#77 ! oh \\x1b[2Jno',
      'warning X  first  web.config:3',
      '    second',
      '#77   fine',
    ]);
  });
});

it('the log of serve as JSON is one document a line on stdout, of requests, output and events', () => {
  const { log, lines } = logOf('json');
  log.request(poll);
  log.request(poll);
  log.output({ process: 77, stream: 'stdout', text: 'a\nb' });
  log.event({ level: 'info', code: 'CONFIG_RELOADED', message: 'm' });
  const { headers: _secret, ...written } = poll;
  const common = { version: 1, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) };
  expect(lines('stdout').map((line) => JSON.parse(line))).toEqual([
    { ...common, ...written, took: 12 },
    { ...common, ...written, took: 12 },
    { ...common, kind: 'output', process: 77, stream: 'stdout', text: 'a\nb' },
    { ...common, kind: 'event', level: 'info', code: 'CONFIG_RELOADED', message: 'm' },
  ]);
  expect(lines('stderr')).toEqual([]);
});

it('without a log only events are written', () => {
  const { log, lines } = logOf('none');
  log.request(poll);
  log.output({ process: 1, stream: 'stdout', text: 'x' });
  log.event({ level: 'info', code: 'CONFIG_RELOADED', message: 'm' });
  expect(lines('stderr')).toEqual(['info CONFIG_RELOADED  m']);
});
