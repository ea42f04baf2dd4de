import path from 'node:path';
import { FileError, requireFolder } from '../../files/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { type NamedVdirPath, vdirPathFault } from '../../webconfig/index.js';
import { namedVdirPathAt } from '../configuration.js';
import { readWebConfigFile, webConfigIn } from '../web-config.js';

/** Where an app's vdir path comes from; `nothing`: the app is the site's root. */
export type PlacedBy = 'option' | 'web.config' | AssumedFrom;

export interface PlacedApp {
  /** Absolute physical path. */
  readonly directory: string;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  readonly by: PlacedBy;
  /** The setting of web.config, when the path comes from it. */
  readonly named?: NamedVdirPath;
}

/**
 * The default when the vdir path is unknown: every command uses the folder's name, in a site of the app's own its root; rules about a
 * web.config alone assume none.
 */
export type AssumedFrom = 'folder name' | 'own site' | 'nothing';

/**
 * The app's vdir path, for every command: the one asked for, else the one in its web.config (which init writes), else as in `assumeFrom`.
 * A path in web.config that IIS would not accept is returned unchanged, so that deploy, serve and trace can refuse it; rules about a
 * web.config alone ignore it. Throws UserError DIRECTORY_NOT_FOUND, DIRECTORY_IS_FILE or DIRECTORY_UNREADABLE.
 */
export function placeOfApp(directory: string, asked?: string, assumeFrom: AssumedFrom = 'folder name'): PlacedApp {
  requireFolder(directory, {
    next: `name the app's folder, or create one: ${iisnodeSock} init dante`,
    codeOfFile: 'DIRECTORY_IS_FILE',
  });
  if (asked !== undefined) return { directory, vdirPath: asked, by: 'option' };
  return placeBy(directory, namedVdirPath(directory), assumeFrom);
}

/** The same for a web.config that has been read already. */
export function placeBy(directory: string, named: NamedVdirPath | undefined, assumeFrom: AssumedFrom): PlacedApp {
  const isUsable = named !== undefined && (assumeFrom !== 'nothing' || vdirPathFault(named.path) === undefined);
  if (isUsable) return { directory, vdirPath: named.path, by: 'web.config', named };
  return { directory, vdirPath: assumeFrom === 'folder name' ? pathFromFolder(directory) : '/', by: assumeFrom };
}

/** The vdir path from a folder's name, only with characters that a URL need not encode: the name was not chosen as a path. */
export function pathFromFolder(directory: string): string {
  const name = path
    .basename(directory)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.~-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `/${name || 'app'}`;
}

/** undefined when the web.config is absent, malformed or unreadable (the host answers 500.19 and says why), or has no such setting. */
function namedVdirPath(directory: string): NamedVdirPath | undefined {
  try {
    return namedVdirPathAt(directory, readWebConfigFile(webConfigIn(directory)));
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
