import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { applicationHostText } from '../../../src/config/index.js';
import { writeFileAtomic } from '../../../src/files/index.js';
import { homeConfig, isUnusedSite } from '../../../src/host/background/home.js';
import { embeddedStore, type HostEvent, openHome, startHost } from '../../../src/host/index.js';
import { freePort } from '../../support/free-port.js';
import { folderWith, put, request } from '../harness.js';

type Sites = Parameters<typeof applicationHostText>[0]['sites'];

const site = (name: string, id: number, physicalPath: string, ...bindings: string[]): Sites[number] => ({
  name,
  id,
  bindings: bindings.map((information) => ({ protocol: 'http', information })),
  applications: [{ path: '/', physicalPath, pool: 'DefaultAppPool' }],
});

/** A home whose Default Web Site is empty, next to these sites; `start` runs it in this process as the background host does. */
function homeWith(...others: Sites) {
  const home = openHome({ IISNODE_SOCK_HOME: path.join(folderWith(), 'home') });
  const events: HostEvent[] = [];
  const write = async (sites: Sites): Promise<void> => {
    await embeddedStore(home).prepare?.();
    await writeFileAtomic(home.applicationHostFile, applicationHostText({ pools: ['DefaultAppPool'], sites }));
  };
  const start = async (ofDefault: number) => {
    await write([site('Default Web Site', 1, home.wwwroot, `*:${ofDefault}:`), ...others]);
    const host = await startHost({
      loadConfig: (reader) => homeConfig(home, reader),
      isUnused: (each) => isUnusedSite(home, each),
      onEvent: (event) => events.push(event),
    });
    onTestFinished(() => host.close());
    return host;
  };
  return { home, events, write, start };
}

/** A port that another program has; `free` ends that. */
async function takenPort(): Promise<{ port: number; free: () => Promise<unknown> }> {
  const port = await freePort();
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const free = () => new Promise((resolve) => server.close(resolve));
  onTestFinished(async () => void (await free()));
  return { port, free };
}

const withFile = (): string => folderWith({ 'a.txt': 'here' });

describe('a site of the embedded IIS', () => {
  it('that is empty takes no port, and no other program is in its way; with a file in it, it has its port', async () => {
    const { port: taken, free } = await takenPort();
    const port = await freePort();
    const { home, events, start } = homeWith(site('chat', 2, withFile(), `*:${port}:`));
    const host = await start(taken);
    expect(host.addresses).toMatchObject([{ siteName: 'chat', port }]);
    expect(host.notBound).toEqual([{ siteName: 'Default Web Site', code: 'SITE_UNUSED', why: expect.any(String) }]);
    expect(events).toEqual([]);
    await free();
    put(home.wwwroot, 'b.txt', 'of the default site');
    await host.setState('site', 'Default Web Site', true);
    expect((await request(taken, '/b.txt')).body).toBe('of the default site');
    expect(host.notBound).toEqual([]);
  });

  it('whose port another program has is stopped with all its bindings, says so, and starts when the port is free', async () => {
    const { port: taken, free } = await takenPort();
    const [own, shared] = [await freePort(), await freePort()];
    const { events, start } = homeWith(
      site('first', 2, withFile(), `*:${own}:`, `*:${shared}:first.example`, `*:${taken}:`),
      site('second', 3, withFile(), `*:${shared}:`),
    );
    const host = await start(await freePort());
    expect(host.addresses.map(({ siteName, port }) => [siteName, port])).toEqual([['second', shared]]);
    expect(events).toMatchObject([
      { level: 'error', code: 'PORT_TAKEN', message: expect.stringContaining('site "first" is not started') },
    ]);
    expect(host.notBound).toContainEqual(
      expect.objectContaining({ siteName: 'first', code: 'PORT_TAKEN', why: expect.stringContaining(String(taken)) }),
    );
    await expect(request(own, '/a.txt')).rejects.toThrow(/ECONNREFUSED/);
    // The shared port is the second site's alone now.
    expect((await request(shared, '/a.txt', { headers: { host: 'first.example' } })).body).toBe('here');
    await free();
    await host.setState('site', 'first', true);
    expect((await request(taken, '/a.txt')).status).toBe(200);
    expect((await request(own, '/a.txt')).status).toBe(200);
    expect(host.notBound.map(({ siteName }) => siteName)).toEqual(['Default Web Site']);
  });

  it('that is added with a port of another program changes nothing for the others', async () => {
    const { port: taken } = await takenPort();
    const port = await freePort();
    const first = site('first', 2, withFile(), `*:${port}:`);
    const { home, write, start } = homeWith(first);
    const host = await start(await freePort());
    await write([site('Default Web Site', 1, home.wwwroot, '*:80:'), first, site('new', 3, withFile(), `*:${taken}:`)]);
    await host.reload();
    expect((await request(port, '/a.txt')).status).toBe(200);
    expect(host.notBound).toContainEqual(expect.objectContaining({ siteName: 'new', code: 'PORT_TAKEN' }));
  });

  it('without which none is left is the reason why the host does not start', async () => {
    const { port: taken } = await takenPort();
    const { start } = homeWith(site('chat', 2, withFile(), `*:${taken}:`));
    await expect(start(await freePort())).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });
});
