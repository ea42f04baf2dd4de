import { existsSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import { lockHolder, processExists } from '../../files/index.js';
import type { HostAddress } from '../types.js';
import { askControl, type ControlReply, type ControlRequest } from './control.js';
import type { Home } from './home.js';
import { startTime } from './lock.js';

/** The running background host of a home. */
export interface HostStatus {
  readonly pid: number;
  readonly addresses: readonly HostAddress[];
  /** When it came up; ISO 8601. A host of an older version does not say. */
  readonly since?: string;
}

/** A host that works answers at once; one that hangs is not waited for much longer, in ms. */
const statusTime = 5_000;
/** One that did not answer before need not be waited for again and again, in ms. */
const silentTime = 200;
/** A process that was killed is gone by then, in ms. */
const killTime = 5_000;

/** Control pipes on which this process got no answer in time: a host that hangs, stopped by a debugger for example. */
const silent = new Set<string>();

/** The running host, or undefined. Never starts one. */
export async function hostStatus(home: Home): Promise<HostStatus | undefined> {
  const { controlPipe, lockFile } = home;
  if (!existsSync(lockFile)) return undefined;
  const began = performance.now();
  const patience = silent.has(controlPipe) ? silentTime : statusTime;
  const reply = await askControl(controlPipe, { command: 'status' }, patience).catch(() => undefined);
  if (reply !== undefined) silent.delete(controlPipe);
  else if (performance.now() - began > statusTime / 2) silent.add(controlPipe);
  if (reply?.ok !== true) return undefined;
  const { pid, addresses, since } = reply;
  return { pid, addresses, ...(since === undefined ? {} : { since }) };
}

/**
 * The process of a host that runs and does not answer (or has not yet: it may be starting); undefined when there is none, and where
 * the system does not tell it from another program that got its number.
 */
export function silentHost(home: Home): number | undefined {
  const { holder, certain = false } = lockHolder(home.lockFile) ?? {};
  return certain ? holder?.pid : undefined;
}

/** The process of a host that took the whole time for an answer and gave none: it hangs. Asks nobody; `hostStatus` has. */
export function hangingHost(home: Home): number | undefined {
  return silent.has(home.controlPipe) ? silentHost(home) : undefined;
}

/**
 * Ends the background host and everything it started; one that hangs is killed. Resolves with false when none was running. Throws
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
    why: 'It was asked to stop and is still there.',
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
    // gone by now, or somebody else's: what follows looks
  }
}

/** Makes a running host read its configuration now. False when none runs. */
export async function reloadBackgroundHost(home: Home): Promise<boolean> {
  return (await tell(home, { command: 'reload' })) !== undefined;
}

/** Asks the running host for something; undefined when none runs. Throws UserError HOST_REFUSED when it fails. */
export async function tell(home: Home, request: ControlRequest): Promise<ControlReply | undefined> {
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
