import { setTimeout as pause } from 'node:timers/promises';
import { debugLog } from '../debug-log.js';
import { UserError } from '../errors.js';
import { commandLine } from './quoting.js';
import type { Appcmd, AppcmdResult } from './types.js';

const debug = debugLog('appcmd');

export interface RealAppcmdOptions {
  /** Path of appcmd.exe. */
  readonly program: string;
  /** Arguments before appcmd's own (`/apphostconfig:FILE` goes behind them); for a program that needs a script. */
  readonly before?: readonly string[];
  /** Pauses in ms before trying again when the file changed under appcmd or WAS is restarting. */
  readonly retryPauses?: readonly number[];
}

/** Low words of c00cee2b "Failed to commit configuration changes" and 800706be "remote procedure call failed". */
const passing = new Set([60971, 1726]);

/**
 * Runs appcmd.exe: arguments as an array and never through a shell, one command at a time (two at once would refuse
 * each other's commit), output decoded, exit code as it is. A refusal by appcmd is a result, not an exception.
 * @throws UserError APPCMD_NOT_STARTED from `run` when the program cannot be started.
 */
export function realAppcmd(options: RealAppcmdOptions): Appcmd {
  const pauses = options.retryPauses ?? [250, 1000];
  let last: Promise<unknown> = Promise.resolve();
  const withRetries = async (args: readonly string[]): Promise<AppcmdResult> => {
    for (const ms of pauses) {
      const result = await once(options, args);
      if (!passing.has(result.exitCode)) return result;
      await pause(ms);
    }
    return once(options, args);
  };
  return {
    run(args) {
      const next = last.then(() => withRetries(args));
      last = next.catch(() => undefined); // the caller gets the failure; the queue goes on
      return next;
    },
    format: (args) => commandLine(options.program, args),
  };
}

async function once(options: RealAppcmdOptions, args: readonly string[]): Promise<AppcmdResult> {
  const { execa } = await import('execa'); // here: the embedded IIS does without it
  const result = await execa(options.program, [...(options.before ?? []), ...args], {
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    stdin: 'ignore',
    windowsHide: true,
  });
  debug('%s -> %s', commandLine(options.program, args), result.exitCode);
  if (result.exitCode === undefined) {
    throw new UserError('APPCMD_NOT_STARTED', {
      what: `${options.program} could not be run`,
      why: result.failed ? (result.shortMessage ?? 'it ended without an exit code') : 'it ended without an exit code',
      next: 'install IIS with its management tools (dism /online /enable-feature /featurename:IIS-ManagementScriptingTools /all), or deploy with --to embedded',
      exit: 'refused',
      cause: result,
    });
  }
  // Some hosts hand on the whole HRESULT instead of its low word.
  const exitCode = result.exitCode > 0xffff || result.exitCode < 0 ? result.exitCode & 0xffff : result.exitCode;
  return { exitCode, stdout: decodeConsole(result.stdout) };
}

/**
 * Redirected output comes in the console's OEM code page, seldom in UTF-8 or UTF-16. Only ASCII is relied on
 * (decisions are made by exit code), so what is not UTF-8 is shown byte by byte.
 */
export function decodeConsole(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes); // not UTF-8: an OEM code page nobody names
  }
}
