import { win32 } from './win32.js';

/** CreateProcess failed; `code` is the Win32 error, 1028 when the program does not exist. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The error of CreateProcess as text. */
export function notStarted(code: number): string {
  if (code === win32.fileNotFound) return 'was not found';
  if (code === win32.pathNotFound) return 'is in a folder that does not exist';
  return code === win32.accessDenied ? 'may not be run' : `cannot be started (Win32 error ${code})`;
}
