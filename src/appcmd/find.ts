import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The path of appcmd.exe, if IIS's tools are on this machine. It is not on PATH.
 * For a 32-bit process system32 is redirected to SysWOW64; `Sysnative` avoids that.
 * @param environment for example process.env; names are compared ignoring case.
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
