import path from 'node:path';
import { fileLimits, inScratchFolder, readFile } from '../files/index.js';
import { type Acl, readSddl } from '../server/index.js';
import type { Grantee } from './pool-account.js';
import type { DeployContext } from './step.js';

/** Access masks of icacls' RX and M. */
const masks = { RX: 0x12_00a9, M: 0x13_01bf } as const;

/** What no other entry can give back: to read and to run, and for M to write. */
const core = { RX: 0x21, M: 0x27 } as const;

export type Right = keyof typeof masks;

/** What is written about a folder. */
export interface FolderRights {
  /** Has the account itself the right? A group's does not count: an administrator may change its members. */
  has(account: Grantee, right: Right): boolean;
  /** Does an entry of the folder itself deny it, to the account or one of its groups? Such an entry is stronger than any grant. */
  denies(account: Grantee, right: Right): boolean;
  /** Does the folder above it grant the account the right, and nothing above deny it? False where that is not seen. */
  inherits(account: Grantee, right: Right): boolean;
  /** What the folder itself grants the account, as `icacls /grant WHO:` takes it: `(OI)(CI)(R)`. */
  grants(account: Grantee): readonly string[];
}

/**
 * Asks icacls. By `/save`, whose SDDL is the same in every language of Windows; for a user, whose SID is not known, by the names
 * in its list. A folder that cannot be asked has no rights.
 * @param needsNames an account will be asked about whose SID is not known.
 */
export async function folderRights(context: DeployContext, folder: string, needsNames: boolean): Promise<FolderRights> {
  const list = await savedList(context, folder);
  const names = list === undefined || needsNames ? await listedNames(context, folder) : '';
  return {
    has: (account, right) =>
      list === undefined || account.sid === undefined ? isListed(names, account, right) : isIn(list, account, right),
    denies: (account, right) =>
      Array.isArray(list) &&
      list.some(
        ({ kind, isInherited, inheritOnly, rights, sid }) =>
          kind === 'deny' && !isInherited && !inheritOnly && account.sids.has(sid) && (rights & core[right]) !== 0,
      ),
    inherits: (account, right) => {
      if (!Array.isArray(list) || account.sid === undefined) return false;
      const above = list.filter(({ isInherited, inheritOnly }) => isInherited && !inheritOnly);
      const isDenied = above.some(
        ({ kind, rights, sid }) => kind === 'deny' && account.sids.has(sid) && (rights & core[right]) !== 0,
      );
      return !isDenied && isIn(above, account, right);
    },
    grants: (account) =>
      list === undefined || account.sid === undefined ? grantsListed(names, account) : grantsIn(list, account),
  };
}

function grantsIn(list: Acl, { sid }: Grantee): readonly string[] {
  if (list === 'everything') return [];
  return list
    .filter((entry) => entry.kind === 'allow' && !entry.isInherited && entry.sid === sid && entry.rights !== 0)
    .map(({ flags, rights }) => `${flags.map((flag) => `(${flag})`).join('')}(${rightsText(rights)})`);
}

/** Simple rights of icacls; a mask that is none of them is written as a list of specific ones (icacls /?). */
const simpleRights: readonly (readonly [string, number])[] = [
  ['F', 0x1f_01ff],
  ['M', 0x13_01bf],
  ['RX', 0x12_00a9],
  ['R', 0x12_0089],
];
const specificRights: readonly (readonly [string, number])[] = [
  ['DE', 0x1_0000],
  ['RC', 0x2_0000],
  ['WDAC', 0x4_0000],
  ['WO', 0x8_0000],
  ['S', 0x10_0000],
  ['RD', 0x1],
  ['WD', 0x2],
  ['AD', 0x4],
  ['REA', 0x8],
  ['WEA', 0x10],
  ['X', 0x20],
  ['DC', 0x40],
  ['RA', 0x80],
  ['WA', 0x100],
];

function rightsText(mask: number): string {
  const simple = simpleRights.find(([, bits]) => bits === mask);
  if (simple !== undefined) return simple[0];
  return specificRights.flatMap(([name, bit]) => ((mask & bit) === 0 ? [] : [name])).join(',');
}

async function listedNames(context: DeployContext, folder: string): Promise<string> {
  const { exitCode, stdout } = await context.run('icacls', [folder]);
  return exitCode === 0 ? stdout : '';
}

function isIn(list: Acl, { sid }: Grantee, right: Right): boolean {
  if (list === 'everything') return true;
  const granted = list
    .filter((entry) => entry.kind === 'allow' && entry.sid === sid && !entry.inheritOnly)
    .reduce((mask, { rights }) => mask | rights, 0);
  return (granted & masks[right]) === masks[right];
}

/** Rights that include the other one, as icacls prints them. */
const included: Readonly<Record<Right, RegExp>> = { RX: /\((?:RX|M|F)\)$/, M: /\((?:M|F)\)$/ };

/** `(DENY)` and `(N)` are no grants. */
const isListed = (names: string, account: Grantee, right: Right): boolean =>
  entriesOf(names, account).some(
    (entry) => !/\((?:DENY|N|IO)\)/i.test(entry) && included[right].test(entry.toUpperCase()),
  );

const grantsListed = (names: string, account: Grantee): readonly string[] =>
  entriesOf(names, account).filter((entry) => !/\((?:DENY|N|I)\)/i.test(entry));

/** One line an entry: `DOMAIN\user:(OI)(CI)(RX)`, the first one behind the folder. */
function entriesOf(names: string, { name }: Grantee): readonly string[] {
  const wanted = `${name.toLowerCase()}:(`;
  return names.split(/\r?\n/).flatMap((line) => {
    const at = line.toLowerCase().lastIndexOf(wanted);
    const before = line[at - 1];
    if (at < 0 || (before !== undefined && !/[\s\\]/.test(before))) return [];
    return [line.slice(at + wanted.length - 1).trimEnd()];
  });
}

/** undefined: not known. */
async function savedList(context: DeployContext, folder: string): Promise<Acl | undefined> {
  return inScratchFolder('rights', async (temporary) => {
    const file = path.join(temporary, 'rights');
    const { exitCode } = await context.run('icacls', [folder, '/save', file], { unread: true });
    return exitCode === 0 ? readSddl((await readFile(file, fileLimits.config)).toString('utf16le')) : undefined;
  }).catch(() => undefined);
}
