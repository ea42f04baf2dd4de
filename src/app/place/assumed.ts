import type { PlacedApp } from './placement.js';

/** The site of a new IIS installation; the default. */
export const standardSite = 'Default Web Site';

/** A value that a command assumes because the command line does not have it. */
export interface Assumption {
  readonly what: 'path' | 'site' | 'entry';
  readonly value: string;
  /** Where the value comes from: "web.config's virtualDirPath". */
  readonly by: string;
  /** The option that changes it, if the user may want to. */
  readonly option?: '--path' | '--site';
}

/** The assumed vdir path; undefined where the command line has it. */
function assumedPath({ vdirPath: value, by, named }: PlacedApp): Assumption | undefined {
  switch (by) {
    case 'option':
      return undefined;
    case 'web.config':
      return { what: 'path', value, by: `web.config's ${named?.key ?? 'virtualDirPath'}` };
    case 'folder name':
      return { what: 'path', value, by: "the folder's name", option: '--path' };
    case 'own site':
      return { what: 'path', value, by: "the app's own site" };
    case 'nothing':
      return { what: 'path', value, by: 'the vdir path is unknown', option: '--path' };
  }
}

/** The assumed site; undefined where the command line has it. */
function assumedSite(asked: string | undefined, recorded?: string): Assumption | undefined {
  if (asked !== undefined) return undefined;
  const [value, by] =
    recorded === undefined ? [standardSite, 'the default site of IIS'] : [recorded, 'the site it was deployed to'];
  return { what: 'site', value: `"${value}"`, by, option: '--site' };
}

const sources = {
  handler: "web.config's handler",
  rewrite: "web.config's rewrite rule",
  platform: "web.config's httpPlatform",
  'package.json': 'package.json',
  name: 'its name',
} as const;

/** The assumed entry point; undefined where there is none. */
function assumedEntry(
  entry:
    | { readonly name: string; readonly from: keyof typeof sources; readonly program?: { readonly name: string } }
    | undefined,
): Assumption | undefined {
  if (entry?.program) return { what: 'entry', value: entry.program.name, by: `the loader, ${entry.name}` };
  return entry && { what: 'entry', value: entry.name, by: sources[entry.from] };
}

/** What a command has found out of an app. */
export interface Found {
  readonly place?: PlacedApp | undefined;
  readonly entry?: Parameters<typeof assumedEntry>[0];
  /** For a command that needs a site: the one that the command line has, and the one that deploy has created for the app. */
  readonly site?: { readonly asked: string | undefined; readonly recorded?: string | undefined };
}

/** What every command assumes of an app, in the order of its line: path, site, entry point. */
export function assumptionsOf({ place, site, entry }: Found): readonly Assumption[] {
  const all = [place && assumedPath(place), site && assumedSite(site.asked, site.recorded), assumedEntry(entry)];
  return all.flatMap((each) => each ?? []);
}

/** The assumed path and site of an application to remove; undefined where the command line has them, or where there is none. */
export function assumedDeployment(
  { path, site }: { readonly path: string; readonly site: string },
  asked: { readonly path?: string | undefined; readonly site?: string | undefined },
): readonly (Assumption | undefined)[] {
  if (path === '') return [];
  const by = 'the app deployed from this folder';
  return [
    asked.path === undefined ? { what: 'path', value: path, by, option: '--path' } : undefined,
    assumedSite(asked.site, asked.path === undefined || site !== standardSite ? site : undefined),
  ];
}

/** One line with the assumed values and their sources; undefined where nothing was assumed. */
export function assumptionLine(assumed: readonly (Assumption | undefined)[]): string | undefined {
  const said = assumed.flatMap((each) => each ?? []);
  if (said.length === 0) return undefined;
  return said
    .map(
      ({ what, value, by, option }) =>
        `${what} ${value}: ${by}${option === undefined ? '' : `; change it with ${option}`}`,
    )
    .join('. ');
}
