import { expect, it } from 'vitest';
import type { RequestSeen } from '../../src/host/index.js';
import { groupsOf, OpenSockets } from '../../src/inspect/sockets.js';

const poll: RequestSeen = {
  kind: 'answered',
  method: 'GET',
  url: '/a/socket.io/?EIO=4&transport=polling&sid=one',
  headers: [],
  status: 200,
  subStatus: 0,
  took: 1,
  rules: [],
  handler: 'iisnode',
  process: 1,
};
const flow = { bytes: 0, frames: 0 };
const socket = (namespaces: readonly string[], sid = ''): RequestSeen => ({
  ...poll,
  kind: 'opened',
  url: `/a/socket.io/?EIO=4&transport=websocket${sid}`,
  headers: [],
  socket: () => ({ namespaces, received: flow, sent: flow }),
});

it('a client that polls is a socket until it changes to a WebSocket, is refused, or is silent for 45 s', () => {
  const sockets = new OpenSockets();
  sockets.request(1, { ...poll, url: '/a/socket.io/?EIO=4&transport=polling' }, 0); // the handshake has no session yet
  expect(sockets.rows(0)).toEqual([]);
  for (const [id, sid] of ['one', 'two', 'three', 'four', 'one'].entries())
    sockets.request(id, { ...poll, url: poll.url.replace('one', sid) }, 10);
  expect(sockets.rows(10).map(({ transport, messages }) => [transport, messages])).toEqual([
    ['polling', 2],
    ['polling', 1],
    ['polling', 1],
    ['polling', 1],
  ]);
  const upgraded = socket(['/'], '&sid=one');
  sockets.request(5, upgraded, 20);
  sockets.request(6, { ...poll, url: poll.url.replace('one', 'two'), status: 400 }, 20);
  sockets.request(7, { ...poll, url: poll.url.replace('one', 'four') }, 40_000);
  expect(sockets.rows(45_011).map(({ id, transport }) => [id, transport])).toEqual([
    [5, 'websocket'],
    [3, 'polling'],
  ]);
  sockets.request(8, { ...upgraded, kind: 'closed' }, 45_012);
  expect(sockets.rows(45_012)).toHaveLength(1);
});

it('sockets are counted by namespace, transport and process, one in two namespaces in both', () => {
  const sockets = new OpenSockets();
  const all = [socket(['/', '/chat']), socket(['/']), socket([]), { ...socket(['/']), process: 2 }, poll];
  for (const [id, one] of all.entries()) sockets.request(id, one, 0);
  const group = (namespace: string, count: number, process = 1, transport = 'websocket') => ({
    namespace,
    transport,
    process,
    count,
  });
  expect(groupsOf(sockets.rows(0))).toEqual([
    group('/', 2),
    expect.objectContaining({ namespace: '', count: 1 }),
    expect.objectContaining({ namespace: '', count: 1 }),
    group('/', 1, 2),
    group('/chat', 1),
  ]);
});
