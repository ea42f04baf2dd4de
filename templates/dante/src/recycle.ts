// iisnode recycles an app with the first request after one of its files has changed. The old process hears nothing of it:
// it is ended when its requests are done, or after gracefulShutdownTimeout, and a WebSocket is a request that never ends.
// So this watches the files that iisnode watches, and the server can tell its viewers in time.

import { readdirSync, statSync, watch } from 'node:fs';
import path from 'node:path';

/** What iisnode watches in the entry point's folder: web.config, and watchedFiles, which is *.js;iisnode.yml. */
const watched = /\.js$|^iisnode\.yml$|^web\.config$/i;

/** Calls `recycled` once, when a file has changed for which iisnode recycles the app in `folder`; by itself nobody recycles it. */
export function onRecycle(folder: string, recycled: () => void): void {
  if (process.env.IISNODE_VERSION === undefined) return;
  const before = fingerprint(folder);
  try {
    const watcher = watch(folder, { persistent: false }, () => {
      if (fingerprint(folder) === before) return;
      watcher.close();
      recycled();
    });
    watcher.on('error', () => watcher.close());
  } catch {
    // As with an error later: a folder that cannot be watched ends no app, and the viewers find out by themselves.
  }
}

/** Other for other files, sizes or times of change, and for a folder that is gone or being replaced. */
function fingerprint(folder: string): string {
  try {
    const names = readdirSync(folder).filter((name) => watched.test(name));
    return names.map((name) => `${name} ${changeOf(path.join(folder, name))}`).join('\n');
  } catch {
    return 'unreadable';
  }
}

function changeOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 'gone' : `${found.size} ${found.mtimeMs}`;
}
