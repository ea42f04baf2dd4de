import { decodeConsole } from '../../appcmd/index.js';
import type { DeployContext } from '../step.js';

/** Time limit in ms: rights are applied to every file below a folder, which may be many. */
const longestRun = 600_000;

/** Runs programs such as icacls: arguments as an array, no shell; exit code 127 for a missing program, and for one that does not end. */
export const runCommand: DeployContext['run'] = async (command, args) => {
  const { execa } = await import('execa'); // loaded here: not needed for the embedded target
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
