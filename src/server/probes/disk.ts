import type { Probe } from '../types.js';

/** A folder on a drive of the server; a share has no drive. */
const driveOf = (directory: string): string | undefined => /^[A-Za-z]:(?=[\\/])/.exec(directory)?.[0];

/** The free space where the app is. */
export const disk: Probe = {
  about: 'the free space on the drive',
  ask: (app) => {
    const drive = app && driveOf(app.directory);
    return drive === undefined ? undefined : { script: `(New-Object IO.DriveInfo '${drive}').AvailableFreeSpace` };
  },
  read: (text, app) => {
    const drive = app && driveOf(app.directory);
    const [, number] = /^[ \t]*(\d{1,18})[ \t]*$/m.exec(text) ?? [];
    return drive === undefined || number === undefined ? {} : { disk: { drive, freeBytes: Number(number) } };
  },
};
