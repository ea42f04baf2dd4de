// Each process sends to its own clients only: enough for one process, and for apps that send nothing from client to client.
// `npx iisnode-sock init --adapter redis` writes an adapter that connects several processes.

import type { Server } from 'socket.io';

/** A service that clients connect to instead of this server: none. */
export const service: { endpoint: string; path: string; joinTime: number } | undefined = undefined;

/** Connects this process with the app's other processes: with none. */
export async function attachAdapter(_io: Server): Promise<void> {}
