import { realpathSync } from 'node:fs';

/** A folder without links and short names (PROGRA~1); undefined when it is not there. */
export function realFolder(folder: string): string | undefined {
  try {
    return realpathSync.native(folder);
  } catch {
    return undefined;
  }
}
