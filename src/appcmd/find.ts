import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Where appcmd.exe is, if IIS's tools are on this machine. It is not on PATH.
 * A 32-bit process sees system32 redirected to SysWOW64; `Sysnative` is the way around that.
 * @param environment process.env or the like; names compare without case.
 * @param exists replaced in tests.
 */
export function findAppcmdExe(
  environment: Readonly<Record<string, string | undefined>>,
  exists: (file: string) => boolean = existsSync,
): string | undefined {
  const value = (name: string): string | undefined =>
    Object.entries(environment).find(([key]) => key.toLowerCase() === name)?.[1];
  const windows = value('windir') ?? value('systemroot');
  if (windows === undefined || windows === '') return undefined;
  // PROCESSOR_ARCHITEW6432 is set only in a 32-bit process on 64-bit Windows.
  const folders = value('processor_architew6432') === undefined ? ['system32'] : ['Sysnative', 'system32'];
  return folders
    .map((folder) => path.win32.join(windows, folder, 'inetsrv', 'appcmd.exe'))
    .find((file) => exists(file));
}
