import {
  type AppcmdProperties,
  type AppcmdResult,
  type AppcmdXmlEntry,
  appcmdFailure,
  listApps,
  listPools,
  listSites,
  listVdirs,
  parseAppcmdXml,
} from '../../appcmd/index.js';
import { type Argument, literalArguments } from '../../quoting.js';
import type { AppPlace } from '../plan.js';
import type { DeployContext } from '../step.js';

/** What is needed to query the server. */
type Asking = Pick<DeployContext, 'appcmd'>;

/** Runs command lines in order and stops at the first refusal. @throws UserError with appcmd's own words. */
export async function runAll(context: DeployContext, lists: readonly (readonly Argument[])[]): Promise<void> {
  for (const args of lists) {
    context.signal.throwIfAborted();
    await runOne(context, args);
  }
}

/** @throws UserError unless appcmd ends with 0 or one of `accepted`. */
export async function runOne(
  context: Asking,
  args: readonly Argument[],
  accepted: readonly number[] = [],
): Promise<AppcmdResult> {
  const result = await context.appcmd.run(literalArguments(args));
  if (result.exitCode !== 0 && !accepted.includes(result.exitCode)) {
    throw appcmdFailure(context.appcmd.format(args), result);
  }
  return result;
}

/** As printed; the result of `say`. */
export const formatAll = (context: Asking, lists: readonly (readonly Argument[])[]): string[] =>
  lists.map((args) => context.appcmd.format(args));

/** The objects of a `list ... /xml`. Exit 1 means "none", which some versions return for an identifier. */
export async function listEntries(context: Asking, args: readonly string[]): Promise<readonly AppcmdXmlEntry[]> {
  const result = await runOne(context, args, [1]);
  return result.stdout.trim() === '' ? [] : parseAppcmdXml(result.stdout);
}

/** Paths and names are compared ignoring case, as in IIS. */
export const same = (left: string | undefined, right: string | undefined): boolean =>
  left?.toLowerCase() === right?.toLowerCase();

export async function findSite(context: Asking, place: AppPlace): Promise<AppcmdXmlEntry | undefined> {
  const sites = await listEntries(context, listSites());
  return sites.find((site) => same(site.name, place.siteName));
}

/**
 * By identifier where the console's code page may not have all characters of the name: the answer cannot be compared then. Others come
 * from the one list of all pools.
 */
export async function findPool(context: Asking, name: string): Promise<AppcmdXmlEntry | undefined> {
  if (!/^[\x20-\x7e]*$/.test(name)) return (await listEntries(context, listPools(name)))[0];
  return (await listEntries(context, listPools())).find((pool) => same(pool.name, name));
}

/** The state of an application; plain data, so that it can be compared after an undo. */
export interface SeenApp {
  readonly pool: string;
  /** Its pool is set there, not inherited. */
  readonly ownPool: boolean;
  /** undefined: it has no root virtual directory. */
  readonly physicalPath: string | undefined;
  /** As written; undefined: not set. */
  readonly preloadEnabled: string | undefined;
}

export async function findApp(context: Asking, place: AppPlace): Promise<SeenApp | undefined> {
  const apps = await listEntries(context, listApps(place.siteName));
  const app = apps.find((one) => same(one.get('path'), place.vdirPath) && same(one.get('SITE.NAME'), place.siteName));
  if (app === undefined) return undefined;
  const vdirs = await listEntries(context, listVdirs());
  const root = vdirs.find((vdir) => same(vdir.get('APP.NAME'), app.name) && vdir.get('path') === '/');
  return {
    pool: app.get('APPPOOL.NAME') ?? '',
    ownPool: app.configured('applicationPool') !== undefined,
    physicalPath: root?.get('physicalPath'),
    preloadEnabled: app.configured('preloadEnabled'),
  };
}

/**
 * Restores the former settings of an object: a setting that was not written is removed with `/-name`. Not every object of
 * every version accepts that form, so `fallback` writes the value that was effective. Returns the command lines that took effect.
 * @param set builds the command from raw arguments: ['set', 'app', 'Site/dante'].
 */
export async function restoreProperties(
  context: DeployContext,
  set: readonly string[],
  former: Readonly<Record<string, string | undefined>>,
  fallback: AppcmdProperties,
): Promise<string[][]> {
  const ran: string[][] = [];
  const run = async (args: string[]): Promise<void> => {
    await runOne(context, args);
    ran.push(args);
  };
  const written = Object.entries(former).flatMap(([name, value]) => (value === undefined ? [] : [`/${name}:${value}`]));
  const unset = Object.entries(former).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (written.length > 0) await run([...set, ...written]);
  if (unset.length === 0) return ran;
  const removal = [...set, ...unset.map((name) => `/-${name}`)];
  const removed = await context.appcmd.run(removal);
  if (removed.exitCode === 0) return [...ran, removal];
  await run([...set, ...unset.map((name) => `/${name}:${String(fallback[name] ?? '')}`)]);
  return ran;
}
