import { isInUserProfile } from '../../../server/index.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** symptoms.md S21: node asks for the attributes of each folder above the file that it starts. */
export const folderAboveClosed = defineRule({
  code: 'FOLDER_ABOVE_CLOSED',
  severity: 'error',
  explains: everythingFails,
  title: 'A folder above the app is closed to the pool',
  why: `node ends before it loads the app ("EPERM: operation not permitted, lstat 'C:\\Users\\name'"), and every request is answered with 500.1002.`,
  help: `Before node starts a file it asks for the attributes of each folder above it. A right to the app's own folder is not enough: below C:\\Users\\NAME
(the desktop, Documents, a clone in the profile) only that user may look. Move the app to a folder such as C:\\inetpub\\apps; or give the
account of the pool the right to read each folder above, not what is in it: icacls FOLDER /grant "IIS AppPool\\NAME:(RX)". The doctor looks
on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check(facts) {
    const { directory, serverSeen } = facts;
    const rights = serverSeen.rights ?? [];
    const closed = rights.filter(({ of, allowed }) => of === 'above' && allowed === 'no');
    const [first] = closed;
    if (first === undefined || !hasIisnodeHandler(facts)) return [];
    const folders = closed.map(({ path }) => path).join(', ');
    return [
      {
        message: `${first.account} may not look at ${folders}, above the app in ${rights.find(({ of }) => of === 'app')?.path ?? directory}.`,
        fix: closed.some(({ path }) => isInUserProfile(path))
          ? 'Move the app out of the profile, for example to C:\\inetpub\\apps.'
          : closed.map(({ path, account }) => `icacls "${path}" /grant "${account}:(RX)"`).join('; '),
      },
    ];
  },
});
