import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.js';
import { readFileSync } from '../../files/index.js';
import { type Home, prepareHome } from './home.js';
import { startTime } from './lock.js';
import { largestLog, openLog } from './log-file.js';
import { type HostStatus, hostStatus } from './running.js';

export interface StartedHost extends HostStatus {
  /** False when it was already running. */
  readonly started: boolean;
}

/** The daemon's IPC message: it is ready, or why it failed. */
export type DaemonMessage =
  | { readonly ready: HostStatus }
  | { readonly error: { readonly code: string; readonly what: string; readonly why: string; readonly next: string } };

/** A background host whose process has loaded its code and waits for a message to start, so that Node's start-up time is saved. */
export interface PreparedHost {
  /** As startBackgroundHost. */
  start(): Promise<StartedHost>;
  /** Ends the waiting process; does nothing when it was started. */
  cancel(): void;
}

/** Set for a daemon that waits for a message of its starter. */
export const waitVariable = 'IISNODE_SOCK_DAEMON_WAITS';

/**
 * Runs the host in the background, detached from this process and its terminal, and waits until it listens. Does nothing when it
 * is already running. Throws UserError with the daemon's own code (PORT_TAKEN, HOME_LOCKED, ...) or HOST_NOT_STARTED.
 */
export async function startBackgroundHost(
  home: Home,
  options: { readonly daemon?: string } = {},
): Promise<StartedHost> {
  prepareHome(home);
  const running = await hostStatus(home);
  if (running !== undefined) return { ...running, started: false };
  return started(home, spawnDaemon(home, options.daemon ?? daemonFile(), false).ready);
}

/** Starts the process of the background host, which then waits until `start` is called. */
export function prepareBackgroundHost(home: Home, options: { readonly daemon?: string } = {}): PreparedHost {
  prepareHome(home);
  const { child, ready } = spawnDaemon(home, options.daemon ?? daemonFile(), true);
  ready.catch(() => undefined); // `start` reports it
  let begun = false;
  const cancel = (): void => {
    if (!begun && child.connected) child.disconnect();
    begun = true;
  };
  return {
    async start() {
      const running = await hostStatus(home);
      if (running !== undefined) {
        cancel();
        return { ...running, started: false };
      }
      begun = true;
      if (child.connected) child.send('start');
      return started(home, ready);
    },
    cancel,
  };
}

async function started(home: Home, ready: Promise<HostStatus>): Promise<StartedHost> {
  try {
    return { ...(await ready), started: true };
  } catch (error) {
    const other = error instanceof UserError && error.code === 'HOME_LOCKED' ? await otherStarting(home) : undefined;
    if (other === undefined) throw error;
    return { ...other, started: false };
  }
}

/** Another process is starting it at this moment: use that host. */
async function otherStarting(home: Home): Promise<HostStatus | undefined> {
  for (const end = performance.now() + startTime; performance.now() < end && existsSync(home.lockFile); ) {
    const status = await hostStatus(home);
    if (status !== undefined) return status;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

function spawnDaemon(home: Home, daemon: string, waits: boolean): { child: ChildProcess; ready: Promise<HostStatus> } {
  const log = openLog(home);
  try {
    const child = spawn(process.execPath, [daemon], {
      cwd: home.directory,
      detached: true,
      env: { ...home.environment, IISNODE_SOCK_HOME: home.directory, ...(waits ? { [waitVariable]: '1' } : {}) },
      stdio: ['ignore', log, log, 'ipc'],
      windowsHide: true,
    });
    return { child, ready: readiness(home, child) };
  } finally {
    closeSync(log);
  }
}

function readiness(home: Home, child: ChildProcess): Promise<HostStatus> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      if (child.connected) child.disconnect();
      child.unref();
      act();
    };
    const timer = setTimeout(() => {
      child.kill();
      finish(() => reject(notStarted(home, `It was not ready after ${startTime / 1000} s.`)));
    }, startTime);
    child.once('error', (cause) => finish(() => reject(notStarted(home, cause.message, cause))));
    child.once('exit', (code, signal) =>
      finish(() => reject(notStarted(home, `It ended with ${signal ?? `exit code ${code}`}.`))),
    );
    child.on('message', (message: DaemonMessage) => {
      if ('ready' in message) return finish(() => resolve(message.ready));
      const { code, ...lines } = message.error;
      finish(() => reject(new UserError(code, { ...lines, exit: 'refused' })));
    });
  });
}

function notStarted(home: Home, why: string, cause?: unknown): UserError {
  return new UserError('HOST_NOT_STARTED', {
    what: 'The background host did not start',
    why: `${why}${lastLogLine(home)}`,
    next: `read ${home.logFile}`,
    exit: 'refused',
    cause,
  });
}

function lastLogLine(home: Home): string {
  try {
    const last =
      readFileSync(home.logFile, 4 * largestLog)
        .toString('utf8')
        .trimEnd()
        .split('\n')
        .at(-1) ?? '';
    return last === '' ? '' : ` Its last line: ${last}`;
  } catch {
    return ''; // the log cannot be read
  }
}

/** In dist/, beside the bundle's chunks; from the sources, the built file. */
function daemonFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const beside = path.join(here, 'daemon.js');
  if (existsSync(beside)) return beside;
  const built = path.join(here, '..', '..', '..', 'dist', 'daemon.js');
  if (existsSync(built)) return built;
  throw new UserError('DAEMON_NOT_BUILT', {
    what: 'The background host is not built',
    why: `The file ${built} does not exist.`,
    next: 'run: npm run build',
    exit: 'bug',
  });
}
