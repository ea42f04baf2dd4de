import {
  type AppcmdProperties,
  type AppcmdResult,
  type AppcmdXmlEntry,
  appcmdFailure,
  appName,
  listApps,
  listPools,
  listSites,
  listVdirs,
  parseAppcmdXml,
} from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import { type Argument, literalArguments } from '../../quoting.js';
import type { AppPlace, DeployPlan } from '../plan.js';
import { samePath } from '../same-path.js';
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
  const { siteName } = place;
  return (
    sites.find((site) => same(site.name, siteName)) ??
    (await askedByName(context, siteName, ['list', 'site', `/site.name:${siteName}`, '/xml']))
  );
}

export async function findPool(context: Asking, name: string): Promise<AppcmdXmlEntry | undefined> {
  return (
    (await listEntries(context, listPools())).find((pool) => same(pool.name, name)) ??
    (await askedByName(context, name, listPools(name)))
  );
}

/**
 * An object that no list shows by its name, because appcmd answers in the console's code page, which may lack letters of it.
 * Arguments arrive in every code page: appcmd knows the name in them.
 */
async function askedByName(
  context: Asking,
  name: string,
  list: readonly string[],
): Promise<AppcmdXmlEntry | undefined> {
  if (isAscii(name)) return undefined;
  const result = await context.appcmd.run(list);
  if (result.exitCode !== 0 || result.stdout.trim() === '') return undefined;
  const [entry, ...more] = parseAppcmdXml(result.stdout);
  return entry === undefined || more.length > 0 ? undefined : { ...entry, name };
}

const isAscii = (text: string): boolean => !/[^ -~]/.test(text);

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

/** Asks appcmd by the folder itself. */
async function isFolderOf(context: Asking, place: AppPlace, folder: string): Promise<boolean> {
  const name = appName(place.siteName, place.vdirPath);
  const result = await context.appcmd.run(['list', 'vdir', `/app.name:${name}`, `/physicalPath:${folder}`, '/xml']);
  return result.exitCode === 0 && result.stdout.trim() !== '' && parseAppcmdXml(result.stdout).length > 0;
}

/** Could appcmd show this path so? Letters that the code page lacks are replaced one by one. */
const mayBeShownAs = (path: string, shown: string): boolean =>
  path.length === shown.length &&
  path.split('').every((letter, index) => !isAscii(letter) || letter.toLowerCase() === shown[index]?.toLowerCase());

/**
 * appcmd must know the folder of an application that will be restored later by what it has shown: a letter that the console's code
 * page lacks is another one there, or `?`. @throws UserError FOLDER_UNREADABLE.
 */
export async function requireReadableFolder(context: Asking, place: AppPlace, folder: string): Promise<void> {
  if (await isFolderOf(context, place, folder)) return;
  // A variable may be compared by its value.
  if (isAscii(folder) && folder.includes('%')) return;
  throw new UserError('FOLDER_UNREADABLE', {
    what: `the folder of ${place.vdirPath} in "${place.siteName}" cannot be read for certain`,
    why: `appcmd shows it as ${folder}, and knows no such folder: its name has letters that the code page of the console lacks. It could not be restored later.`,
    next: 'deploy to another --path or --site, or rename that folder; or let Windows use UTF-8 (Region, Administrative, Change system locale)',
    exit: 'refused',
  });
}

/** @param place `directory`: the folder that is looked for, of which appcmd may not show every letter. */
export async function findApp(
  context: Asking,
  place: AppPlace & Partial<Pick<DeployPlan, 'directory'>>,
): Promise<SeenApp | undefined> {
  const apps = await listEntries(context, listApps(place.siteName));
  const name = appName(place.siteName, place.vdirPath);
  const app =
    apps.find((one) => same(one.get('path'), place.vdirPath) && same(one.get('SITE.NAME'), place.siteName)) ??
    (await askedByName(context, name, ['list', 'app', `/app.name:${name}`, '/xml', '/config']));
  if (app === undefined) return undefined;
  const vdirs = await listEntries(context, listVdirs());
  const root =
    vdirs.find((vdir) => same(vdir.get('APP.NAME'), app.name) && vdir.get('path') === '/') ??
    (await askedByName(context, name, ['list', 'vdir', `/app.name:${name}`, '/path:/', '/xml']));
  const shown = root?.get('physicalPath');
  const { directory } = place;
  const isHidden =
    shown !== undefined && directory !== undefined && !samePath(shown, directory) && mayBeShownAs(directory, shown);
  return {
    pool: app.get('APPPOOL.NAME') ?? '',
    ownPool: app.configured('applicationPool') !== undefined,
    physicalPath: isHidden && (await isFolderOf(context, place, directory)) ? directory : shown,
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
