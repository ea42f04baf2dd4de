import { execFile } from 'node:child_process';
import path from 'node:path';
import { findAppcmdExe } from '../appcmd/index.js';
import type { ServerPlace, ServerRun } from './types.js';

const largestOutput = 4 * 1024 * 1024;

/** IIS of this machine; undefined on another system and where appcmd.exe is not found. */
export function serverHere(environment: Readonly<Record<string, string | undefined>>): ServerPlace | undefined {
  const appcmd = process.platform === 'win32' ? findAppcmdExe(environment) : undefined;
  return appcmd === undefined ? undefined : serverIn(path.dirname(path.dirname(appcmd)));
}

/** The server whose Windows has this system32. */
export const serverIn = (system32: string): ServerPlace => ({
  run: runIn(system32),
  apphost: path.join(system32, 'inetsrv', 'config', 'applicationHost.config'),
});

/** Runs programs of this machine by their full path: a program of the same name in the current folder or in PATH is never run. */
const runIn =
  (system32: string): ServerRun =>
  (program, args, { signal }) =>
    new Promise((resolve, reject) => {
      const options = { signal, windowsHide: true, maxBuffer: largestOutput, encoding: 'utf8' as const };
      const child = execFile(path.join(system32, ...program), args, options, (error, stdout, stderr) => {
        if (error === null) resolve({ exitCode: 0, stdout });
        else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout: `${stdout}${stderr}` });
        else reject(error);
      });
      child.stdin?.on('error', () => undefined); // it has ended already
      child.stdin?.end(); // PowerShell may wait for its end
    });
