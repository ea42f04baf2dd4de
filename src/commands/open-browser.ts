import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { system32 } from '../system32.js';

/** Where systems other than Windows and macOS have a program that opens a URL: of freedesktop.org, and of WSL. */
const openers = ['/usr/bin/xdg-open', '/usr/local/bin/xdg-open', '/usr/bin/wslview'];

/** The program that opens a URL with the user's browser, by its full path; undefined where the system has none. */
export function browserCommand(
  url: string,
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
  exists = existsSync,
): readonly [program: string, ...words: string[]] | undefined {
  if (platform === 'win32') return [system32(environment, 'rundll32.exe'), 'url.dll,FileProtocolHandler', url];
  const program = (platform === 'darwin' ? ['/usr/bin/open'] : openers).find((file) => exists(file));
  return program === undefined ? undefined : [program, url];
}

/**
 * Starts it. It may run as long as the browser, and after this program; what it prints is not shown.
 * @param onFault Gets why it failed.
 */
export function startBrowser(
  command: ReturnType<typeof browserCommand>,
  environment: Readonly<Record<string, string | undefined>>,
  onFault: (why: string) => void,
): void {
  const [program, ...words] = command ?? [];
  if (program === undefined) {
    onFault('this system has no program for it');
    return;
  }
  const child = spawn(program, words, { env: environment, stdio: 'ignore', detached: true, windowsHide: true });
  child.once('error', (error) => onFault(error.message));
  child.once('exit', (code, signal) => {
    if (code !== 0) onFault(`${program} ended with ${code ?? signal}`);
  });
  child.unref();
}
