import { assumptionLine, assumptionsOf, placeOfApp } from '../app/place/index.js';
import type { ConfigModel } from '../config/index.js';
import { serveSite } from '../host/facts/index.js';
import type { TraceOptions } from './types.js';

export interface TracedSiteOptions {
  /** Absolute. */
  readonly directory: string;
  /** undefined: web.config's, else the folder's name. */
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
  const { directory, vdirPath, apps = [], applicationHostFile, environment } = options;
  if (applicationHostFile !== undefined) {
    return { model: serveSite({ directory, vdirPath: '/', applicationHostFile, environment })() };
  }
  const { named, ...place } = placeOfApp(directory, vdirPath);
  const model = serveSite({ ...place, apps, environment })();
  if (named === undefined) return { model, assumed: assumptionLine(assumptionsOf({ place })) };
  const { key, file, line } = named;
  return { model, placement: { note: `the vdir path is ${named.path}, from ${key}; --path changes it`, file, line } };
}
