import { spawn } from 'node:child_process';

/**
 * Ends a program and all it has started: npm does not end the shell and the compiler it runs, and who waits for their output
 * waits for ever. Elsewhere than on Windows the program has to be the leader of its group (`detached`).
 */
export function killTree(pid: number): void {
  if (process.platform === 'win32') {
    // What does not start or finds nothing has nothing to end.
    spawn('taskkill', ['/pid', `${pid}`, '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => undefined,
    );
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
