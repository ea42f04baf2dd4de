import { decodeConsole } from '../../appcmd/index.js';
import type { DeployContext } from '../step.js';

/** Rights are handed down to every file below a folder, which may be many, in ms. */
const longestRun = 600_000;

/** Runs icacls and the like: arguments as an array, no shell; a program that is not there counts as exit code 127, as does one that does not end. */
export const runCommand: DeployContext['run'] = async (command, args) => {
  const { execa } = await import('execa'); // here: the embedded target does without it
  const result = await execa(command, args, {
    reject: false,
    encoding: 'buffer',
    all: true,
    stripFinalNewline: false,
    stdin: 'ignore',
    windowsHide: true,
    timeout: longestRun,
    forceKillAfterDelay: 1_000,
  });
  return { exitCode: result.exitCode ?? 127, stdout: decodeConsole(result.all ?? new Uint8Array()) };
};
