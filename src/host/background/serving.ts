import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Lock, type LockHolder, lockHolder, makeFolder, takeLock } from '../../files/index.js';
import { makePrivateFolder, privateFolder } from '../private-folder.js';
import type { RunningHost } from '../types.js';
import { askControl, type ControlReply, type Served, serveControl } from './control.js';
import { type Home, pipeIn } from './home.js';
import { askStatus, lookTime } from './running.js';

/** A `serve` in the foreground that runs now, with the same home. */
export type ServeSeen =
  | (Required<Pick<ControlReply, 'pid' | 'addresses' | 'processes' | 'since'>> & { readonly served: Served })
  /** It hangs, or is starting. */
  | { readonly pid: number; readonly silent: true; readonly command: string };

/** An announcement that can be withdrawn. */
export interface Announced {
  close(): Promise<void>;
}

const ending = '.lock';
const folderOf = (home: Home): string => path.join(home.directory, 'serving');
const lockIn = (home: Home, name: string): string => path.join(folderOf(home), name + ending);
const pipeOf = (home: Home, name: string): string => pipeIn(folderOf(home), name);

/**
 * Lets `servesOf` find a host in the foreground, as long as this process runs: a lock with a name of its own, and a control pipe that
 * answers `status` alone. Never rejects: serve does not need the home.
 */
export async function announceServe(home: Home, served: Served, host: RunningHost): Promise<Announced> {
  const name = randomUUID().slice(0, 13);
  const since = new Date().toISOString();
  const pipe = pipeOf(home, name);
  let lock: Lock | undefined;
  try {
    makeFolder(home.directory, 0o700);
    makeFolder(folderOf(home), 0o700);
    if (path.dirname(pipe) === privateFolder()) makePrivateFolder(privateFolder());
    lock = await lockOf(lockIn(home, name), `serve ${served.directory}`);
    const control = await serveControl(pipe, async ({ command }) => {
      if (command !== 'status') throw new Error(`serve does not take the command ${command}`);
      const { addresses, notBound, stoppedPools } = host;
      const processes = await host.processesWithDelay();
      return { ok: true, pid: process.pid, addresses, notBound, stoppedPools, processes, since, served };
    });
    const held = lock;
    void removeEnded(home);
    return {
      async close() {
        control.close();
        removePipe(pipe);
        held.release();
      },
    };
  } catch {
    lock?.release();
    return { close: async () => undefined };
  }
}

/** With `answers` it needs no heartbeat: another process can ask the pipe. */
const lockOf = (
  file: string,
  command: string,
  answers: (holder: LockHolder) => Promise<boolean> = async () => true,
): Promise<Lock> => takeLock(file, { command, patience: 0, answers });

/** Every `serve` in the foreground of a home, the oldest first. Only reads: a record of one that was killed is ignored. */
export async function servesOf(home: Home): Promise<readonly ServeSeen[]> {
  const found = await Promise.all(namesIn(home).map((name) => serveOf(home, name)));
  return found
    .filter((one) => one !== undefined)
    .sort((one, other) => sinceOf(one).localeCompare(sinceOf(other)) || one.pid - other.pid);
}

const sinceOf = (one: ServeSeen): string => ('since' in one ? one.since : '');

async function serveOf(home: Home, name: string): Promise<ServeSeen | undefined> {
  const reply = await askStatus(pipeOf(home, name), lookTime);
  if (reply?.ok === true && reply.served !== undefined) {
    const { pid, addresses, processes = [], since = '', served } = reply;
    return { pid, addresses, processes, since, served };
  }
  const { holder, certain = false } = lockHolder(lockIn(home, name)) ?? {};
  return holder !== undefined && certain ? { pid: holder.pid, silent: true, command: holder.command } : undefined;
}

function namesIn(home: Home): readonly string[] {
  try {
    return readdirSync(folderOf(home))
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length));
  } catch {
    return []; // nothing was served yet
  }
}

/** How old what another machine or container left has to be, in ms: whether its process runs cannot be seen from here. */
const oldFrom = 7 * 86_400_000;

/** Removes what a `serve` left that was killed: its lock can be taken. */
async function removeEnded(home: Home): Promise<void> {
  for (const name of namesIn(home)) {
    const pipe = pipeOf(home, name);
    const answers = async ({ since = 0 }: LockHolder): Promise<boolean> =>
      Date.now() - since < oldFrom ||
      (await askControl(pipe, { command: 'status' }).catch(() => undefined)) !== undefined;
    const lock = await lockOf(lockIn(home, name), 'serve', answers).catch(() => undefined);
    if (lock === undefined) continue;
    removePipe(pipe);
    lock.release();
  }
}

function removePipe(pipe: string): void {
  if (process.platform === 'win32') return;
  try {
    rmSync(pipe, { force: true });
  } catch {
    // The folder was removed, or is another user's: nothing is left to find.
  }
}
