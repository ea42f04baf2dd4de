import type { Server } from 'socket.io';

/** No adapter: a room's viewers are those of this process. `iisnode-sock init --adapter redis` writes another one here. */
export function attachAdapter(_io: Server): void {}
