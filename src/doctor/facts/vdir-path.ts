import { normalVdirPath, vdirPathFault, vdirPathIn, vdirPathOf } from '../../webconfig/index.js';
import type { XmlDocument } from '../../xml/index.js';
import type { VdirPath } from './facts.js';

/**
 * Where the app sits: as the command line says, else as web.config's appSettings say; a value there that IIS would not take
 * as a vdir path says something else. 'dante' and 'dante/' will do. Throws UserError VDIR_PATH_INVALID for the option.
 */
export function readVdirPath(document: XmlDocument | undefined, option: string | undefined): VdirPath | undefined {
  const named = document && vdirPathIn(document);
  if (option !== undefined) return { path: vdirPathOf(withSlash(option)), from: 'option', key: named?.key };
  if (!named || vdirPathFault(named.path) !== undefined) return undefined;
  return { path: named.path, from: 'appSettings', key: named.key };
}

/** A folder on disk and a URL stay what they are, so that the error can say so. */
const withSlash = (option: string): string => (/^[a-z]+:/i.test(option) ? option : normalVdirPath(option));
