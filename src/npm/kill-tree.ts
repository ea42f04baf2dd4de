import { spawn } from 'node:child_process';
import { system32 } from '../system32.js';

/**
 * Ends a program and all processes it has started: npm does not end the shell and the compiler it runs, and a reader of their output
 * would wait forever. On systems other than Windows the program must be the leader of its group (`detached`).
 */
export function killTree(pid: number): void {
  if (process.platform === 'win32') {
    // If taskkill does not start or finds nothing, there is nothing to end.
    spawn(system32(process.env, 'taskkill.exe'), ['/pid', `${pid}`, '/T', '/F'], {
      stdio: 'ignore',
      windowsHide: true,
    }).on('error', () => undefined);
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
