import type { ServerScript } from './server-sources.js';

/** May transports be set after a server is made (socket.io 0.9's `configure` and `set`)? Then they are unknown. */
export const setsTransportsLater = (scripts: readonly ServerScript[]): boolean =>
  scripts.some(({ sockets }) =>
    sockets.oldApi.some(({ method, setting }) => method === 'configure' || setting === 'transports'),
  );
