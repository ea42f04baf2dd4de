import { createHash } from 'node:crypto';
import { powerShellString } from '../quoting.js';
import { accessOf, masks, readSddl } from './sddl.js';
import type { PoolOnServer, RightSeen } from './types.js';

/** An account with the groups that are in its token, by SID: names differ between languages of Windows. */
export interface Account {
  /** As icacls takes it. */
  readonly name: string;
  readonly sids: ReadonlySet<string>;
  /** Groups of the machine or the domain that it may be in are unknown. */
  readonly hasOtherGroups: boolean;
}

/** Everyone, Authenticated Users, Users. */
const everyAccount = ['S-1-1-0', 'S-1-5-11', 'S-1-5-32-545'];
/** LOCAL, BATCH, SERVICE, and IIS_IUSRS, in which each pool is at run time (iis.md 7). */
const everyPool = [...everyAccount, 'S-1-2-0', 'S-1-5-3', 'S-1-5-6', 'S-1-5-32-568'];

/** The SID of `IIS AppPool\NAME`: the SHA-1 of its lower-case name in UTF-16, as five numbers. */
export function poolSid(name: string): string {
  const hash = createHash('sha1').update(Buffer.from(name.toLowerCase(), 'utf16le')).digest();
  return `S-1-5-82-${[0, 4, 8, 12, 16].map((at) => hash.readUInt32LE(at)).join('-')}`;
}

/** The account of a pool. @param userSid Of a SpecificUser, where it is known. */
export function accountOf({ name, identity, userName = '' }: PoolOnServer, userSid?: string): Account {
  const account = (shown: string, own: readonly string[], hasOtherGroups = false): Account => ({
    name: shown,
    sids: new Set([...own, ...everyPool]),
    hasOtherGroups,
  });
  switch (identity) {
    case 'LocalSystem':
      return account('NT AUTHORITY\\SYSTEM', ['S-1-5-18', 'S-1-5-32-544']);
    case 'LocalService':
      return account('NT AUTHORITY\\LOCAL SERVICE', ['S-1-5-19']);
    case 'NetworkService':
      return account('NT AUTHORITY\\NETWORK SERVICE', ['S-1-5-20']);
    case 'SpecificUser':
      return account(userName, userSid === undefined ? [] : [userSid], true);
    default:
      return account(`IIS AppPool\\${name}`, [poolSid(name), 'S-1-5-82-0']);
  }
}

/** Lines of a script that print the SID of a pool's own user, if it has one; NTAccount does not know `.\NAME`. */
export function userSidScript(pool: PoolOnServer | undefined): readonly string[] {
  if (pool?.identity !== 'SpecificUser' || !pool.userName) return [];
  const name = `(${powerShellString(pool.userName)} -replace '^\\.\\\\',($env:COMPUTERNAME+'\\'))`;
  return [
    `try{'user'+$t+(New-Object Security.Principal.NTAccount ${name}).Translate([Security.Principal.SecurityIdentifier]).Value}catch{}`,
  ];
}

/** What such a script has printed. */
export const userSidIn = (text: string): string | undefined => /^user\t(S-1-[\d-]{1,80})[ \t]*$/m.exec(text)?.[1];

/** The anonymous user of IIS. */
export const anonymousUser: Account = {
  name: 'IUSR',
  sids: new Set(['S-1-5-17', 'S-1-5-2', ...everyAccount]),
  hasOtherGroups: false,
};

type Wanted = Pick<RightSeen, 'of' | 'path' | 'needs'> & { readonly sddl: string };

/** What an account may do; undefined where nothing is there, unknown where its rights cannot be read. */
export function rightFor(
  { of, path, needs, sddl }: Wanted,
  { name, sids, hasOtherGroups }: Account,
): RightSeen | undefined {
  if (sddl === '') return undefined;
  const acl = readSddl(sddl);
  if (acl === undefined) return { of, path, account: name, needs, allowed: 'unknown' };
  const access = accessOf(acl, sids, masks[needs]);
  const isUnknown = access === 'not granted' && hasOtherGroups;
  const allowed = access === 'granted' ? 'yes' : isUnknown ? 'unknown' : 'no';
  return { of, path, account: name, needs, allowed, ...(access === 'denied' && { denied: true as const }) };
}
