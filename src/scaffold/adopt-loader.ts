import path from 'node:path';
import type { App, LoaderNeed } from '../app/index.js';
import { isTypeScript, loaderName, loaderVdirName } from '../source/index.js';
import type { WebConfigWants } from '../webconfig/index.js';
import type { LoaderSettings } from './loader.js';
import type { CheckedOptions } from './options.js';
import type { LoaderChoice, LoaderReason } from './types.js';

/** Does web.config map the loader to iisnode? */
const startsLoader = ({ handled }: App): boolean => handled.some(({ name }) => same(name, loaderName));

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * Decides whether the loader starts the app. A web.config that already maps the app's own entry point to iisnode keeps it
 * unless something is certain to fail.
 */
export function chooseLoader(
  { directory, loader }: CheckedOptions,
  app: App,
  entry: string,
  need: LoaderNeed,
  starts = startsLoader(app),
): LoaderChoice {
  const carries = app.handled.some(({ name }) => same(name, entry));
  const reasons = need.reasons
    .filter(({ isCertain }) => isCertain || !carries)
    .map((each) => relative(directory, each));
  const used = loader === 'always' || (loader === 'auto' && (starts || reasons.length > 0));
  return { used, file: loaderName, reasons };
}

function relative(directory: string, { says, file, line }: LoaderReason): LoaderReason {
  if (file === undefined) return { says };
  const name = path.relative(directory, file).split(path.sep).join('/');
  return { says, file: name, ...(line !== undefined && { line }) };
}

/** The changes of web.config: iisnode starts the loader instead of the app's own entry. */
export function withLoader(wants: WebConfigWants): WebConfigWants {
  const folder = path.posix.dirname(wants.entry);
  return {
    ...wants,
    entry: loaderName,
    isLoader: true,
    replaces: [wants.entry, ...(wants.replaces ?? [])],
    // iisnode watches the folder of the file it starts; a change of the app's own entry must also restart it.
    ...(!folder.includes('node_modules') && {
      watchedEntry: wants.entry,
      ...(folder !== '.' && { watchedFolders: [folder] }),
    }),
    ...(isTypeScript(wants.entry) && { watchesTypeScript: true }),
  };
}

/** The same without the loader. */
export const withoutLoader = (wants: WebConfigWants): WebConfigWants => ({
  ...wants,
  replaces: [loaderName, ...(wants.replaces ?? [])],
});

/** The settings of the loader for an app. */
export function loaderSettings(entry: string, vdirPath: string, need: LoaderNeed): Partial<LoaderSettings> {
  const { start, iisnode, knowsVdirPath, hasRootUrls } = need;
  const isInVdir = vdirPath !== '/';
  // Shell variables are unknown here.
  const env = Object.entries(start.env).filter(([name, value]) => name !== 'PORT' && !/[$%]/.test(value));
  return {
    entry,
    args: start.args,
    root: start.folder || '.',
    vdirPath,
    stripVdirPath: !(isInVdir && knowsVdirPath),
    rewritePages: isInVdir && !knowsVdirPath && hasRootUrls,
    env: Object.fromEntries(env),
    envFiles: start.envFiles,
    requires: start.requires,
    imports: start.imports,
    ...iisnode,
  };
}

/** Settings from the command line: they override those in the file. */
export const askedSettings = ({ entry, vdirPath }: CheckedOptions): readonly (keyof LoaderSettings)[] => [
  ...(entry === undefined ? [] : (['entry'] as const)),
  ...(vdirPath === undefined ? [] : (['vdirPath', 'stripVdirPath', 'rewritePages'] as const)),
];

export const loaderFileNames: readonly string[] = [loaderName, loaderVdirName];
