import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { UserError } from '../../../src/errors.js';
import { serveControl } from '../../../src/host/background/control.js';
import { startOnPort } from '../../../src/host/background/start-on-port.js';
import { type HostEvent, openHome, type RunningHost } from '../../../src/host/index.js';
import { testFolder } from '../../files/folder.js';

/** A home whose background host says that it listens on these ports. */
async function homeWith(...ports: readonly number[]): Promise<{ IISNODE_SOCK_HOME: string }> {
  const environment = { IISNODE_SOCK_HOME: path.join(testFolder(), 'home') };
  const home = openHome(environment);
  mkdirSync(home.directory);
  writeFileSync(home.lockFile, '');
  const addresses = ports.map((port) => ({
    siteName: 's',
    host: '127.0.0.1',
    port,
    origin: `http://127.0.0.1:${port}`,
  }));
  const server = await serveControl(home.controlPipe, async () => ({ ok: true, pid: 1, addresses }));
  onTestFinished(() => void server.close());
  return environment;
}

/** Starts hosts on paper; those on the ports that other programs have fail. */
function starter(...taken: readonly number[]) {
  const tried: number[] = [];
  const said: HostEvent[] = [];
  const start = async (port: number): Promise<RunningHost> => {
    tried.push(port);
    if (taken.includes(port)) throw new UserError('PORT_TAKEN', { what: 'x', why: 'x', next: 'x', exit: 'refused' });
    return { addresses: [{ siteName: 's', host: '', port, origin: '' }] } as unknown as RunningHost;
  };
  return { tried, said, start, say: (event: HostEvent) => said.push(event) };
}

it('serves on 8080 by default when no background host uses it', async () => {
  const { tried, said, start, say } = starter();
  await startOnPort(undefined, await homeWith(9000), start, say);
  expect([tried, said]).toEqual([[8080], []]);
});

it('takes the next free port and says so in one line when the background host has 8080', async () => {
  const { tried, said, start, say } = starter(8082);
  await startOnPort(undefined, await homeWith(8080, 8081), start, say);
  expect(tried).toEqual([8082, 8083]);
  expect(said).toEqual([
    { level: 'info', code: 'PORT_OF_BACKGROUND_HOST', message: expect.stringMatching(/8080 .* 8083\.$/) },
  ]);
});

it('leaves a port that was asked for, or that another program has, an error', async () => {
  const environment = await homeWith(8080);
  const asked = starter(8080);
  await expect(startOnPort(8080, environment, asked.start, asked.say)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  const other = starter(8080);
  await expect(startOnPort(undefined, await homeWith(), other.start, other.say)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
  });
  expect([asked.tried, other.tried, asked.said, other.said]).toEqual([[8080], [8080], [], []]);
});

it('gives up after fifty ports, with the last error, and hands on every other one', async () => {
  const environment = await homeWith(8080);
  const all = starter(...Array.from({ length: 60 }, (_, index) => 8080 + index));
  await expect(startOnPort(undefined, environment, all.start, all.say)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  expect(all.tried).toHaveLength(50);
  const broken = async (): Promise<RunningHost> => Promise.reject(new Error('no luck'));
  await expect(startOnPort(undefined, environment, broken, all.say)).rejects.toThrow('no luck');
});

it('works without a home', async () => {
  for (const place of ['relative', path.join(import.meta.filename, 'home')]) {
    const { tried, start, say } = starter();
    await startOnPort(undefined, { IISNODE_SOCK_HOME: place }, start, say);
    expect(tried).toEqual([8080]);
  }
});
