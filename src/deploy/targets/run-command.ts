import path from 'node:path';
import { consoleCodePage, readConsole } from '../../appcmd/index.js';
import { system32 } from '../../system32.js';
import type { DeployContext } from '../step.js';

/** Time limit in ms: rights are applied to every file below a folder, which may be many. */
const longestRun = 600_000;

const codePage = consoleCodePage(process.env);

/**
 * Runs programs such as icacls: arguments as an array, no shell; exit code 127 for a missing program, and for one that does not end.
 * A bare name is a program of Windows in system32, never one of the current folder.
 */
export const runCommand: DeployContext['run'] = async (command, args, { unread = false } = {}) => {
  const { execa } = await import('execa'); // loaded here: not needed for the embedded target
  const result = await execa(programOf(command), args, {
    reject: false,
    encoding: 'buffer',
    all: true,
    stripFinalNewline: false,
    stdin: 'ignore',
    windowsHide: true,
    timeout: longestRun,
    forceKillAfterDelay: 1_000,
  });
  // To read letters outside ASCII another program tells the code page.
  const stdout = unread ? '' : await readConsole(result.all ?? new Uint8Array(), codePage);
  return { exitCode: result.exitCode ?? 127, stdout };
};

function programOf(command: string): string {
  if (process.platform !== 'win32' || path.win32.basename(command) !== command) return command;
  return system32(process.env, /\.\w+$/.test(command) ? command : `${command}.exe`);
}
