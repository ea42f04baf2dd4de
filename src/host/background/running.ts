import { existsSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import { lockHolder, processExists } from '../../files/index.js';
import type { HostAddress, ProcessSeen, SiteNotBound } from '../types.js';
import { askControl, type ControlReply, type ControlRequest } from './control.js';
import type { Home } from './home.js';
import { startTime } from './lock.js';

/** The running background host of a home. */
export interface HostStatus {
  readonly pid: number;
  readonly addresses: readonly HostAddress[];
  readonly notBound: readonly SiteNotBound[];
  /** Pools that rapid-fail protection has stopped. */
  readonly stoppedPools?: readonly string[];
  /** The processes of the apps. */
  readonly processes: readonly ProcessSeen[];
  /** When it started; ISO 8601. Undefined for a host of an older version. */
  readonly since?: string;
}

/** How long to wait for an answer, in ms: a working host answers immediately. A host that does not answer may be ended. */
const statusTime = 5_000;
/** The same for who only shows what runs. */
export const lookTime = 2_000;
/** The same for a host that did not answer before, in ms. */
const silentTime = 200;
/** How long a killed process may take to end, in ms. */
const killTime = 5_000;

/** Control pipes on which this process got no answer in time: a host that hangs, for example in a debugger. */
const silent = new Set<string>();

/** The running host, or undefined. Never starts one. @param patience ms. */
export async function hostStatus(home: Home, patience = statusTime): Promise<HostStatus | undefined> {
  if (!existsSync(home.lockFile)) return undefined;
  const reply = await askStatus(home.controlPipe, patience);
  if (reply?.ok !== true) return undefined;
  const { pid, addresses, notBound = [], stoppedPools = [], processes = [], since } = reply;
  return { pid, addresses, notBound, stoppedPools, processes, ...(since === undefined ? {} : { since }) };
}

/** Asks on a control pipe for the status, less patiently where a former answer did not come in time; undefined: no answer. */
export async function askStatus(pipe: string, patience: number): Promise<ControlReply | undefined> {
  const began = performance.now();
  const time = silent.has(pipe) ? silentTime : patience;
  const reply = await askControl(pipe, { command: 'status' }, time).catch(() => undefined);
  if (reply !== undefined) silent.delete(pipe);
  else if (performance.now() - began > patience / 2) silent.add(pipe);
  return reply;
}

/**
 * The process of a host that runs and does not answer (it may also be starting); undefined when there is none, and where the
 * system cannot distinguish it from another program with the same process ID.
 */
export function silentHost(home: Home): number | undefined {
  const { holder, certain = false } = lockHolder(home.lockFile) ?? {};
  return certain ? holder?.pid : undefined;
}

/** The process of a host that hangs: `hostStatus` asked it and got no answer in time. Sends no request itself. */
export function hangingHost(home: Home): number | undefined {
  return silent.has(home.controlPipe) ? silentHost(home) : undefined;
}

/**
 * Ends the background host and everything it started; a host that hangs is killed. Resolves with false when none was running. Throws
 * UserError HOST_NOT_STOPPED.
 */
export async function stopBackgroundHost(home: Home): Promise<boolean> {
  const status = await hostStatus(home);
  const pid = status?.pid ?? silentHost(home);
  if (pid === undefined) return false;
  const patience = status === undefined ? silentTime : startTime;
  const asked = await askControl(home.controlPipe, { command: 'stop' }, patience).catch(() => undefined);
  if (asked !== undefined && (await ends(pid, startTime))) return true;
  if (silentHost(home) === pid) kill(pid);
  if (await ends(pid, killTime)) {
    for (const file of [home.hostFile, home.lockFile]) rmSync(file, { force: true });
    return true;
  }
  throw new UserError('HOST_NOT_STOPPED', {
    what: `The background host (process ${pid}) does not end`,
    why: 'It was asked to stop and is still running.',
    next: `end process ${pid} by hand, then read ${home.logFile}`,
    exit: 'incomplete',
  });
}

async function ends(pid: number, patience: number): Promise<boolean> {
  for (const end = performance.now() + patience; processExists(pid); await pause(10)) {
    if (performance.now() > end) return false;
  }
  return true;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended, or belongs to another user: checked below
  }
}

/** Makes a running host read its configuration now. False when no host is running. */
export async function reloadBackgroundHost(home: Home): Promise<boolean> {
  return (await sendControlRequest(home, { command: 'reload' })) !== undefined;
}

/** Sends the running host a request; undefined when no host is running. Throws UserError HOST_REFUSED when it fails. */
export async function sendControlRequest(home: Home, request: ControlRequest): Promise<ControlReply | undefined> {
  if ((await hostStatus(home)) === undefined) return undefined;
  const reply = await askControl(home.controlPipe, request).catch((error: Error) => ({
    ok: false,
    error: error.message,
  }));
  if (reply.ok && 'pid' in reply) return reply;
  throw new UserError('HOST_REFUSED', {
    what: `The background host could not ${request.command}`,
    why: reply.error ?? 'It gave no reason.',
    next: `read ${home.logFile}`,
    exit: 'refused',
  });
}
