import { listConfig, parseAppcmdXml } from '../appcmd/index.js';
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

/** The account of its own that a pool has by default. */
export const ownAccount = (poolName: string): Grantee => accountNamed(poolName);

/** The account that a pool runs as by its own settings; a pool that does not exist yet will have its own account. */
export async function poolAccount(context: Asking, poolName: string): Promise<Grantee> {
  const pool = await findPool(context, poolName);
  return accountNamed(
    poolName,
    pool?.configured('processModel.identityType'),
    pool?.configured('processModel.userName'),
  );
}

/** Its identity: the value of processModel.identityType, and the user's name where it is a user. */
interface PoolIdentity {
  readonly identity: string;
  readonly userName?: string;
}

/** What applicationPoolDefaults give a pool that does not say it itself, or that does not exist yet; undefined: they say nothing. */
async function inheritedIdentity(context: Asking): Promise<PoolIdentity | undefined> {
  const { exitCode, stdout } = await context.appcmd.run(listConfig('system.applicationHost/applicationPools'));
  if (exitCode !== 0) return undefined;
  const [section] = parseAppcmdXml(stdout);
  const identity = section?.configured('applicationPoolDefaults.processModel.identityType');
  const userName = section?.configured('applicationPoolDefaults.processModel.userName');
  return identity === undefined ? undefined : { identity, ...(userName !== undefined && { userName }) };
}

/** What a pool runs as, by its own settings or by the defaults, also before it exists. */
export async function poolIdentity(context: Asking, poolName: string): Promise<PoolIdentity> {
  const pool = await findPool(context, poolName);
  const identity = pool?.configured('processModel.identityType');
  if (identity === undefined) return (await inheritedIdentity(context)) ?? { identity: 'ApplicationPoolIdentity' };
  const userName = pool?.configured('processModel.userName');
  return { identity, ...(userName !== undefined && { userName }) };
}

/** The same with applicationPoolDefaults, which costs another command; undefined: its own settings say it. */
export async function inheritedPoolAccount(context: Asking, poolName: string): Promise<Grantee | undefined> {
  const pool = await findPool(context, poolName);
  if (pool?.configured('processModel.identityType') !== undefined) return undefined;
  const inherited = await inheritedIdentity(context);
  return inherited && accountNamed(poolName, inherited.identity, inherited.userName);
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
