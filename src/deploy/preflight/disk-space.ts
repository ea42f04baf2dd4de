import type { PreflightCheck } from './check.js';

/** For the logs, and for what IIS keeps of each change of its configuration. */
const least = 100 * 1024 * 1024;

export const diskSpace: PreflightCheck = {
  id: 'disk',
  title: 'There is space on the drive of the app',
  only: 'iis',
  async look({ server }) {
    const disk = (await server())?.disk;
    if (disk === undefined) return 'the free space was not seen';
    if (disk.freeBytes >= least) return undefined;
    return {
      code: 'DISK_FULL',
      what: `${disk.drive} has ${Math.floor(disk.freeBytes / 1024 / 1024)} MB free, and deploy asks for ${least / 1024 / 1024}`,
      why: 'Where a drive is full, iisnode writes no logs, and IIS may lose a change of its configuration.',
      next: 'delete what is not needed there, for example old logs, and deploy again',
    };
  },
};
