import path from 'node:path';
import { fileLimits, readFileSync } from '../../files/index.js';

/** What is in app_offline.htm of the application's folder; undefined where it has none. Version 2 alone knows it (httpplatformhandler.md 8). */
export function offlinePage(folder: string): Buffer | undefined {
  try {
    return readFileSync(path.join(folder, 'app_offline.htm'), fileLimits.source);
  } catch {
    return undefined;
  }
}
