import { isInUserProfile, programPathOf } from '../../facts/program-path.js';
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
    const { iisnode } = facts;
    if (iisnode === undefined || iisnode.sources[name] === 'default' || !hasIisnodeHandler(facts)) return [];
    const { path } = programPathOf(iisnode.values[name]);
    if (!isInUserProfile(path) || runsAsOwner(facts, path)) return [];
    const at = facts.query.iisnodePlace(name);
    const message = `${name} is ${path}, in the profile of a user: the application pool may not read it.`;
    return [{ message, fix: `${name}="C:\\Program Files\\nodejs\\node.exe"`, ...(at && { at }) }];
  },
});
