import type { App } from '../../app/index.js';
import { completedVdirPath, vdirPathFault } from '../../webconfig/index.js';

/** The app's vdir path, and where it comes from. */
export interface VdirPath {
  /** '/' or '/dante'. */
  readonly path: string;
  readonly from: 'option' | 'appSettings';
  /** The appSettings key, which node gets as an environment variable. */
  readonly key: string | undefined;
  /** The value in appSettings, also when the option is different; undefined when there is no usable value. */
  readonly named: string | undefined;
}

/**
 * The app's vdir path: from the command line, else from web.config's appSettings; an invalid vdir path there is ignored.
 * 'dante' and 'dante/' are accepted. Throws UserError VDIR_PATH_INVALID for the option.
 */
export function readVdirPath({ namedVdirPath: found, askedPath: option }: App): VdirPath | undefined {
  const named = found && vdirPathFault(found.path) === undefined ? found.path : undefined;
  const key = found?.key;
  if (option !== undefined) return { path: completedVdirPath(option), from: 'option', key, named };
  return named === undefined ? undefined : { path: named, from: 'appSettings', key, named };
}
