import path from 'node:path';

/**
 * The full path of a program of Windows itself. A bare name would be searched in the current folder first: an icacls.exe beside
 * an app would run, with an administrator's rights.
 * @param environment for example process.env; names are compared ignoring case.
 * @param program its place below system32, in parts: 'inetsrv', 'appcmd.exe'.
 */
export function system32(environment: Readonly<Record<string, string | undefined>>, ...program: string[]): string {
  const value = (name: string): string | undefined =>
    Object.entries(environment).find(([key, text]) => key.toLowerCase() === name && text)?.[1];
  return path.win32.join(value('systemroot') ?? value('windir') ?? 'C:\\Windows', 'System32', ...program);
}
