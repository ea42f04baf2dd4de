import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { sectionsOf } from '../config/index.js';
import { UserError } from '../errors.js';
import { spellingOnDisk } from '../files/index.js';
import { quoteForCmd } from '../quoting.js';
import { diskReader, type NamedVdirPath, parseIisnodeYml, plainRouteIn, vdirPathIn } from '../webconfig/index.js';
import { attribute, findElement, findElements, parseXml, type XmlDocument, XmlError } from '../xml/index.js';

/** What an app's folder says about itself. */
export interface AppFacts {
  readonly directory: string;
  /** Entry point relative to the folder, forward slashes. */
  readonly entry: string;
  /** Where its web.config says that it sits; undefined when it does not say. */
  readonly vdirPath: NamedVdirPath | undefined;
  readonly sections: readonly string[];
  /** Names that its rewrite rules set, as written. */
  readonly serverVariables: readonly string[];
  /** Where plain WebSockets come in, below the app's own URL; undefined for socket.io. */
  readonly plainRoute: string | undefined;
  /** Absolute. */
  readonly logDirectory: string;
}

/**
 * Reads what deploying needs to know, and refuses what cannot work.
 * @param entry given by the person; default: the literal path of the iisnode handler.
 * @param isComing whether an entry point that is not there will be, once the app is built.
 * @throws UserError DIRECTORY_NOT_FOUND, WEB_CONFIG_NOT_FOUND, WEB_CONFIG_NOT_WELL_FORMED, ENTRY_UNKNOWN, ENTRY_NOT_FOUND.
 */
export function readAppFacts(
  directory: string,
  entry?: string,
  isComing: (entry: string) => boolean = () => false,
): AppFacts {
  const { absolute, document } = readApp(directory);
  const chosen =
    entry === undefined ? entryOf(document, absolute, directory) : entry.replaceAll('\\', '/').replace(/^\.\//, '');
  if (spellingOnDisk(path.join(absolute, chosen)) === undefined && !isComing(chosen)) {
    throw new UserError('ENTRY_NOT_FOUND', {
      what: `${path.join(directory, chosen)} does not exist`,
      why: entry === undefined ? 'the iisnode handler in web.config names it' : 'it was given as the entry point',
      next:
        entry === undefined
          ? `iisnode-sock doctor ${quoteForCmd(directory)}     (shows the handler); make the file (npm run build, if a build makes it), or name the right one in web.config`
          : 'name a file that is there',
    });
  }
  return {
    directory: absolute,
    entry: chosen,
    vdirPath: vdirPathIn(document),
    sections: sectionsOf(document),
    serverVariables: serverVariablesOf(document),
    plainRoute: plainRouteIn(document),
    logDirectory: logDirectoryOf(document, absolute, chosen),
  };
}

/**
 * Folder iisnode writes this app's logs to, absolute; it need not exist yet, nor need the entry file any more.
 * @throws UserError DIRECTORY_NOT_FOUND, WEB_CONFIG_NOT_FOUND, WEB_CONFIG_NOT_WELL_FORMED, ENTRY_UNKNOWN.
 */
export function findLogDirectory(directory: string): string {
  const { absolute, document } = readApp(directory);
  return logDirectoryOf(document, absolute, entryOf(document, absolute, directory));
}

function readApp(directory: string): { readonly absolute: string; readonly document: XmlDocument } {
  const absolute = path.resolve(directory);
  if (!existsSync(absolute) || !statSync(absolute).isDirectory()) {
    throw new UserError('DIRECTORY_NOT_FOUND', {
      what: `${directory} is no folder`,
      why: 'it has to be the folder of an app, with its web.config',
      next: `make one with: iisnode-sock init ${quoteForCmd(directory)}`,
    });
  }
  return { absolute, document: readWebConfig(absolute, directory) };
}

function serverVariablesOf({ root }: XmlDocument): readonly string[] {
  const scopes = [root, ...findElements(root, 'location')];
  const sets = scopes.flatMap((scope) =>
    findElements(scope, 'system.webServer/rewrite/rules/rule/serverVariables/set'),
  );
  return [...new Set(sets.flatMap((set) => attribute(set, 'name') ?? []))];
}

function readWebConfig(absolute: string, shown: string): XmlDocument {
  const file = path.join(absolute, 'web.config');
  const bytes = diskReader.read(file);
  if (bytes === undefined) {
    throw new UserError('WEB_CONFIG_NOT_FOUND', {
      what: `${shown} has no web.config`,
      why: 'IIS reads it to start your app, so nothing can run here yet',
      next: `iisnode-sock init ${quoteForCmd(shown)}     (keeps your files, adds what is missing)`,
    });
  }
  try {
    return parseXml(bytes, file);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new UserError('WEB_CONFIG_NOT_WELL_FORMED', {
      what: `${file}:${cause.position.line}:${cause.position.column} is not well-formed XML`,
      why: cause.message,
      next: `iisnode-sock doctor ${quoteForCmd(shown)}     (shows the place; fix it there)`,
      cause,
    });
  }
}

/** The first iisnode handler whose path is a file name, not a pattern. */
function entryOf(document: XmlDocument, directory: string, shown: string): string {
  const paths = findElements(document.root, 'system.webServer/handlers/add')
    .filter((handler) => attribute(handler, 'modules')?.toLowerCase() === 'iisnode')
    .map((handler) => attribute(handler, 'path') ?? '')
    .filter((name) => name !== '' && !name.includes('*'));
  const chosen = paths.find((name) => spellingOnDisk(path.join(directory, name)) !== undefined) ?? paths[0];
  if (chosen !== undefined) return chosen;
  throw new UserError('ENTRY_UNKNOWN', {
    what: 'web.config names no entry point',
    why: 'it has no handler that gives one file to iisnode',
    next: `add it with: iisnode-sock init ${quoteForCmd(shown)}     (keeps your files)`,
  });
}

/** iisnode.yml wins over web.config (iisnode 0.2.26, cmoduleconfiguration.cpp). */
function logDirectoryOf(document: XmlDocument, directory: string, entry: string): string {
  const file = path.join(directory, entry);
  const beside = path.dirname(spellingOnDisk(file) ?? file);
  const section = findElement(document.root, 'system.webServer/iisnode');
  let name = (section === undefined ? undefined : attribute(section, 'logDirectory')) ?? 'iisnode';
  const yml = path.join(beside, 'iisnode.yml');
  try {
    const entries = parseIisnodeYml(diskReader.read(yml) ?? new Uint8Array());
    name = entries.findLast(({ key }) => key.toLowerCase() === 'logdirectory')?.value ?? name;
  } catch {
    // iisnode refuses such a file too; doctor tells, and the logs are where web.config says
  }
  return path.resolve(beside, name.replaceAll('\\', path.sep));
}
