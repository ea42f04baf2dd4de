import { hasIisnodeHandler } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

const name = 'nodeProcessCommandLine';

/** symptoms.md S19, iisnode.md 3.3: CreateProcess looks in the PATH of the machine. */
export const nodeNotFound = defineRule({
  code: 'NODE_NOT_FOUND',
  severity: 'error',
  explains: everythingFails,
  title: 'The application pool finds no node.exe',
  why: 'iisnode cannot start node: every request is answered with 500.1000, or by a page that says "unable to start the node.exe process".',
  help: `iisnode starts what nodeProcessCommandLine says; by default node.exe, which Windows looks for in the PATH of the machine. The PATH of a user
does not count, because the pool runs as another account: node of nvm, fnm or Volta is in the profile of a user. Install node for all users
(C:\\Program Files\\nodejs, the installer adds it to the PATH) and run iisreset, or name the file in nodeProcessCommandLine, in quotes where
its path has blanks. The doctor looks on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check(facts) {
    const { serverSeen, iisnode, iis, query } = facts;
    if (serverSeen.node !== null || iisnode === undefined || !hasIisnodeHandler(facts)) return [];
    const { ownNode } = serverSeen;
    const isNamed = iisnode.sources[name] !== 'default';
    const where = isNamed
      ? `${name} is ${iisnode.values[name]}, which is not on the server.`
      : 'The PATH of the machine has no node.exe.';
    // A user has a PATH and a profile of its own.
    const isOfUser = iis?.pool.settings?.identity === 'SpecificUser';
    const at = isNamed ? query.iisnodePlace(name) : undefined;
    return [
      {
        message: ownNode === undefined ? where : `${where} Only you have one: ${ownNode}`,
        fix: 'Install node for all users, then iisreset.',
        ...(isOfUser && { severity: 'warning' as const }),
        ...(at && { at }),
      },
    ];
  },
});
