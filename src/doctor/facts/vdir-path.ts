import { lenientVdirPathOf, vdirPathFault, vdirPathIn } from '../../webconfig/index.js';
import type { XmlDocument } from '../../xml/index.js';

/** Where the app sits in its site, and who says so. */
export interface VdirPath {
  /** '/' or '/dante'. */
  readonly path: string;
  readonly from: 'option' | 'appSettings';
  /** The appSettings key, which node sees as an environment variable. */
  readonly key: string | undefined;
  /** What the appSettings say, also when the option says something else; undefined when they say nothing usable. */
  readonly named: string | undefined;
}

/**
 * Where the app sits: as the command line says, else as web.config's appSettings say; a value there that IIS would not take
 * as a vdir path says something else. 'dante' and 'dante/' will do. Throws UserError VDIR_PATH_INVALID for the option.
 */
export function readVdirPath(document: XmlDocument | undefined, option: string | undefined): VdirPath | undefined {
  const found = document && vdirPathIn(document);
  const named = found && vdirPathFault(found.path) === undefined ? found.path : undefined;
  const key = found?.key;
  if (option !== undefined) return { path: lenientVdirPathOf(option), from: 'option', key, named };
  return named === undefined ? undefined : { path: named, from: 'appSettings', key, named };
}
