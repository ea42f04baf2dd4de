import { defineRule } from '../define-rule.js';

const mebibyte = 2 ** 20;
const enough = 100 * mebibyte;

/** iisnode.md 7: its logs are appended to while node writes. */
export const diskAlmostFull = defineRule({
  code: 'DISK_ALMOST_FULL',
  severity: 'warning',
  title: 'The drive of the app is almost full',
  why: 'When it is full, iisnode cannot write its logs: node ends at its first line of output (ENOSPC), and requests are answered with 500.1002.',
  help: `Logs of IIS (C:\\inetpub\\logs\\LogFiles) grow without limit, unless a task removes old ones; iisnode keeps its own below
maxTotalLogFileSizeInKB. Remove old logs and old releases of the app. The doctor looks on Windows, where appcmd.exe is found, or over
ssh with --server.`,
  check({ serverSeen: { disk } }) {
    if (disk === undefined || disk.freeBytes >= enough) return [];
    const message = `The drive ${disk.drive} has ${Math.floor(disk.freeBytes / mebibyte)} MB left.`;
    return [{ message, fix: 'Remove old logs, for example in C:\\inetpub\\logs\\LogFiles.' }];
  },
});
