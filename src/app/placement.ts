import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { FileError } from '../files/index.js';
import { diskReader, type NamedVdirPath, vdirPathFault, vdirPathIn } from '../webconfig/index.js';
import { parseXml, XmlError } from '../xml/index.js';

export interface PlacedApp {
  /** Absolute physical path. */
  readonly directory: string;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
}

/**
 * Where an app sits when it is served or deployed: as asked, else as its web.config says, else named after its folder.
 * Throws UserError DIRECTORY_NOT_FOUND or DIRECTORY_IS_FILE.
 */
export function placeOfServedApp(directory: string, asked?: string): PlacedApp {
  refuseUnlessFolder(directory);
  return { directory, vdirPath: asked ?? vdirPathOfWebConfig(directory) ?? pathFromName(path.basename(directory)) };
}

/**
 * Where a folder sits when a URL is traced: as asked, else as its web.config says, else at the root. `named` is what web.config
 * says, when that decided. Throws as `placeOfServedApp` does.
 */
export function placeOfTracedApp(
  directory: string,
  asked?: string,
): PlacedApp & { readonly named?: NamedVdirPath & { readonly file: string } } {
  refuseUnlessFolder(directory);
  if (asked !== undefined) return { directory, vdirPath: asked };
  const named = namedVdirPath(directory);
  if (named === undefined || vdirPathFault(named.path) !== undefined) return { directory, vdirPath: '/' };
  return { directory, vdirPath: named.path, named: { ...named, file: path.join(directory, 'web.config') } };
}

function refuseUnlessFolder(directory: string): void {
  const stats = statOf(directory);
  if (stats?.isDirectory() === true) return;
  if (stats !== undefined) {
    throw new UserError('DIRECTORY_IS_FILE', {
      what: `${directory} is a file`,
      why: 'The embedded IIS serves the folder of an app.',
      next: `name its folder: ${path.dirname(directory)}`,
    });
  }
  throw new UserError('DIRECTORY_NOT_FOUND', {
    what: `there is no folder ${directory}`,
    why: 'The embedded IIS serves the folder of an app.',
    next: "name the app's folder, or make one: iisnode-sock init dante",
  });
}

/** undefined for what is not there, below a file too (ENOTDIR), and for what nobody may look at. */
function statOf(directory: string): Stats | undefined {
  try {
    return statSync(directory, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** A folder's name may have characters that a vdir path cannot have; nobody chose them. */
function pathFromName(name: string): string {
  if (vdirPathFault(`/${name}`) === undefined) return `/${name}`;
  return `/${name.replace(/[^\w.~-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'app'}`;
}

/** undefined when the web.config is absent, malformed or not to be read (the host answers 500.19 and says why), or says nothing. */
function vdirPathOfWebConfig(directory: string): string | undefined {
  return namedVdirPath(directory)?.path;
}

function namedVdirPath(directory: string): NamedVdirPath | undefined {
  const file = path.join(directory, 'web.config');
  try {
    const bytes = diskReader.read(file);
    return bytes && vdirPathIn(parseXml(bytes, file));
  } catch (error) {
    if (error instanceof XmlError || error instanceof FileError) return undefined;
    throw error;
  }
}
