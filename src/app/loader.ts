import path from 'node:path';
import { type AppFolder, type LoaderText, loaderName, loaderVdirName, readLoaderText } from '../source/index.js';

/** The app's own entry point, where iisnode starts the loader. */
export interface Program {
  /** Relative, forward slashes. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly exists: boolean;
}

/** The loader that iisnode starts, and what it does with its settings. */
export interface LoaderUse {
  /** Relative, forward slashes: 'iisnode-entry.cjs'. */
  readonly name: string;
  readonly version: number;
  /** '/' or '/chat': that of web.config, else its own setting. */
  readonly vdirPath: string;
  /** Does the app see URLs without the vdir path? */
  readonly strips: boolean;
  /** Do root-absolute URLs in pages get the vdir path? */
  readonly rewritesPages: boolean;
  /** Of an app that opens several ports: the one that IIS serves. */
  readonly port: number | undefined;
  /** A file that it needs beside it and that is not there. */
  readonly missing: string | undefined;
}

/** The loader by that name in the app's folder; undefined for another file, and for none. */
function loaderIn(folder: AppFolder, name: string): LoaderText | undefined {
  if (path.posix.basename(name).toLowerCase() !== loaderName) return undefined;
  const text = folder.read(name);
  return text === undefined ? undefined : readLoaderText({ file: path.join(folder.root, name), text });
}

/** What the loader of that name loads; undefined where it is no loader. */
export function programOfLoader(folder: AppFolder, name: string): Program | undefined {
  const loader = loaderIn(folder, name);
  if (loader === undefined) return undefined;
  const entry = loader.settings.get('entry')?.value;
  const written = path.posix.join(path.posix.dirname(name), typeof entry === 'string' ? entry : 'server.js');
  const found = folder.spelling(written);
  return { name: found ?? written, file: path.join(folder.root, found ?? written), exists: found !== undefined };
}

/**
 * The loader among the programs that iisnode is given.
 *
 * @param environment The value of a key of web.config's appSettings, which comes before its own settings, as it reads them itself.
 */
export function loaderUse(
  folder: AppFolder,
  entries: readonly { readonly name: string }[],
  environment: (key: string) => string | undefined,
): LoaderUse | undefined {
  for (const { name } of entries) {
    const loader = loaderIn(folder, name);
    if (loader === undefined) continue;
    const isOn = (setting: string, fallback: boolean): boolean =>
      String(environment(setting) ?? loader.settings.get(setting)?.value ?? fallback) === 'true';
    const port = loader.settings.get('port')?.value;
    const strips = isOn('stripVdirPath', true);
    const vdirPath = String(environment('virtualDirPath') ?? loader.settings.get('vdirPath')?.value ?? '/');
    const beside = path.posix.join(path.posix.dirname(name), loaderVdirName);
    return {
      name,
      version: loader.version,
      vdirPath,
      strips,
      rewritesPages: isOn('rewritePages', false),
      port: typeof port === 'number' ? port : undefined,
      missing: strips && vdirPath !== '/' && !folder.isFile(beside) ? beside : undefined,
    };
  }
  return undefined;
}
