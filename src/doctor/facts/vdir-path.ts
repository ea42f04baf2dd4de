import { normalVdirPath, vdirPathIn } from '../../webconfig/index.js';
import type { XmlDocument } from '../../xml/index.js';
import type { VdirPath } from './facts.js';

/** Where the app sits: as the command line says, else as web.config's appSettings say. */
export function readVdirPath(document: XmlDocument | undefined, option: string | undefined): VdirPath | undefined {
  const named = document && vdirPathIn(document);
  if (option !== undefined) return { path: normalVdirPath(option), from: 'option', key: named?.key };
  return named && { path: named.path, from: 'appSettings', key: named.key };
}
