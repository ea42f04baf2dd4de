import { execFile } from 'node:child_process';
import path from 'node:path';
import { type AskCodePage, consoleCodePage, findAppcmdExe, readConsole } from '../appcmd/index.js';
import { system32 } from '../system32.js';
import type { ServerPlace, ServerRun } from './types.js';

const largestOutput = 4 * 1024 * 1024;

/** IIS of this machine; undefined on another system and where appcmd.exe is not found. */
export function serverHere(environment: Readonly<Record<string, string | undefined>>): ServerPlace | undefined {
  const appcmd = process.platform === 'win32' ? findAppcmdExe(environment) : undefined;
  return appcmd === undefined ? undefined : serverIn(path.dirname(path.dirname(appcmd)), consoleCodePage(environment));
}

/** This machine as a server, also where IIS is not found. */
export const serverOfWindows = (environment: Readonly<Record<string, string | undefined>>): ServerPlace =>
  serverHere(environment) ?? serverIn(path.dirname(system32(environment, 'cmd.exe')), consoleCodePage(environment));

/** The server whose Windows has this system32. @param codePage The one of its console, in which most programs print. */
export const serverIn = (folder: string, codePage: AskCodePage): ServerPlace => ({
  run: runIn(folder, codePage),
  apphost: path.join(folder, 'inetsrv', 'config', 'applicationHost.config'),
});

/** Runs programs of this machine by their full path: a program of the same name in the current folder or in PATH is never run. */
const runIn =
  (folder: string, codePage: AskCodePage): ServerRun =>
  async (program, args, { signal }) => {
    const { exitCode, bytes } = await ended(path.join(folder, ...program), args, signal);
    return { exitCode, stdout: await readConsole(bytes, codePage) };
  };

function ended(file: string, args: readonly string[], signal: AbortSignal) {
  return new Promise<{ readonly exitCode: number; readonly bytes: Uint8Array }>((resolve, reject) => {
    const options = { signal, windowsHide: true, maxBuffer: largestOutput, encoding: 'buffer' as const };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, bytes: stdout });
      else if (typeof error.code === 'number')
        resolve({ exitCode: error.code, bytes: Buffer.concat([stdout, stderr]) });
      else reject(error);
    });
    child.stdin?.on('error', () => undefined); // it has ended already
    child.stdin?.end(); // PowerShell may wait for its end
  });
}
