import type { ServerResponse } from 'node:http';

const cut = new WeakSet<ServerResponse>();

/** Closes the connection of an answer that cannot be completed, once what was written has been sent: the client sees it truncated. */
export function cutOff(response: ServerResponse): void {
  cut.add(response);
  response.socket?.destroySoon();
}

/** Was the answer cut off? */
export const isCutOff = (response: ServerResponse): boolean => cut.has(response);
