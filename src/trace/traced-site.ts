import { existsSync } from 'node:fs';
import path from 'node:path';
import { assumptionLine, assumptionsOf, pathFromFolder, placeOfApp } from '../app/place/index.js';
import type { ConfigModel } from '../config/index.js';
import { serveSite } from '../host/facts/index.js';
import type { TraceOptions } from './types.js';

export interface TracedSiteOptions {
  readonly url: string;
  /** Absolute. */
  readonly directory: string;
  /** undefined: web.config's, else the folder is the site's root. */
  readonly vdirPath?: string | undefined;
  /** Further applications of the site. */
  readonly apps?: readonly { readonly path: string; readonly directory: string }[];
  /** An applicationHost.config, absolute, instead of all of these: they are refused beside it. */
  readonly applicationHostFile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where a URL is traced. */
export interface TracedSite extends Pick<TraceOptions, 'placement'> {
  readonly model: ConfigModel;
  /** A line about the vdir path, where the trace itself has none. */
  readonly assumed?: string | undefined;
}

/**
 * The given applicationHost.config, or one made for the folder, with a note on how its vdir path was chosen.
 *
 * @throws UserError of `placeOfApp` and `serveSite`; ConfigError.
 */
export function tracedSite(options: TracedSiteOptions): TracedSite {
  const { url, directory, vdirPath, apps = [], applicationHostFile, environment } = options;
  if (applicationHostFile !== undefined) {
    return { model: serveSite({ directory, vdirPath: '/', applicationHostFile, environment })() };
  }
  const { named, ...place } = placeOfApp(directory, vdirPath, 'nothing');
  const model = serveSite({ ...place, apps, environment })();
  if (named !== undefined) {
    const { key, file, line } = named;
    return { model, placement: { note: `the vdir path is ${named.path}, from ${key}; --path changes it`, file, line } };
  }
  const name = path.basename(place.directory);
  const isMeant = vdirPath === undefined && namesFolder(url, name) && !existsSync(path.join(place.directory, name));
  if (!isMeant) return { model, assumed: assumptionLine(assumptionsOf({ place })) };
  const option = `--path ${pathFromFolder(place.directory)}`;
  const note = `the folder is the site's root, because its vdir path is unknown: set it with ${option}`;
  return { model, placement: { note } };
}

/** Does the URL have the folder's name as a segment? */
function namesFolder(url: string, name: string): boolean {
  return url
    .toLowerCase()
    .split(/[/\\?#]/)
    .includes(name.toLowerCase());
}
