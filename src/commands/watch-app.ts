import path from 'node:path';
import type { App } from '../app/index.js';
import type { HostEvent } from '../host/index.js';
import { watchedNameMatches } from '../webconfig/index.js';

/** iisnode's default for watchedFiles has `*.js`; modules with other names are programs, too. */
const programs = ['*.js', '*.cjs', '*.mjs'];
/** How long files must be quiet before a change counts, in ms: a build, or an editor, writes several. */
const quietFor = 100;

interface WatchOptions {
  readonly app: App;
  /** Informed of what is watched, of changes, and of a folder that cannot be watched. */
  readonly onEvent: (event: HostEvent) => void;
  readonly recycle: () => Promise<void>;
}

/**
 * Recycles when a program, or a file that watchedFiles names, changes in the app's folder or below; not in node_modules, in folders
 * that begin with a dot, and among the logs. Returns what ends it.
 */
export async function watchApp({ app, onEvent, recycle }: WatchOptions): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar');
  const entry = app.entry?.name;
  const own = app.settingsOf(entry)?.values.watchedFiles ?? '';
  const named = own.split(';').flatMap((text) => text.split(/[\\/]/).at(-1) || []);
  const patterns = [...new Set([...named, ...programs])];
  const logs = app.logDirectoryOf(entry ?? '');
  const isLeftOut = (file: string): boolean => {
    const parts = path.relative(app.directory, file).split(path.sep);
    return file === logs || parts.some((part) => part === 'node_modules' || /^\.[^.]/.test(part));
  };
  let timer: NodeJS.Timeout | undefined;
  const changed = (file: string): void => {
    if (!patterns.some((pattern) => watchedNameMatches(pattern, path.basename(file)))) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const message = `${path.relative(app.directory, file)} changed: the next request starts the app anew.`;
      onEvent({ level: 'info', code: 'RECYCLED', message });
      void recycle();
    }, quietFor);
  };
  const watcher = watch(app.directory, { ignoreInitial: true, ignored: isLeftOut })
    .on('add', changed)
    .on('change', changed)
    .on('unlink', changed)
    .on('error', (error) => {
      const why = error instanceof Error ? error.message : String(error);
      onEvent({ level: 'warning', code: 'NOT_WATCHED', message: `A folder of the app cannot be watched: ${why}` });
    });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  // Said when it is true: a change before this was not seen.
  onEvent({
    level: 'info',
    code: 'WATCHES_FILES',
    message: `Each change of ${patterns.join(', ')} in ${app.directory} and below (not in node_modules) recycles at once, and sockets connect again.${
      own === ''
        ? ''
        : `\niisnode watches ${own} beside the entry point alone, and recycles with the next request; sockets stay with the former process.`
    }`,
  });
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
