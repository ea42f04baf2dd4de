import net from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from './free-port.js';

it('a free port is a different one each time, unused, and not one that a system assigns for port 0', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  expect(new Set(ports).size).toBe(3);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(10_000);
    expect(port).toBeLessThan(30_000);
  }
});

it('a port with a listener is skipped', async () => {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  const port = await freePort();
  // Another process may have it already: then it is skipped as well.
  await new Promise((resolve) =>
    server
      .once('listening', resolve)
      .once('error', resolve)
      .listen(port + 1, '127.0.0.1'),
  );
  expect(await freePort()).not.toBe(port + 1);
});
