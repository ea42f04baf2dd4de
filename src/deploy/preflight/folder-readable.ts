import { quoteForCmd } from '../../quoting.js';
import { userProfileIn } from '../../server/index.js';
import type { Obstacle, Preflight, PreflightCheck } from './check.js';

/** Deploy grants rights on the app's folder and its logs; what is above, and what is denied, it does not change. */
async function look({ server, plan, copiedTo }: Preflight): Promise<Obstacle | string | undefined> {
  const directory = copiedTo ?? plan.directory;
  const rights = (await server())?.rights;
  const denied = rights?.find(({ of, denied: isDenied }) => isDenied === true && of !== 'node' && of !== 'above');
  if (denied !== undefined) {
    return {
      code: 'RIGHTS_DENIED',
      what: `${denied.account} is denied access to ${denied.path}`,
      why: 'An entry that denies counts more than one that grants: IIS or node could not read the app.',
      next: `remove that entry: icacls ${quoteForCmd(denied.path)} shows it, icacls ${quoteForCmd(denied.path)} /remove:d NAME removes it`,
    };
  }
  const above = rights?.filter(({ of }) => of === 'above');
  const closed = above?.find(({ allowed }) => allowed === 'no');
  const home = userProfileIn(directory);
  const isSeen = above?.length !== 0 && above?.every(({ allowed }) => allowed === 'yes');
  if (closed === undefined && (home === undefined || isSeen))
    return rights === undefined ? 'the rights were not seen' : undefined;
  const folder = closed?.path ?? home ?? directory;
  return {
    code: 'FOLDER_NOT_READABLE',
    what: `the application pool cannot reach ${directory}`,
    why: `node asks for the attributes of every folder above the app, and ${folder} is closed to ${closed?.account ?? 'other users'}: it would end with EPERM: operation not permitted, lstat.`,
    next:
      copiedTo === undefined
        ? `move the app out of ${home === undefined ? folder : 'your profile'}, for example to C:\\inetpub\\apps, and deploy it there; or let IIS serve a copy: --releases`
        : 'name another folder with --releases-dir, or leave that out',
  };
}

/** iis.md 7, symptoms.md on EPERM lstat. */
export const folderReadable: PreflightCheck = {
  id: 'folder',
  title: 'The application pool can reach the folder of the app',
  only: 'iis',
  look,
};
