import { type Account, accountOf, anonymousUser } from '../server/index.js';
import type { DeployContext } from './step.js';
import { findPool } from './steps/run-appcmd.js';

/** An account that needs rights on folders. */
export interface Grantee {
  /** As icacls takes it: a name, or `*S-1-5-20` for one whose name differs between the languages of Windows. */
  readonly name: string;
  /** undefined: only Windows knows it. */
  readonly sid: string | undefined;
  /** Its SID and those of the groups in its token. */
  readonly sids: ReadonlySet<string>;
}

type Asking = Pick<DeployContext, 'appcmd'>;

const identities: Readonly<Record<string, string>> = {
  localsystem: 'LocalSystem',
  localservice: 'LocalService',
  networkservice: 'NetworkService',
  specificuser: 'SpecificUser',
};

/** Static files are opened as IUSR (iis.md 7). */
export const anonymous: Grantee = { ...grantee(anonymousUser), name: 'IUSR' };

/** The account that a pool runs as by its own settings; a pool that does not exist yet will have its own account. */
export async function poolAccount(context: Asking, poolName: string): Promise<Grantee> {
  const pool = await findPool(context, poolName);
  return accountNamed(
    poolName,
    pool?.configured('processModel.identityType'),
    pool?.configured('processModel.userName'),
  );
}

/** The same with applicationPoolDefaults, which costs another command; undefined: its own settings say it, or there is no pool. */
export async function inheritedPoolAccount(context: Asking, poolName: string): Promise<Grantee | undefined> {
  const pool = await findPool(context, poolName);
  if (pool === undefined || pool.configured('processModel.identityType') !== undefined) return undefined;
  const ask = async (property: string): Promise<string> => {
    const args = ['list', 'apppool', `/apppool.name:${poolName}`, `/text:${property}`];
    const { exitCode, stdout } = await context.appcmd.run(args);
    return exitCode === 0 ? stdout.trim() : '';
  };
  const identity = await ask('processModel.identityType');
  return accountNamed(poolName, identity, identity === 'SpecificUser' ? await ask('processModel.userName') : undefined);
}

function accountNamed(name: string, written = '', userName?: string): Grantee {
  const identity = identities[written.toLowerCase()] ?? 'ApplicationPoolIdentity';
  const own = grantee(accountOf({ name, identity, ...(userName !== undefined && { userName }) }));
  return ['LocalSystem', 'LocalService', 'NetworkService'].includes(identity) ? { ...own, name: bySid(own) } : own;
}

/** The first SID of an account is its own; a user's is unknown here. */
function grantee({ name, sids }: Account): Grantee {
  const [first] = sids;
  return { name, sid: first === undefined || first === 'S-1-1-0' ? undefined : first, sids };
}

/** As icacls takes it without looking for a name. */
export const bySid = ({ name, sid }: Pick<Grantee, 'name' | 'sid'>): string => (sid === undefined ? name : `*${sid}`);
