import { randomBytes } from 'node:crypto';

/** The message of a deployment: the hash of its package, and what makes it one of its own. */
export const messageFor = (hash: string): string => `iisnode-sock sha256:${hash} ${randomBytes(4).toString('hex')}`;

/** The same, of a former package that is sent again: Kudu has it as its newest deployment. */
export const messageOfAgain = (hash: string): string => `${messageFor(hash)} again`;

/** Is it the message of a former package that was sent again? */
export const isAgain = (message: string): boolean => /^iisnode-sock sha256:[0-9a-f]{64} [0-9a-f]+ again$/.test(message);
