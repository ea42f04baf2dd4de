import { setTimeout as pause } from 'node:timers/promises';
import { debugLog } from '../debug-log.js';
import { UserError } from '../errors.js';
import { commandLine } from '../quoting.js';
import { type AskCodePage, consoleCodePage } from './code-page.js';
import { readConsole } from './console-text.js';
import type { Appcmd, AppcmdResult } from './types.js';

const debug = debugLog('appcmd');

export interface RealAppcmdOptions {
  /** Path of appcmd.exe. */
  readonly program: string;
  /** Arguments before appcmd's own (`/apphostconfig:FILE` goes after them); for a program that needs a script. */
  readonly before?: readonly string[];
  /** How long one command may take, in ms. */
  readonly patience?: number;
  /** Ends the running command, unless it ends soon by itself. Commands started later, to roll back, are not affected. */
  readonly signal?: AbortSignal;
  /** How long the running command may still take, in ms. */
  readonly grace?: number;
  /** Pauses in ms before trying again when the file changed under appcmd or WAS is restarting. */
  readonly retryPauses?: readonly number[];
  /** The code page of its output; asked for only where letters outside ASCII come. That of this machine's consoles by default. */
  readonly codePage?: AskCodePage;
}

/** Low words of c00cee2b "Failed to commit configuration changes" and 800706be "remote procedure call failed". */
const passing = new Set([60971, 1726]);

/**
 * Runs appcmd.exe: arguments as an array and never through a shell, one command at a time (of two concurrent ones, one
 * could not commit), output decoded, exit code unchanged. A refusal by appcmd is a result, not an exception.
 * @throws UserError from `run`: APPCMD_NOT_STARTED when the program cannot be started, APPCMD_TIMED_OUT when it does not end.
 */
export function realAppcmd(options: RealAppcmdOptions): Appcmd {
  const pauses = options.retryPauses ?? [250, 1000];
  const codePage = options.codePage ?? consoleCodePage(process.env);
  let last: Promise<unknown> = Promise.resolve();
  const withRetries = async (args: readonly string[]): Promise<AppcmdResult> => {
    for (const ms of pauses) {
      const result = await once(options, args, codePage);
      if (!passing.has(result.exitCode)) return result;
      await pause(ms);
    }
    return once(options, args, codePage);
  };
  return {
    run(args) {
      const next = last.then(() => withRetries(args));
      last = next.catch(() => undefined); // the caller gets the error; the queue continues
      return next;
    },
    format: (args) => commandLine(options.program, args),
  };
}

/** appcmd answers within seconds; it takes longer only when another program keeps the configuration open, in ms. */
const longestRun = 120_000;
/** A commit in progress should not be interrupted, in ms. */
const endingTime = 10_000;

async function once(options: RealAppcmdOptions, args: readonly string[], codePage: AskCodePage): Promise<AppcmdResult> {
  const { execa } = await import('execa'); // loaded here: not needed for the embedded IIS
  const { program, before = [], patience = longestRun } = options;
  const running = execa(program, [...before, ...args], {
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    stdin: 'ignore',
    windowsHide: true,
    timeout: patience,
    forceKillAfterDelay: 1_000,
  });
  const stopListening = endOnSignal(() => running.kill(), options);
  const result = await running.finally(stopListening);
  debug('%s -> %s', commandLine(program, args), result.exitCode);
  if (result.timedOut || (result.exitCode === undefined && result.isTerminated)) {
    throw new UserError('APPCMD_TIMED_OUT', {
      what: `${commandLine(program, args)} did not end and was stopped`,
      why: result.timedOut ? `It took more than ${Math.round(patience / 1000)} s.` : 'You asked to stop.',
      next: 'close other programs that change the configuration of IIS (IIS Manager), and run the command again',
      exit: 'refused',
      cause: result,
    });
  }
  if (result.exitCode === undefined) {
    throw new UserError('APPCMD_NOT_STARTED', {
      what: `${program} could not be run`,
      why: result.failed ? (result.shortMessage ?? 'it ended without an exit code') : 'it ended without an exit code',
      next: 'install IIS with its management tools (dism /online /enable-feature /featurename:IIS-ManagementScriptingTools /all), or deploy with --to embedded',
      exit: 'refused',
      cause: result,
    });
  }
  // Some hosts return the whole HRESULT instead of its low word.
  const exitCode = result.exitCode > 0xffff || result.exitCode < 0 ? result.exitCode & 0xffff : result.exitCode;
  return { exitCode, stdout: await readConsole(result.stdout, codePage) };
}

/** Calls `end` some time after the signal; returns a function that stops listening. */
function endOnSignal(end: () => void, { signal, grace = endingTime }: RealAppcmdOptions): () => void {
  if (signal === undefined || signal.aborted) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const came = (): void => {
    timer = setTimeout(end, grace);
  };
  signal.addEventListener('abort', came, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', came);
  };
}
