import { once } from 'node:events';
import net from 'node:net';

// Below the ports that systems assign for port 0 (32,768 and up on Linux, 49,152 on Windows and macOS): the port
// is still unused a moment later, unless another test draws the same one.
const first = 10_000;
const count = 20_000;
// By the golden section: the processes of a run begin far from each other.
let next = (process.pid * 12_361) % count;

/** A TCP port on loopback without a listener, which no connection or server gets by chance. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < count; attempt += 1) {
    const port = first + next;
    next = (next + 1) % count;
    if (await isFree(port)) return port;
  }
  throw new Error(`all ports from ${first} to ${first + count - 1} are taken`);
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true)).once('error', () => resolve(false));
    server.listen(port, '127.0.0.1');
  });
  if (!listens) return false;
  server.close();
  await once(server, 'close');
  return true;
}
