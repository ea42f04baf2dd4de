import { createServer } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { expect, it, onTestFinished } from 'vitest';
import { iisTarget } from '../../src/deploy/targets/iis.js';
import { probeApp } from '../../src/probe/index.js';
import { freshWorld } from '../appcmd/support.js';
import { planFor } from '../deploy/support.js';
import { listen } from './listen.js';

const name = 'chat.example.invalid'; // a name that no DNS has

it('a site whose host name is not in DNS is asked at an address of the machine, by its name', async () => {
  const hosts = new Set<string | undefined>();
  const server = createServer((request, response) => {
    hosts.add(request.headers.host);
    response.setHeader('content-type', 'text/html').end('<script src="/socket.io/socket.io.js"></script>');
  });
  const io = new SocketServer(server);
  io.on('connection', (socket) => socket.emit('host', hosts.add(socket.handshake.headers.host)));
  onTestFinished(async () => void (await io.close()));
  const { port } = new URL(await listen(server));
  const report = await probeApp(`http://${name}:${port}/`, { address: '127.0.0.1' });
  expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
  expect(report).toMatchObject({ ok: true, transport: 'websocket' });
  expect([...hosts]).toEqual([`${name}:${port}`]);
  const other = await probeApp(`http://other.example.invalid:${port}/`, { timeout: 2_000 });
  expect(other.ok).toBe(false);
});

it.each<[string, string | undefined]>([
  ['http/*:8090:chat.example.com', '127.0.0.1'],
  ['https/*:443:chat.example.com', '127.0.0.1'],
  ['http/10.0.0.7:80:chat.example.com', '10.0.0.7'],
  ['http/[fe80::1]:80:chat.example.com', 'fe80::1'],
  ['http/*:80:', undefined],
  ['http/*:80:*.example.com', '127.0.0.1'],
])('the binding %s is asked at %s', async (binding, address) => {
  const world = freshWorld();
  await world.run('add', 'site', '/name:chat', '/physicalPath:C:\\chat', `/bindings:${binding}`);
  const plan = planFor('C:\\chat', { siteName: 'chat', vdirPath: '/' });
  expect(await iisTarget(world.appcmd, 'win32').address?.(plan)).toBe(address);
});
