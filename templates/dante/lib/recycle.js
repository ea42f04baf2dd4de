// iisnode recycles an app at the first request after one of its files has changed. It does not tell the old process: it kills
// it when its requests have ended, or after gracefulShutdownTimeout, and an open WebSocket is a request. So this module watches
// the same files as iisnode does, and the server can tell its viewers in time.

const { readdirSync, statSync, watch } = require('node:fs');
const path = require('node:path');

/** The files that iisnode watches: web.config, and those in web.config's watchedFiles. */
const watched = /\.[cm]?js$|^iisnode\.yml$|^web\.config$/i;

/** The folders that it watches: that of the entry point, and lib. */
const foldersOf = (app) => [app, path.join(app, 'lib')];

/**
 * Calls `recycled` once, when a file has changed for which iisnode recycles the app. Does nothing without iisnode.
 *
 * @param app The folder of the entry point.
 */
function onRecycle(app, recycled) {
  if (process.env.IISNODE_VERSION === undefined) return;
  const before = stateOf(app);
  const watchers = foldersOf(app).flatMap((folder) => watcherOf(folder, check) ?? []);

  function check() {
    if (stateOf(app) === before) return;
    for (const watcher of watchers.splice(0)) watcher.close();
    recycled();
  }
}

function watcherOf(folder, changed) {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // A folder that cannot be watched is no reason to stop: the viewers find out by themselves that the process has ended.
    return undefined;
  }
}

/** A text that differs when a watched file is added, removed or changed, or when a folder is gone. */
function stateOf(app) {
  return foldersOf(app).map(filesIn).join('\n');
}

function filesIn(folder) {
  try {
    const names = readdirSync(folder).filter((name) => watched.test(name));
    return names.map((name) => `${name} ${changeOf(path.join(folder, name))}`).join('\n');
  } catch {
    return 'unreadable';
  }
}

function changeOf(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 'gone' : `${found.size} ${found.mtimeMs}`;
}

module.exports = { onRecycle };
