import { openSync } from 'node:fs';

/**
 * Opens a new file for a process that appends to it, and returns its descriptor. Throws the system's error, EEXIST for a name that exists:
 * what is there may be a named pipe, which would be waited for.
 */
export const createForWriting = (file: string): number => openSync(file, 'ax');
