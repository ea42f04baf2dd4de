// Each process knows its own clients only: right for one process, and for apps whose clients need nothing of each other.
// `iisnode-sock init --adapter redis` writes the adapter that connects several processes.

import type { Server } from 'socket.io';

/** A service that clients connect to in place of this server: none. */
export const service: { endpoint: string; path: string; joinTime: number } | undefined = undefined;

/** Connects this process with the others of the app: with none. */
export async function attachAdapter(_io: Server): Promise<void> {}
