import net from 'node:net';

export interface ControlPipe {
  readonly name: string;
  close(): void;
}

/**
 * The pipe behind recycleSignalEnabled (iisnode 0.2.27, cnodeapplicationmanager.cpp ControlSignalHandler): one client,
 * one read of at most 64 bytes; exactly `recycle`, in any case, recycles the worker. After that the pipe is not read again.
 */
export function openControlPipe(name: string, onRecycle: () => void): ControlPipe {
  const server = net.createServer((socket) => {
    server.close();
    socket.on('error', () => undefined);
    socket.once('data', (bytes: Buffer) => {
      socket.destroy();
      if (bytes.subarray(0, 64).toString('latin1').toLowerCase() === 'recycle') onRecycle();
    });
  });
  server.on('error', () => undefined);
  server.listen(name).unref();
  return { name, close: () => server.close() };
}
