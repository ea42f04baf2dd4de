import type { PlacedApp } from './placement.js';

/** The site that IIS has when it is installed, which is meant where nobody names one. */
export const standardSite = 'Default Web Site';

/** Something that a command takes for granted because the command line does not say it. */
export interface Assumption {
  readonly what: 'path' | 'site' | 'entry';
  readonly value: string;
  /** What it was taken from: "web.config's virtualDirPath". */
  readonly by: string;
  /** The option that says otherwise, where a person may want to. */
  readonly option?: '--path' | '--site';
}

/** Where the app is taken to sit; undefined where the command line says it. */
export function assumedPath({ vdirPath: value, by, named }: PlacedApp): Assumption | undefined {
  switch (by) {
    case 'option':
      return undefined;
    case 'web.config':
      return { what: 'path', value, by: `web.config's ${named?.key ?? 'virtualDirPath'}` };
    case 'folder name':
      return { what: 'path', value, by: "the folder's name", option: '--path' };
    case 'nothing':
      return { what: 'path', value, by: 'nothing says where the folder sits in its site', option: '--path' };
  }
}

/** The site that is meant; undefined where the command line says it. */
export function assumedSite(asked: string | undefined): Assumption | undefined {
  return asked === undefined
    ? { what: 'site', value: `"${standardSite}"`, by: 'the one that IIS comes with', option: '--site' }
    : undefined;
}

/** Path and site of an application that is removed; undefined where the command line says them, or where there is none. */
export function assumedDeployment(
  { path, site }: { readonly path: string; readonly site: string },
  asked: { readonly path?: string | undefined; readonly site?: string | undefined },
): readonly (Assumption | undefined)[] {
  if (path === '') return [];
  const by = 'what was deployed from this folder';
  return [
    asked.path === undefined ? { what: 'path', value: path, by, option: '--path' } : undefined,
    asked.path === undefined || site !== standardSite
      ? asked.site === undefined
        ? { what: 'site', value: `"${site}"`, by: 'where it was deployed to', option: '--site' }
        : undefined
      : assumedSite(asked.site),
  ];
}

/** One line that says what was assumed and by what; undefined where nothing was. */
export function assumptionLine(assumed: readonly (Assumption | undefined)[]): string | undefined {
  const said = assumed.flatMap((each) => each ?? []);
  if (said.length === 0) return undefined;
  return said
    .map(
      ({ what, value, by, option }) =>
        `${what} ${value}: ${by}${option === undefined ? '' : `; ${option} says otherwise`}`,
    )
    .join('. ');
}
