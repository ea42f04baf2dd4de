import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { processExists } from '../../src/files/index.js';
import { type HostEvent, serveSite, startHost } from '../../src/host/index.js';
import { folderWith, put, request } from './harness.js';
import { config, handshake, off, script } from './iisnode-app.js';

type Application = { readonly path: string; readonly physicalPath: string; readonly pool: string };

/** Ends an upgraded connection when it is asked to. */
const endsAtBye = script.replace(
  'socket.pipe(socket);',
  "socket.pipe(socket).on('data', (bytes) => String(bytes) === 'bye' && socket.destroy());",
);

const gone = async (pid: number): Promise<void> => {
  await expect.poll(() => processExists(pid), { interval: 5 }).toBe(false);
};

/** A host with the apps a and b of one site, and means to change what its applicationHost.config says. */
async function twoApps(settings = '') {
  const files = { 'server.js': endsAtBye, 'web.config': config(`${off}<iisnode ${settings} />`) };
  const folder = folderWith({ 'root/a.txt': 'x' });
  for (const app of ['a', 'b', 'b2']) {
    for (const [name, text] of Object.entries(files)) put(folder, `${app}/${name}`, text);
  }
  const at = (name: string): string => path.join(folder, name);
  const root = { path: '/', physicalPath: at('root'), pool: 'pool-root' };
  const a = { path: '/a', physicalPath: at('a'), pool: 'pool-a' };
  const b = { path: '/b', physicalPath: at('b'), pool: 'pool-b' };
  const file = at('applicationHost.config');
  const write = (sites: Readonly<Record<string, readonly Application[]>>): void =>
    put(
      folder,
      'applicationHost.config',
      applicationHostText({
        unlocked: true,
        pools: ['pool-root', 'pool-a', 'pool-b', 'pool-c'].map((name) => ({ name })),
        sites: Object.entries(sites).map(([name, applications], index) => ({
          name,
          id: index + 1,
          bindings: [{ protocol: 'http', information: '*:8080:' }],
          applications,
        })),
      }),
    );
  write({ one: [root, a, b] });
  const events: HostEvent[] = [];
  const host = await startHost({
    loadConfig: serveSite({ directory: folder, vdirPath: '/', applicationHostFile: file }),
    listen: { host: '127.0.0.1', port: 0 },
    onEvent: (event) => events.push(event),
  });
  onTestFinished(() => host.close());
  const port = host.addresses[0]?.port ?? 0;
  return {
    ...{ host, port, events, at, root, a, b },
    pid: async (app: string) => JSON.parse((await request(port, `${app}/server.js`)).body).pid as number,
    change: async (sites: Parameters<typeof write>[0]) => {
      write(sites);
      await host.reload();
    },
    /** An upgraded connection that echoes. */
    socket: async (app: string) => {
      const socket = net.connect(port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => undefined);
      socket.write(handshake(`${app}/socket.io/`));
      await once(socket, 'data');
      return socket;
    },
  };
}

const echoes = async (socket: net.Socket): Promise<void> => {
  socket.write('still there');
  expect(String((await once(socket, 'data'))[0])).toBe('still there');
};

describe('the node processes of an application', () => {
  it('end when the application is removed, without a request, and those of others do not', async () => {
    const { change, pid, socket, root, a, events } = await twoApps();
    const pids = { a: await pid('/a'), b: await pid('/b') };
    const open = await socket('/a');
    await change({ one: [root, a] });
    await gone(pids.b);
    await echoes(open);
    expect(processExists(pids.a)).toBe(true);
    expect(
      events
        .filter(({ code }) => code === 'APPLICATION_REMOVED')
        .map(({ file }) => path.basename(path.dirname(file ?? ''))),
    ).toEqual(['b']);
  });

  it.each<[string, (all: Awaited<ReturnType<typeof twoApps>>) => Readonly<Record<string, readonly Application[]>>]>([
    ['is in another folder', ({ root, a, b, at }) => ({ one: [root, a, { ...b, physicalPath: at('b2') }] })],
    ['is in another pool', ({ root, a, b }) => ({ one: [root, a, { ...b, pool: 'pool-c' }] })],
    ['has another path', ({ root, a, b }) => ({ one: [root, a, { ...b, path: '/c' }] })],
    ['is in a site of another name', ({ root, a, b }) => ({ one: [root, a], two: [root, b] })],
    ['shares a pool from now on', ({ root, a, b }) => ({ one: [root, a, { ...b, pool: 'pool-a' }] })],
  ])('end when it %s', async (_what, sites) => {
    const all = await twoApps();
    const pids = { a: await all.pid('/a'), b: await all.pid('/b') };
    const open = await all.socket('/a');
    await all.change(sites(all));
    await gone(pids.b);
    await echoes(open);
    expect(processExists(pids.a)).toBe(true);
  });

  it('start in its new folder and its new pool', async () => {
    const { change, pid, root, a, b, at } = await twoApps();
    const before = await pid('/b');
    await change({ one: [root, a, { ...b, physicalPath: at('b2'), pool: 'pool-c' }] });
    expect(await pid('/b')).not.toBe(before);
    await change({ one: [root, a, b] });
    expect(await pid('/b')).not.toBe(before);
  });

  it('end after gracefulShutdownTimeout when requests are active, and with them the sockets', async () => {
    const { change, pid, socket, root, a } = await twoApps('gracefulShutdownTimeout="200"');
    const b = await pid('/b');
    const [of, other] = [await socket('/b'), await socket('/a')];
    const closed = once(of, 'close');
    of.resume();
    await change({ one: [root, a] });
    expect(processExists(b)).toBe(true);
    await closed;
    await gone(b);
    await echoes(other);
  });

  it('let active requests finish before that', async () => {
    const { change, pid, socket, root, a } = await twoApps();
    const b = await pid('/b');
    const open = await socket('/b');
    await change({ one: [root, a] });
    await echoes(open);
    expect(processExists(b)).toBe(true);
    open.end('bye');
    await gone(b);
  });

  it('end at once when the host closes while they may finish', async () => {
    const { change, host, pid, socket, root, a } = await twoApps();
    const b = await pid('/b');
    await socket('/b');
    await change({ one: [root, a] });
    await host.close();
    expect(processExists(b)).toBe(false);
  });

  it('start again when the application comes back, also while the old ones finish', async () => {
    const { change, pid, socket, root, a, b } = await twoApps();
    const before = await pid('/b');
    const open = await socket('/b');
    for (let round = 0; round < 3; round++) {
      await change({ one: [root, a] });
      await change({ one: [root, a, b] });
      expect(await pid('/b')).not.toBe(before);
      await echoes(open);
    }
  });

  it('go on when the configuration cannot be read for a while', async () => {
    const { at, host, pid, socket } = await twoApps();
    const b = await pid('/b');
    const open = await socket('/b');
    put(at('.'), 'applicationHost.config', '<nonsense');
    await host.reload();
    await echoes(open);
    expect(processExists(b)).toBe(true);
  });
});
