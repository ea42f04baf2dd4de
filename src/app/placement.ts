import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { FileError, spellingOnDisk } from '../files/index.js';
import { diskReader, type NamedVdirPath, vdirPathFault, vdirPathIn } from '../webconfig/index.js';
import { parseXml, XmlError } from '../xml/index.js';

/** What says where an app sits; `nothing`: it is taken for the whole site. */
export type PlacedBy = 'option' | 'web.config' | 'folder name' | 'nothing';

export interface PlacedApp {
  /** Absolute physical path. */
  readonly directory: string;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  readonly by: PlacedBy;
  /** What web.config says, when that decided. */
  readonly named?: NamedVdirPath & { readonly file: string };
}

/** Where a folder sits of which nothing says it: deploy, serve and the doctor name it after the folder, trace takes it for the whole site. */
export type WhenUnsaid = 'folder name' | 'nothing';

/**
 * Where an app sits, for every command: as asked, else as its web.config says (which init writes), else as `unsaid`. A path in
 * web.config that IIS would not take is given as it is, so that whoever puts the app there can refuse it; a command that puts it nowhere
 * passes over it. Throws UserError DIRECTORY_NOT_FOUND or DIRECTORY_IS_FILE.
 */
export function placeOfApp(directory: string, asked?: string, unsaid: WhenUnsaid = 'folder name'): PlacedApp {
  refuseUnlessFolder(directory);
  if (asked !== undefined) return { directory, vdirPath: asked, by: 'option' };
  const file = path.join(directory, 'web.config');
  return placeBy(directory, namedVdirPath(file), file, unsaid);
}

/** The same for a web.config that was read already. */
export function placeBy(
  directory: string,
  named: NamedVdirPath | undefined,
  file: string,
  unsaid: WhenUnsaid,
): PlacedApp {
  const isUsable = named !== undefined && (unsaid === 'folder name' || vdirPathFault(named.path) === undefined);
  if (isUsable) {
    const asSpelled = spellingOnDisk(file) ?? file;
    return { directory, vdirPath: named.path, by: 'web.config', named: { ...named, file: asSpelled } };
  }
  return { directory, vdirPath: unsaid === 'nothing' ? '/' : pathFromFolder(directory), by: unsaid };
}

/** The vdir path that is taken from a folder's name, with what no URL needs to encode: nobody chose the other characters for one. */
export function pathFromFolder(directory: string): string {
  const name = path
    .basename(directory)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.~-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `/${name || 'app'}`;
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

/** undefined when the web.config is absent, malformed or not to be read (the host answers 500.19 and says why), or says nothing. */
function namedVdirPath(file: string): NamedVdirPath | undefined {
  try {
    const bytes = diskReader.read(file);
    return bytes && vdirPathIn(parseXml(bytes, file));
  } catch (error) {
    if (error instanceof XmlError || error instanceof FileError) return undefined;
    throw error;
  }
}
