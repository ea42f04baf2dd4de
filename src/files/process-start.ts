import { execFile } from 'node:child_process';
import { system32 } from '../system32.js';

/** A program of the system that knows when a process began, and how to read its answer. */
export interface StartQuestion {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** ms since 1970; NaN where it says nothing of it. */
  readonly read: (answer: string) => number;
}

/** ms; Windows PowerShell may take seconds to start. */
const longestAnswer = 15_000;
/** ms from 1601, the epoch of Windows' file times, to 1970. */
const epochOfWindows = 11_644_473_600_000;

/**
 * When a process began, in ms since 1970 by the system's clock, to about a second; undefined where the system does not tell, such as of
 * another user's process, and after the signal. It starts a program: ask rarely.
 */
export function processStart(pid: number, signal?: AbortSignal): Promise<number | undefined> {
  const { file, args, environment, read } = startQuestion(pid, process.platform, process.env);
  return new Promise((resolve) => {
    const options = { timeout: longestAnswer, windowsHide: true, env: environment, signal };
    const child = execFile(file, args, options, (error, stdout) => {
      const start = error === null ? read(stdout.trim()) : Number.NaN;
      resolve(Number.isNaN(start) ? undefined : start);
    });
    child.stdin?.on('error', () => undefined); // it has ended already
    child.stdin?.end(); // PowerShell may wait for its end
  });
}

/** Get-Process of Windows PowerShell 5; elsewhere ps, whose lstart has whole seconds (ps(1) of Linux, macOS and the BSDs). */
export function startQuestion(
  pid: number,
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): StartQuestion {
  if (platform === 'win32') {
    const command = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`;
    return {
      file: system32(environment, 'WindowsPowerShell', 'v1.0', 'powershell.exe'),
      args: ['-NoProfile', '-NonInteractive', '-Command', command],
      environment,
      read: (answer) => (/^\d+$/.test(answer) ? Number(answer) / 10_000 - epochOfWindows : Number.NaN),
    };
  }
  return {
    file: '/bin/ps',
    args: ['-o', 'lstart=', '-p', String(pid)],
    environment: { ...environment, LC_ALL: 'C', TZ: 'UTC' },
    read: (answer) => Date.parse(`${answer} UTC`),
  };
}
