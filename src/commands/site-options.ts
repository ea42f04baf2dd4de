import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { FileError } from '../files/index.js';
import { diskReader, type NamedVdirPath, vdirPathFault, vdirPathIn } from '../webconfig/index.js';
import { parseXml, XmlError } from '../xml/index.js';

/** The folder of an app and where it sits: as asked, else as its web.config says, else named after the folder. */
export function siteDirectory(
  cwd: string,
  dir: string,
  asked: string | undefined,
): { readonly directory: string; readonly vdirPath: string } {
  const directory = path.resolve(cwd, dir);
  refuseUnlessFolder(directory);
  return { directory, vdirPath: asked ?? vdirPathOfWebConfig(directory) ?? pathFromName(path.basename(directory)) };
}

/**
 * The folder of a site and where it sits: as asked, else where its web.config says that it lives (there `serve` and `deploy`
 * put it, too), else at the root. `named` is what web.config says, when that decided.
 */
export function tracedDirectory(
  cwd: string,
  dir: string,
  asked: string | undefined,
): {
  readonly directory: string;
  readonly vdirPath: string;
  readonly named?: NamedVdirPath & { readonly file: string };
} {
  const directory = path.resolve(cwd, dir);
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
export function vdirPathOfWebConfig(directory: string): string | undefined {
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

/** `--app /vpath=DIR`, repeatable. Throws UserError BAD_APP. */
export function parseApps(
  cwd: string,
  values: readonly string[],
): readonly { readonly path: string; readonly directory: string }[] {
  return values.map((value) => {
    const [, vdirPath, directory] = /^(\/[^=]*)=(.+)$/.exec(value) ?? [];
    if (vdirPath === undefined || directory === undefined) {
      throw new UserError('BAD_APP', {
        what: `--app ${value} is not of the form /vpath=DIR`,
        why: 'An application of the site needs a vdir path, which starts with /, and a folder.',
        next: 'for example: --app /chat=./chat',
      });
    }
    return { path: vdirPath, directory: path.resolve(cwd, directory) };
  });
}

/** `--header 'Name: value'`, repeatable. Throws UserError BAD_HEADER. */
export function headerPairs(values: readonly string[]): readonly (readonly [string, string])[] {
  return values.map((value) => {
    const [, name, content] = /^([^\s:]+):\s*(.*)$/.exec(value) ?? [];
    if (name !== undefined && content !== undefined) return [name, content];
    throw new UserError('BAD_HEADER', {
      what: `--header ${JSON.stringify(value)} is not of the form 'Name: value'`,
      why: 'A request header has a name, a colon and a value.',
      next: "for example: --header 'Upgrade: websocket'",
    });
  });
}
