import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FSWatcher } from 'chokidar';
import { type App, readApp } from '../app/index.js';
import type { Appcmd } from '../appcmd/index.js';
import { UserError } from '../errors.js';
import { FileError, openRegularFile } from '../files/index.js';
import { openHome } from '../host/index.js';
import { deploymentRecords } from './all-records.js';
import { findLogs, type LogPlace } from './app-facts.js';
import { withDeployedApps } from './deployed-apps.js';
import { inOrder, type LogFile, type LogLine, linesOfLog, namedAs } from './log-files.js';
import type { DeploymentRecord } from './plan.js';
import { folderOfLiveRelease, pathOfDeployment } from './records.js';
import { recordedRelease, withLiveRelease } from './releases/live-release.js';
import { chooseTarget } from './targets/choose-target.js';

export interface LogOptions {
  /** The app's folder (with web.config), or the log folder itself when `logDirectory` is given. */
  readonly directory: string;
  readonly logDirectory?: string;
  /** With `logDirectory`: how the names of HttpPlatformHandler's logs begin; default: logs of iisnode. */
  readonly logBase?: string;
  /** The worker process's environment, for iisnode's settings; process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Continue with new lines, until `signal`. */
  readonly follow?: boolean;
  /** The maximum number of existing lines, from the end; all by default. */
  readonly lines?: number;
  /** In ms since 1970: of logs that were begun before, only lines that are written from now on. */
  readonly since?: number;
  readonly signal?: AbortSignal;
}

/**
 * The app in a folder, at the path that it is deployed at where its web.config has none; of one with releases, the live release.
 * @param appcmd Replaces appcmd.exe of target iis.
 */
export async function readDeployedApp(
  directory: string,
  environment: NonNullable<LogOptions['environment']>,
  appcmd?: Appcmd,
): Promise<App> {
  const records = deploymentRecords(openHome(environment));
  const served = (record: DeploymentRecord): Promise<string | undefined> => releaseOf(record, environment, appcmd);
  const live = await folderOfLiveRelease(records, path.resolve(directory), served).catch(() => undefined);
  const folder = live ?? directory;
  const app = readApp(folder, { environment });
  if (app.namedVdirPath !== undefined) return app;
  // Without records the folder's name is as good a guess as for deploy.
  const vdirPath = await pathOfDeployment(records, path.resolve(directory)).catch(() => undefined);
  return vdirPath === undefined ? app : readApp(folder, { environment, vdirPath });
}

/** The release that IIS serves: the record names one that may only be copied. Where IIS cannot be asked, what the record says. */
async function releaseOf(
  record: DeploymentRecord,
  environment: NonNullable<LogOptions['environment']>,
  appcmd: Appcmd | undefined,
): Promise<string | undefined> {
  if (record.releases === undefined) return undefined;
  try {
    const asked = { to: record.target, environment, ...(appcmd && { appcmd }) };
    const { context } = chooseTarget(asked, new AbortController().signal);
    return (await withLiveRelease(record, context)).releases?.live;
  } catch {
    return recordedRelease(record);
  }
}

/** Where the logs of the app in a folder are. @throws UserError like findLogs; where no app is there, it names those that are deployed. */
export async function logsOfFolder(
  directory: string,
  environment: NonNullable<LogOptions['environment']>,
): Promise<LogPlace> {
  try {
    return findLogs(await readDeployedApp(directory, environment), directory);
  } catch (error) {
    throw await withDeployedApps(error, 'logs', path.resolve(directory), environment);
  }
}

/**
 * The app's logs, of iisnode or HttpPlatformHandler, oldest first. Most lines have no time: processes are sorted by their start, the two files of a process
 * by their last change, so that the newest output comes last. Following returns complete lines as they are written, also of new files.
 * @throws UserError like findLogs, when the log folder must be found.
 */
export async function* readLogs(options: LogOptions): AsyncGenerator<LogLine, void, void> {
  const { logDirectory: directory, logBase } =
    options.logDirectory === undefined
      ? await logsOfFolder(options.directory, options.environment ?? process.env)
      : { logDirectory: options.logDirectory, logBase: options.logBase };
  const offsets = new Map<string, number>();
  const follower = options.follow === true ? await follow(directory, options.signal) : undefined;
  try {
    const lines: LogLine[] = [];
    for (const file of await logFiles(directory, logBase)) {
      // Following shows a line when it is complete; otherwise a last one without a line end would appear twice.
      const { text, end } = await readFrom(file.path, 0, follower !== undefined);
      offsets.set(file.path, end);
      if (file.begun >= (options.since ?? 0)) lines.push(...lastWithTime(linesOfLog(text, file), file));
    }
    const { lines: count } = options;
    yield* count === undefined ? lines : count === 0 ? [] : lines.slice(-count);
    while (follower !== undefined && (await follower.changed())) {
      for (const file of await logFiles(directory, logBase)) {
        const { text, end } = await readFrom(file.path, offsets.get(file.path) ?? 0, true);
        offsets.set(file.path, end);
        const time = new Date().toISOString();
        yield* linesOfLog(text, file).map((line) => ({ ...line, time }));
      }
    }
  } finally {
    await follower?.close();
  }
}

/** Empty where the folder does not exist yet. @throws UserError LOG_FOLDER_UNREADABLE. */
async function logNames(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unreadable(directory, error);
  }
}

const unreadable = (directory: string, cause: unknown): UserError =>
  new UserError('LOG_FOLDER_UNREADABLE', {
    what: `cannot read the folder for logs, ${directory}`,
    why: cause instanceof Error ? cause.message : String(cause),
    next: 'make it a readable folder, or name another one in iisnode/@logDirectory of web.config',
    cause,
  });

async function logFiles(directory: string, base: string | undefined): Promise<LogFile[]> {
  const names = await logNames(directory);
  const files: LogFile[] = [];
  for (const name of names) {
    const named = namedAs(name, base);
    if (named === undefined) continue;
    const file = path.join(directory, name);
    const status = await stat(file).catch(() => undefined); // deleted meanwhile
    if (status?.isFile() !== true) continue;
    files.push({ ...named, path: file, begun: named.begun ?? status.birthtimeMs, changed: status.mtimeMs });
  }
  return inOrder(files);
}

/** The newest bytes of a log that are read in one call. iisnode's own limit is 128 KB unless web.config sets more. */
const mostAtOnce = 64 * 1024 * 1024;

/** The content of the file after an offset; `whole`: only up to the last line end. */
async function readFrom(file: string, from: number, whole: boolean): Promise<{ text: string; end: number }> {
  try {
    const { handle, stats } = await openRegularFile(file);
    try {
      const { size } = stats;
      const start = Math.max(size < from ? 0 : from, size - mostAtOnce); // 0: it was rewritten
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      const read = bytes.subarray(0, bytesRead);
      const length = whole ? read.lastIndexOf(0x0a) + 1 : read.length;
      return { text: read.subarray(0, length).toString('utf8'), end: start + length };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof FileError && error.problem === 'absent') return { text: '', end: from };
    throw error;
  }
}

/** A file of iisnode has no times in it: its own is that of its last line. */
function lastWithTime(lines: readonly LogLine[], { changed }: LogFile): readonly LogLine[] {
  const last = lines.at(-1);
  return last === undefined ? lines : [...lines.slice(0, -1), { ...last, time: new Date(changed).toISOString() }];
}

async function follow(directory: string, signal: AbortSignal | undefined): Promise<Follower> {
  const { watch } = await import('chokidar'); // loaded here: not needed for deploy
  return new Follower(directory, () => watch(directory, { ignoreInitial: true, depth: 0 }), signal);
}

/** How often a folder is looked for that does not exist yet, in ms: chokidar may miss one that is created while it begins to watch. */
const lookEvery = 200;

/** After a change there is one more look, in ms: of two changes in 50 ms chokidar reports the first alone. */
const lookAgainAfter = 100;

/** Wakes the reader when something in the folder, which need not exist yet, has changed. */
class Follower {
  readonly #directory: string;
  readonly #signal: AbortSignal | undefined;
  readonly #watch: () => FSWatcher;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ready = false;
  #pending = true; // for lines written between the first reading and the start of watching
  #fault: UserError | undefined;
  #wake: () => void = () => undefined;

  constructor(directory: string, watch: () => FSWatcher, signal: AbortSignal | undefined) {
    this.#directory = directory;
    this.#signal = signal;
    this.#watch = watch;
    this.#begin();
    signal?.addEventListener('abort', this.#stop);
  }

  #begin(): void {
    if (!existsSync(this.#directory)) {
      this.#timer = setTimeout(() => this.#begin(), lookEvery);
      return;
    }
    const look = (): void => {
      this.#pending = true;
      this.#wake();
    };
    const changed = (): void => {
      look();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(look, lookAgainAfter);
    };
    this.#watcher = this.#watch()
      .on('add', changed)
      .on('change', changed)
      .on('ready', () => {
        this.#ready = true;
        this.#wake();
      })
      .on('error', (cause) => {
        this.#fault = unreadable(this.#directory, cause);
        this.#wake();
      });
  }

  readonly #stop = (): void => this.#wake();

  /** True when there is something new; false when the signal ends it. @throws UserError when it cannot be watched. */
  async changed(): Promise<boolean> {
    while (this.#signal?.aborted !== true) {
      if (this.#fault !== undefined) throw this.#fault;
      if (this.#ready && this.#pending) {
        this.#pending = false;
        return true;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return false;
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#stop);
    clearTimeout(this.#timer);
    await this.#watcher?.close();
  }
}
