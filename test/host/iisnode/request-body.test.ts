import { EventEmitter, once } from 'node:events';
import net from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { ClientWatch } from '../../../src/host/backend/client-watch.js';
import { createPipeNames } from '../../../src/host/backend/pipe-names.js';
import { PipeConnection } from '../../../src/host/iisnode/pipe-connection.js';
import { sendRequestBody } from '../../../src/host/iisnode/request-body.js';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

class Client extends EventEmitter {
  destroyed = false;
}

/** A connection to an app that does this with its end of the pipe. */
async function pipe(app: (socket: net.Socket) => void): Promise<PipeConnection> {
  const server = net.createServer((socket) => {
    closing.push(() => socket.destroy());
    socket.on('error', () => undefined);
    app(socket);
  });
  const names = createPipeNames();
  const path = names.next();
  server.listen(path);
  await once(server, 'listening');
  const connection = await PipeConnection.open(path);
  closing.push(
    () => connection.close(),
    () => server.close(),
    () => names.remove(),
  );
  return connection;
}

const body = (bytes: number): Readable => Readable.from(Array.from({ length: bytes / 1000 }, () => Buffer.alloc(1000)));
const head = (length: number) => ({ framing: 'length', length }) as const;

describe('the body of a request', () => {
  it('is sent whole to an app that reads it', async () => {
    let read = 0;
    const connection = await pipe((socket) => socket.on('data', (piece) => (read += piece.length)));
    const client = new ClientWatch(new Client());
    expect(await sendRequestBody(body(5_000_000), connection, { head: head(5_000_000), client })).toBe(true);
    await expect.poll(() => read).toBe(5_000_000);
  });

  it('that is shorter than its length is not whole', async () => {
    const connection = await pipe((socket) => socket.resume());
    const client = new ClientWatch(new Client());
    expect(await sendRequestBody(body(4000), connection, { head: head(5000), client })).toBe(false);
  });

  it.each([5_000_000, 1_000_000])('of %i bytes ends where an app has answered and takes no more', async (length) => {
    const connection = await pipe((socket) => socket.pause().write('HTTP/1.1 200 OK\r\n'));
    const client = new ClientWatch(new Client());
    expect(await sendRequestBody(body(length), connection, { head: head(length), client, stall: 20 })).toBe(false);
    expect(connection.buffered).toBeGreaterThan(0);
  });

  it('of a client that goes while the app takes no more is given up', async () => {
    const connection = await pipe((socket) => socket.pause());
    const socket = new Client();
    const source = body(5_000_000);
    const sent = sendRequestBody(source, connection, { head: head(5_000_000), client: new ClientWatch(socket) });
    socket.emit('close');
    source.destroy(new Error('aborted'));
    await expect(sent).rejects.toThrow('the client has disconnected');
  });

  it('of a client that goes behind its last byte closes the connection of an app that takes no more', async () => {
    const connection = await pipe((socket) => socket.pause());
    const socket = new Client();
    const source = body(250_000);
    const sent = sendRequestBody(source, connection, { head: head(250_000), client: new ClientWatch(socket) });
    await once(source, 'end');
    expect(connection.socket.writableLength).toBeGreaterThan(0);
    socket.emit('close');
    await expect(sent).rejects.toThrow();
    expect(connection.socket.destroyed).toBe(true);
  });
});
