import { randomInt } from 'node:crypto';
import net from 'node:net';

const lowest = 10_000;
/** Version 2 draws from 10000 to 48000. Elsewhere than on Windows connections get ports from 32768 on, which could be in between. */
const highest = process.platform === 'win32' ? 48_000 : 32_000;
/** How often version 2 draws before it gives up (httpplatformhandler.md 5). */
const tries = 10;

/** A port on which nothing listens here; undefined when none was found. */
export async function freePort(): Promise<number | undefined> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) return port;
  }
  return undefined;
}

/** On all addresses, where node listens when an app names none. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Does something accept connections on this port of 127.0.0.1? The module looks nowhere else (httpplatformhandler.md 5). */
export function listensOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
