import path from 'node:path';
import type { AppFolder } from './folder.js';
import { hasLongLine } from './long-line.js';
import { type Place, placeAt } from './text-file.js';

/** A file into which a bundler wrote an app's server with the packages that it uses. */
export interface ServerBundle {
  /** Relative, forward slashes. */
  readonly name: string;
  readonly at: Place;
  /** Does a source map name its sources? */
  readonly isMapped: boolean;
  /**
   * socket.io is in it: the folder where that looks for its client scripts, relative to the app, and where it says so. Undefined where
   * the app does not serve them (serveClient: false).
   */
  readonly clients: { readonly folder: string; readonly at: Place } | undefined;
}

/** What bundlers add: functions of esbuild, rollup, rolldown, webpack and ncc, and comments with the files of packages. */
const marks =
  /\b__(commonJS|toESM|esm|webpack_require__|webpack_modules__|nccwpck_require__|commonJSMin)\b|\bfunction getDefaultExportFromCjs ?\(|^var (commonjsGlobal = |hasRequired\w+;)|^\/\/ node_modules\/|\/\*! ?\w*\/?node_modules\//m;
/** A minifier gives those names others; no person writes a line that is as long. */
const longestLine = 5_000;
/** socket.io, dist/index.js: path.join(__dirname, "../client-dist/", filename). */
const clientFolder = /(["'`])\.\.\/client-dist\/\1/;

/** Did a bundler write it, or a minifier? */
export const isBundle = (text: string): boolean => hasLongLine(text, longestLine) || marks.test(text);

/** The bundle by that name; undefined for another script. */
export function readServerBundle(folder: AppFolder, name: string): ServerBundle | undefined {
  const text = name.includes('node_modules/') ? undefined : folder.readLarge(name);
  if (text === undefined || !isBundle(text)) return undefined;
  const source = { file: path.join(folder.root, name), text };
  const found = /\bserveClient\s*:\s*(false|!1)\b/.test(text) ? null : clientFolder.exec(text);
  return {
    name,
    at: placeAt(source, 0),
    isMapped: folder.isFile(`${name}.map`),
    clients: found
      ? {
          folder: path.posix.join(path.posix.dirname(name), '..', 'client-dist'),
          at: placeAt(source, found.index),
        }
      : undefined,
  };
}
