import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../../errors.js';
import {
  createForWriting,
  makeFolder,
  processExists,
  readIfThereSync,
  readTailSync,
  writeFileAtomic,
} from '../../../files/index.js';
import { commandLine } from '../../../quoting.js';
import type { HostControl } from '../../target.js';
import { portAnswers } from '../port-answers.js';

/** A process of IIS Express that deploy has started; it serves one site. */
export interface ExpressProcess {
  readonly pid: number;
  readonly site: string;
  readonly port: number;
  /** applicationhost.config, and when that was written last before the start, in ms since 1970. */
  readonly file: string;
  readonly configured: number;
  /** What it prints. */
  readonly log: string;
}

export interface ExpressHostOptions {
  /** iisexpress.exe, and arguments before its own; for a program that needs a script. */
  readonly program: string;
  readonly before?: readonly string[];
  readonly file: string;
  /** The folder of its processes and of what they print. */
  readonly folder: string;
  /** The port of the site's first binding of http; undefined: it has none. */
  readonly portOf: (site: string) => Promise<number | undefined>;
}

/** iisexpress.exe in the background: one process a site, of this user. */
export interface ExpressHost extends HostControl {
  /** Starts those again that run. */
  restart(): Promise<void>;
}

/** IIS Express registers its URLs within a second or two, in ms. */
const longestStart = 60_000;
/** How long the system may take to close the port of a process that was killed, in ms. */
const longestClosing = 2_000;
const longestEnd = 10_000;

export function expressHost(options: ExpressHostOptions): ExpressHost {
  const { program, file, folder } = options;
  const running = async (site: string): Promise<boolean> => (await processOf(folder, file, site)) !== undefined;
  const stop = async (site: string): Promise<boolean> => {
    const found = await processOf(folder, file, site);
    if (found === undefined) return false;
    end(found.pid);
    // HTTP.SYS may have the port a moment longer than the process lives.
    const isThere = async (): Promise<boolean> => processExists(found.pid) || (await answers(found.port));
    for (let waited = 0; waited < longestEnd && (await isThere()); waited += 50) await pause(50);
    rmSync(recordFile(folder, file, site), { force: true });
    return true;
  };
  const current = async (site: string): Promise<boolean> => {
    const found = await processOf(folder, file, site);
    return found === undefined || found.configured === writtenAt(file);
  };
  const own = (): readonly ExpressProcess[] => expressProcesses(folder).filter((one) => one.file === file);
  const start = async (site: string): Promise<void> => {
    await stop(site);
    await startProcess(options, site);
  };
  return {
    name: 'IIS Express',
    isPerSite: true,
    command: commandLine(program, [`/config:${file}`, '/site:SITE', '/systray:false']),
    stopCommand: '(end iisexpress.exe)',
    notBound: async () => undefined,
    bind: start,
    running,
    // Whether it takes up a change of the file by itself is in no document (unconfirmed): it is started again.
    isCurrent: current,
    async release() {
      // After a rollback. What a deployment ended with is the more important error.
      for (const { site } of own()) if (!(await current(site))) await start(site).catch(() => undefined);
    },
    start,
    stop,
    async restart() {
      for (const { site } of own()) if (await running(site)) await start(site);
    },
  };
}

async function startProcess(options: ExpressHostOptions, site: string): Promise<void> {
  const { program, before = [], file, folder } = options;
  const port = await options.portOf(site);
  if (port === undefined)
    throw notStarted(site, 'It has no binding of http.', 'give it one, or another site with --site');
  if (await isTaken(port, recordIn(recordFile(folder, file, site)))) {
    throw notStarted(
      site,
      `Another program listens on its port ${port}: Visual Studio may run the same site.`,
      'end that program, or create a site with another port: --new-site NAME --port N',
    );
  }
  makeFolder(folder, 0o700);
  const log = recordFile(folder, file, site).replace(/json$/, 'log');
  rmSync(log, { force: true });
  const output = createForWriting(log);
  const configured = writtenAt(file);
  const args = [...before, `/config:${file}`, `/site:${site}`, '/systray:false'];
  // Detached, it has a console of its own, and none of its output is lost when this process ends.
  const child = spawn(program, args, { detached: true, windowsHide: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`It ended with ${code ?? 'no exit code'}.`));
  });
  const record: ExpressProcess = { pid: child.pid ?? 0, site, port, file, configured, log };
  // At once: where this process is killed meanwhile, the next one knows whose the port is.
  if (child.pid !== undefined) await writeFileAtomic(recordFile(folder, file, site), JSON.stringify(record));
  const why = await Promise.race([ended, whenAnswers(port)]);
  child.removeAllListeners();
  child.unref();
  if (why !== undefined) {
    if (child.pid !== undefined) end(child.pid);
    rmSync(recordFile(folder, file, site), { force: true });
    const said = printed(log);
    throw notStarted(site, said === '' ? why : `${why} It printed: ${said}`, `read ${log}, then deploy again`);
  }
}

/** Does another program have it? A process of ours that was killed can have it for a moment after its end. */
async function isTaken(port: number, former: ExpressProcess | undefined): Promise<boolean> {
  const longest = former?.port === port ? longestClosing : 0;
  for (let waited = 0; await answers(port); waited += 100) {
    if (waited >= longest) return true;
    await pause(100);
  }
  return false;
}

function end(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // it has ended by itself
  }
}

/** undefined: it answers. */
async function whenAnswers(port: number): Promise<string | undefined> {
  for (let waited = 0; waited < longestStart; waited += 100) {
    if (await answers(port)) return undefined;
    await pause(100);
  }
  return `It did not listen on port ${port} within ${longestStart / 1000} s.`;
}

function printed(log: string): string {
  return readTailSync(log, 2_000)
    .bytes.toString('utf8')
    .trim()
    .split(/\s*\r?\n\s*/)
    .slice(-4)
    .join(' ');
}

const notStarted = (site: string, why: string, next: string): UserError =>
  new UserError('IIS_EXPRESS_NOT_STARTED', {
    what: `IIS Express cannot start the site "${site}"`,
    why,
    next,
    exit: 'refused',
  });

/** The processes that deploy has started, and that may have ended since. */
export function expressProcesses(folder: string): readonly ExpressProcess[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // none was ever started
  }
  return names.flatMap((name) => (name.endsWith('.json') ? (recordIn(path.join(folder, name)) ?? []) : []));
}

/** Is it still the process that was started? Its ID may be another program's by now, which does not have the port, too. */
export const isRunning = async ({ pid, port }: ExpressProcess): Promise<boolean> =>
  processExists(pid) && (await answers(port));

async function processOf(folder: string, file: string, site: string): Promise<ExpressProcess | undefined> {
  const found = recordIn(recordFile(folder, file, site));
  return found !== undefined && (await isRunning(found)) ? found : undefined;
}

const recordFile = (folder: string, file: string, site: string): string => {
  const name = createHash('sha1').update(`${file}\n${site}`.toLowerCase()).digest('hex');
  return path.join(folder, `${name}.json`);
};

function recordIn(file: string): ExpressProcess | undefined {
  try {
    const read: unknown = JSON.parse(readIfThereSync(file, 64 * 1024)?.toString('utf8') ?? 'null');
    const { pid, site, port, file: of, configured, log } = (read ?? {}) as Partial<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof configured !== 'number') return undefined;
    if (typeof site !== 'string' || typeof of !== 'string' || typeof log !== 'string') return undefined;
    return { pid, site, port, file: of, configured, log };
  } catch {
    return undefined;
  }
}

const writtenAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const answers = (port: number): Promise<boolean> => portAnswers(port, 1_000);
