import { isInUserProfile, type RightSeen } from '../../../server/index.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

type Of = RightSeen['of'];

const grants: Readonly<Record<RightSeen['needs'], string>> = {
  attributes: '(RX)',
  read: '(OI)(CI)RX',
  execute: 'RX',
  'add files': '(OI)(CI)M',
  'add folders': '(OI)(CI)M',
};
/** Files inherit nothing further. */
const isFile = (of: Of): boolean => of === 'web.config' || of === 'entry' || of === 'node';

function findingFor({ of, path, account, needs, denied }: RightSeen): RuleFinding {
  const [verb, thing] =
    of === 'logs' ? ['write', 'the folder of the logs'] : ['read', of === 'app' ? "the app's folder" : of];
  const named = of === 'static files' ? `${path}, with whose files IIS answers` : `${path} (${thing})`;
  return {
    message: `${account} may not ${verb} ${named}${denied ? ': an entry denies it' : ''}.`,
    fix: denied
      ? `icacls "${path}" shows the entry that denies; icacls "${path}" /remove:d NAME removes it`
      : `icacls "${path}" /grant "${account}:${isFile(of) ? 'RX' : grants[needs]}"`,
    ...(of === 'static files' && {
      severity: 'warning' as const,
      why: 'IIS opens static files as the anonymous user: pages, scripts and pictures that no handler of node takes are 401.3.',
    }),
    ...(of === 'logs' && {
      why: 'iisnode cannot write the logs: node ends before it loads the app, and every request is answered with 500.1002, without a log.',
    }),
  };
}

/** iis.md 7, symptoms.md S21. */
export const poolWithoutRights = defineRule({
  code: 'POOL_WITHOUT_RIGHTS',
  severity: 'error',
  explains: everythingFails,
  title: "The pool's account has no right to the app, its logs or node",
  why: 'IIS answers with 401.3 or 500.19, or iisnode with 500.1000 or 500.1002, because the worker process may not read what it needs.',
  help: `The worker process of IIS and node run as the account of the pool: IIS AppPool\\NAME, unless the pool has another identity. It needs to read the
app's folder with all that is below it, to run node.exe, and to write to the folder of iisnode's logs; the anonymous user IUSR reads static
files. Files that were moved into the folder keep the rights of where they were: icacls FOLDER /reset /T lets them inherit again. deploy gives
these rights. The doctor looks on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check({ serverSeen: { rights = [], node } }) {
    const missing = rights.filter(({ allowed }) => allowed === 'no');
    const isMissing = (of: Of): boolean => missing.some((right) => right.of === of);
    const reported = missing.filter(({ of, path }) => {
      if (of === 'above') return false; // FOLDER_ABOVE_CLOSED
      if (of === 'node') return !isInUserProfile(path) && !isInUserProfile(node?.target ?? ''); // NODE_IN_USER_PROFILE
      // What is in the folder inherits its rights.
      return of === 'app' || of === 'static files' || of === 'logs' || !isMissing('app');
    });
    return reported.map(findingFor);
  },
});
