import { isInUserProfile } from '../../../server/index.js';
import { programPathOf } from '../../../webconfig/index.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { FileFacts } from '../../types.js';
import { defineRule } from '../define-rule.js';

const name = 'nodeProcessCommandLine';

/** Is it known that the pool runs as an account that may read the profile? */
function runsAsOwner({ iis }: FileFacts, path: string): boolean {
  const { identity, userName = '' } = iis?.pool.settings ?? {};
  if (identity === 'LocalSystem') return true;
  const user = userName.replace(/^.*\\|@.*$/g, '').toLowerCase();
  return identity === 'SpecificUser' && user !== '' && path.toLowerCase().split(/[\\/]/).includes(user);
}

/** node.exe of nvm, or of an installer for one user (symptoms.md S19, S21). */
export const nodeInUserProfile = defineRule({
  code: 'NODE_IN_USER_PROFILE',
  severity: 'warning',
  title: 'node.exe is in the profile of a user',
  why: 'The identity of an application pool has no rights below C:\\Users: iisnode answers "unable to start the node.exe process" with error code 5, or 2 where a variable such as %APPDATA% means another folder.',
  help: `nvm and installers for one user put node below the user's profile, which only that user may read. The application pool runs as another
identity (IIS AppPool\\NAME), for which %APPDATA% is another folder, too. Install node for all users (C:\\Program Files\\nodejs), or give that
identity the right to read the folder of node.exe and all folders above it, or let the pool run as that user.`,
  check(facts) {
    const { iisnode, serverSeen } = facts;
    if (iisnode === undefined || !hasIisnodeHandler(facts)) return [];
    const right = serverSeen.rights?.find(({ of }) => of === 'node');
    if (right?.allowed === 'yes') return [];
    const isNamed = iisnode.sources[name] !== 'default';
    const path = isNamed ? programPathOf(iisnode.values[name]).path : (serverSeen.node?.path ?? '');
    const where = [path, serverSeen.node?.target ?? ''].find(isInUserProfile);
    if (where === undefined || runsAsOwner(facts, where)) return [];
    const at = isNamed ? facts.query.iisnodePlace(name) : undefined;
    const link = where === path ? '' : ` (a link to ${where})`;
    const what = isNamed ? `${name} is ${path}${link}` : `node.exe in the PATH is ${path}${link}`;
    const message = `${what}, in the profile of a user: ${right === undefined ? 'the application pool' : right.account} may not read it.`;
    const fix = isNamed ? `${name}="C:\\Program Files\\nodejs\\node.exe"` : 'Install node for all users.';
    return [{ message, fix, ...(right?.allowed === 'no' && { severity: 'error' as const }), ...(at && { at }) }];
  },
});
