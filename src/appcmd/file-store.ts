import { fileLimits, readFile, writeFileAtomic } from '../files/index.js';
import type { AppcmdStore } from './types.js';

/**
 * A store for a file that no host serves: `/apphostconfig:FILE`, and tests. No host runs, so every state is Unknown.
 * @param file an existing applicationHost.config.
 */
export function fileStore(file: string): AppcmdStore {
  return {
    file,
    read: async () => (await readFile(file, fileLimits.config)).toString('utf8'),
    write: async (text) => {
      await writeFileAtomic(file, text);
    },
    running: async () => false,
    signal: async () => undefined, // no host to notify
  };
}
