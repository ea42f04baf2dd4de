import { statSync } from 'node:fs';
import path from 'node:path';
import { folderInServer, readApp } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { fileLimits } from '../../files/index.js';
import { type ServerPlace, type ServerRun, serverOfWindows } from '../../server/index.js';
import { findLogDirectory } from '../app-facts.js';
import type { LookOrder, LookRequest, RanThere, RemoteMessage } from '../over-ssh/wire.js';
import { filesOfApp, logsIn, sentFile } from './copied-files.js';
import type { Work } from './work.js';

/**
 * Lets the client look at this machine: sends what it judges of it (applicationHost.config, the app's logs, and the app itself where that
 * is wanted), then runs the programs that it asks for, until it says that it is done or is gone. Changes nothing.
 */
export async function look({ place, files }: LookRequest, work: Work): Promise<object> {
  const { channel, environment, server = serverOfWindows(environment) } = work;
  const send = (message: RemoteMessage): void => void channel.send(message);
  const notSeen: string[] = [];
  /** What is not there for this user is said, with the rest. */
  const unlessRefused = <Value>(what: string, read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      notSeen.push(`${what}: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const { apphost = '' } = server;
  unlessRefused('applicationHost.config', () => {
    send({ file: sentFile('apphost', apphost, 'applicationHost.config', fileLimits.config) });
  });
  const at = { site: place.siteName, vdirPath: place.vdirPath, environment };
  const directory =
    notSeen.length > 0 ? undefined : unlessRefused('the application', () => folderInServer(apphost, at));
  const logs = directory === undefined ? undefined : logFolderOf(directory, work, place.vdirPath);
  if (logs !== undefined)
    unlessRefused("iisnode's logs", () => {
      for (const file of logsIn(logs)) send({ file });
    });
  if (files && directory !== undefined)
    unlessRefused('the files of the app', () => {
      for (const file of filesOfApp(directory, logs)) send({ file });
    });
  send({ opened: { apphost, directory, logs, notSeen } });
  await obey(work, server);
  return {};
}

/** undefined: it has none, or what names it cannot be read; examining the app says that. */
function logFolderOf(directory: string, { environment }: Work, vdirPath: string): string | undefined {
  try {
    const folder = findLogDirectory(readApp(directory, { environment, vdirPath }));
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : undefined;
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const cause =
    error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : code;
  if (cause === 'EACCES' || cause === 'EPERM') return 'this user has no right to see it';
  if (cause === 'ENOENT') return 'it is not on the server';
  if (error instanceof UserError) return `${error.what}: ${error.why}`;
  if (code === undefined) throw error;
  return error instanceof Error ? error.message : String(error);
}

/** Runs what the client asks for, all at once: it has the limits of time. */
async function obey({ channel, signal }: Work, { run }: ServerPlace): Promise<void> {
  const running = new Map<number, AbortController>();
  signal.addEventListener('abort', () => {
    for (const one of running.values()) one.abort();
  });
  for (let frame = await channel.next(); frame !== undefined; frame = await channel.next()) {
    const order = JSON.parse(frame.bytes.toString('utf8')) as LookOrder;
    if ('done' in order) return;
    if ('stop' in order) running.get(order.stop)?.abort();
    if (!('run' in order)) continue;
    const { id, program, args } = order.run;
    const ending = new AbortController();
    running.set(id, ending);
    void ranThere(run, program, args, ending.signal).then((ran) => {
      running.delete(id);
      channel.send({ ran: { id, ...ran } } satisfies RemoteMessage);
    });
  }
}

async function ranThere(
  run: ServerRun,
  program: readonly string[],
  args: readonly string[],
  signal: AbortSignal,
): Promise<Omit<RanThere, 'id'>> {
  try {
    return {
      answer: await run(
        program.map((part) => path.basename(part)),
        args,
        { signal },
      ),
    };
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    return { failed: { code: code === undefined ? undefined : String(code), message: String(message ?? error) } };
  }
}
