import type { Socket } from 'node:net';

/** The client's connection is one of TLS: it came to an https binding. */
export const isEncrypted = (socket: Socket): boolean => 'encrypted' in socket && socket.encrypted === true;
