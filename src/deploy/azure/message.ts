import { randomBytes } from 'node:crypto';

/** The message of a deployment: the hash of its package, and what makes it one of its own. */
export const messageFor = (hash: string): string => `iisnode-sock sha256:${hash} ${randomBytes(4).toString('hex')}`;
