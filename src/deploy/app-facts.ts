import { statSync } from 'node:fs';
import path from 'node:path';
import { type App, type Entry, normalName } from '../app/index.js';
import { sectionsOf } from '../config/index.js';
import { UserError } from '../errors.js';
import { spellingOnDisk } from '../files/index.js';
import { quoteForCmd } from '../quoting.js';
import { plainRouteIn } from '../webconfig/index.js';
import { attribute, findElements, type XmlDocument } from '../xml/index.js';

/** What deploying needs to know of an app. */
export interface AppFacts {
  readonly directory: string;
  /** Entry point relative to the folder, forward slashes. */
  readonly entry: string;
  readonly sections: readonly string[];
  /** Names that its rewrite rules set, as written. */
  readonly serverVariables: readonly string[];
  /** Where plain WebSockets come in, below the app's own URL; undefined for socket.io. */
  readonly plainRoute: string | undefined;
  /** Absolute. */
  readonly logDirectory: string;
}

/** What is said about an app in errors: its folder as the person typed it, and the entry point they gave. */
export interface Asked {
  readonly directory: string;
  /** Default: the program that web.config gives to iisnode. */
  readonly entry?: string | undefined;
}

/**
 * Takes from an app what deploying needs to know, and refuses what cannot work.
 * @param isComing whether an entry point that is not there will be, once the app is built.
 * @throws UserError DIRECTORY_NOT_FOUND, WEB_CONFIG_NOT_FOUND, WEB_CONFIG_NOT_WELL_FORMED, ENTRY_UNKNOWN, ENTRY_NOT_FOUND.
 */
export function appFacts(app: App, asked: Asked, isComing: (entry: string) => boolean = () => false): AppFacts {
  const document = documentOf(app, asked.directory);
  const entry = asked.entry === undefined ? entryOf(app, asked.directory).name : normalName(asked.entry);
  if (spellingOnDisk(path.join(app.directory, entry)) === undefined && !isComing(entry)) throw notThere(entry, asked);
  return {
    directory: app.directory,
    entry,
    sections: sectionsOf(document),
    serverVariables: serverVariablesOf(document),
    plainRoute: plainRouteIn(document),
    logDirectory: app.logDirectoryOf(entry),
  };
}

/**
 * Folder iisnode writes this app's logs to, absolute; it need not exist yet, nor need the entry file any more.
 * @param shown The folder as the person typed it.
 * @throws UserError DIRECTORY_NOT_FOUND, WEB_CONFIG_NOT_FOUND, WEB_CONFIG_NOT_WELL_FORMED, ENTRY_UNKNOWN.
 */
export function findLogDirectory(app: App, shown = app.directory): string {
  documentOf(app, shown);
  return app.logDirectoryOf(entryOf(app, shown).name);
}

function documentOf(app: App, shown: string): XmlDocument {
  if (statSync(app.directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError('DIRECTORY_NOT_FOUND', {
      what: `${shown} is no folder`,
      why: 'it has to be the folder of an app, with its web.config',
      next: `make one with: iisnode-sock init ${quoteForCmd(shown)}`,
    });
  }
  const { document, error, file } = app.webConfig;
  if (document !== undefined) return document;
  if (error === undefined) {
    throw new UserError('WEB_CONFIG_NOT_FOUND', {
      what: `${shown} has no web.config`,
      why: 'IIS reads it to start your app, so nothing can run here yet',
      next: `iisnode-sock init ${quoteForCmd(shown)}     (keeps your files, adds what is missing)`,
    });
  }
  throw new UserError('WEB_CONFIG_NOT_WELL_FORMED', {
    what: `${file}:${error.position.line}:${error.position.column} is not well-formed XML`,
    why: error.message,
    next: `iisnode-sock doctor ${quoteForCmd(shown)}     (shows the place; fix it there)`,
    cause: error,
  });
}

function serverVariablesOf({ root }: XmlDocument): readonly string[] {
  const scopes = [root, ...findElements(root, 'location')];
  const sets = scopes.flatMap((scope) =>
    findElements(scope, 'system.webServer/rewrite/rules/rule/serverVariables/set'),
  );
  return [...new Set(sets.flatMap((set) => attribute(set, 'name') ?? []))];
}

function entryOf({ entry }: App, shown: string): Entry {
  if (entry !== undefined) return entry;
  throw new UserError('ENTRY_UNKNOWN', {
    what: 'web.config names no entry point',
    why: 'it has no handler that gives one file to iisnode',
    next: `add it with: iisnode-sock init ${quoteForCmd(shown)}     (keeps your files)`,
  });
}

function notThere(name: string, { directory, entry }: Asked): UserError {
  return new UserError('ENTRY_NOT_FOUND', {
    what: `${path.join(directory, name)} does not exist`,
    why: entry === undefined ? 'the iisnode handler in web.config names it' : 'it was given as the entry point',
    next:
      entry === undefined
        ? `iisnode-sock doctor ${quoteForCmd(directory)}     (shows the handler); make the file (npm run build, if a build makes it), or name the right one in web.config`
        : 'name a file that is there',
  });
}
