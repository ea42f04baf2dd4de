import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** IIS Express of this machine (iis.md 6). */
export interface IisExpress {
  readonly appcmd: string;
  readonly program: string;
  /** Its schema files: without iisnode's there is no section for it. */
  readonly schemaFolder: string;
}

/** `iisexpress`, or `iisexpress:FILE` with an applicationhost.config of its own. */
export const isExpress = (to: string | undefined): to is string => to !== undefined && /^iisexpress(?::|$)/i.test(to);

/** The same target has one name, whichever folder the command runs in. @param folder of a relative FILE; the current one by default. */
export function expressName(to: string, folder = '.'): string {
  const file = to.slice('iisexpress:'.length);
  return file === '' ? 'iisexpress' : `iisexpress:${path.resolve(folder, file)}`;
}

/** The build for 64 bit is in Program Files, the one for 32 bit in Program Files (x86). @throws UserError IIS_EXPRESS_NOT_FOUND. */
export function findIisExpress(environment: Environment, exists: (file: string) => boolean = existsSync): IisExpress {
  const value = valueIn(environment);
  const folders = ['programw6432', 'programfiles', 'programfiles(x86)'].flatMap((name) => value(name) ?? []);
  const found = folders
    .map((folder) => path.join(folder, 'IIS Express'))
    .find((folder) => exists(path.join(folder, 'iisexpress.exe')) && exists(path.join(folder, 'appcmd.exe')));
  if (found !== undefined) {
    return {
      appcmd: path.join(found, 'appcmd.exe'),
      program: path.join(found, 'iisexpress.exe'),
      schemaFolder: path.join(found, 'config', 'schema'),
    };
  }
  throw new UserError('IIS_EXPRESS_NOT_FOUND', {
    what: 'there is no IIS Express on this machine',
    why: 'iisexpress.exe and appcmd.exe are not in "IIS Express" below %ProgramFiles% or %ProgramFiles(x86)%',
    next: 'install IIS Express 10 (https://www.microsoft.com/download/details.aspx?id=48264), or use --to embedded, which needs nothing',
    // On Windows it is what the user wants, and it can be installed.
    ...(process.platform !== 'win32' && { again: { with: ['--to', 'embedded'] } }),
  });
}

/** The user's file by default, which iisnode's installer for IIS Express edits. @throws UserError IIS_EXPRESS_NOT_CONFIGURED. */
export function expressConfiguration(
  to: string,
  environment: Environment,
  exists: (file: string) => boolean = existsSync,
): string {
  const named = expressName(to).slice('iisexpress:'.length);
  const profile = valueIn(environment)('userprofile') ?? '';
  const file = named === '' ? path.join(profile, 'Documents', 'IISExpress', 'config', 'applicationhost.config') : named;
  if (exists(file)) return file;
  throw new UserError('IIS_EXPRESS_NOT_CONFIGURED', {
    what: `there is no ${file}`,
    why:
      named === ''
        ? 'IIS Express makes the file of a user when it starts for the first time; it is elsewhere where the folder Documents was moved.'
        : '--to iisexpress:FILE names the applicationhost.config that IIS Express is to use.',
    next:
      named === ''
        ? 'start IIS Express once, or name the file: --to iisexpress:C:\\...\\applicationhost.config'
        : 'give the file of Visual Studio (.vs\\config\\applicationhost.config), or omit it to use the one in Documents\\IISExpress\\config',
  });
}

/** Names of variables are compared ignoring case; an empty one counts as missing. */
const valueIn =
  (environment: Environment) =>
  (name: string): string | undefined =>
    Object.entries(environment).find(([key, value]) => key.toLowerCase() === name && value)?.[1];
