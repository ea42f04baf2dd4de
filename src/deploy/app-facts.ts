import path from 'node:path';
import { type App, managerCommand, normalName, packageManagerOf } from '../app/index.js';
import { expand, sectionsOf, variablesOf } from '../config/index.js';
import { UserError } from '../errors.js';
import { requireFolder, spellingOnDisk } from '../files/index.js';
import { quoteForShell } from '../quoting.js';
import { iisnodeSock } from '../typed-command.js';
import { plainRouteOf, sectionAt } from '../webconfig/index.js';
import { attribute, type XmlDocument } from '../xml/index.js';

/** What deploy needs to know about an app. */
export interface AppFacts {
  readonly directory: string;
  /** Entry point relative to the folder, forward slashes. */
  readonly entry: string;
  readonly sections: readonly string[];
  /** Names that its rewrite rules set, as written. */
  readonly serverVariables: readonly string[];
  /** The URL of plain WebSockets, below the app's own URL; undefined for socket.io. */
  readonly plainRoute: string | undefined;
  /** Absolute. */
  readonly logDirectory: string;
}

/** The names of an app in errors: its folder and its entry point as the user typed them. */
export interface Asked {
  readonly directory: string;
  /** Default: the program that web.config maps to iisnode. */
  readonly entry?: string | undefined;
}

/**
 * Returns what deploy needs to know about an app, and refuses what cannot work.
 * @param isComing whether the build creates a missing entry point.
 * @throws UserError DIRECTORY_NOT_FOUND, WEB_CONFIG_NOT_FOUND, WEB_CONFIG_NOT_WELL_FORMED, ENTRY_UNKNOWN, ENTRY_NOT_FOUND.
 */
export function appFacts(app: App, asked: Asked, isComing: (entry: string) => boolean = () => false): AppFacts {
  const document = documentOf(app, asked.directory);
  const entry = asked.entry === undefined ? entryOf(app, asked.directory) : normalName(asked.entry);
  if (spellingOnDisk(path.join(app.directory, entry)) === undefined && !isComing(entry)) throw notThere(entry, asked);
  const loaded = app.loadedBy(entry);
  if (loaded?.exists === false && !isComing(entry)) throw notLoaded(loaded.name, entry, asked);
  return {
    directory: app.directory,
    entry,
    sections: sectionsOf(document),
    serverVariables: serverVariablesOf(app),
    plainRoute: plainRouteOf(app.configuration?.rewrite?.rules ?? []),
    logDirectory: app.logDirectoryOf(entry),
  };
}

/**
 * The absolute folder of this app's iisnode logs; neither the folder nor the entry file need exist.
 * @param shown The folder as the user typed it.
 * @throws UserError DIRECTORY_NOT_FOUND, WEB_CONFIG_NOT_FOUND, WEB_CONFIG_NOT_WELL_FORMED, ENTRY_UNKNOWN.
 */
export function findLogDirectory(app: App, shown = app.directory): string {
  documentOf(app, shown);
  return app.logDirectoryOf(entryOf(app, shown));
}

/** Where the output of an app's processes is kept. */
export interface LogPlace {
  /** Absolute. */
  readonly logDirectory: string;
  /** How the names of HttpPlatformHandler's logs begin: `node` of `.\\logs\\node`; undefined: iisnode's names. */
  readonly logBase?: string;
}

/**
 * The logs of the module that runs the app; neither folder nor entry file need exist.
 * @param shown The folder as the user typed it.
 * @throws UserError like findLogDirectory; LOG_NOT_KEPT (refused).
 */
export function findLogs(app: App, shown = app.directory): LogPlace {
  const document = documentOf(app, shown);
  if (app.platformScript === undefined) return { logDirectory: findLogDirectory(app, shown) };
  const section = sectionAt(document, 'system.webServer/httpPlatform');
  const isKept = section !== undefined && attribute(section, 'stdoutLogEnabled')?.toLowerCase() === 'true';
  if (!isKept) {
    const at = section === undefined ? '' : `:${document.positionAt(section.startTag.start).line}`;
    throw noPlatformLog(`${app.webConfig.file}${at}`, shown);
  }
  const written = attribute(section, 'stdoutLogFile') ?? '.\\httpplatform-stdout';
  const file = expand(written, variablesOf(app.environment)).replaceAll('\\', path.sep);
  const named = path.resolve(app.directory, file);
  return { logDirectory: path.dirname(named), logBase: path.basename(named) };
}

const noPlatformLog = (place: string, shown: string): UserError =>
  new UserError('LOG_NOT_KEPT', {
    what: 'what node prints is not kept: HttpPlatformHandler has no log',
    why: `<httpPlatform> needs stdoutLogEnabled="true" in ${place}, and a folder of stdoutLogFile that is there and the pool may write to.`,
    next: `${iisnodeSock} doctor ${quoteForShell(shown)}     (starts the app, and shows why it ends)`,
    exit: 'refused',
  });

function documentOf(app: App, shown: string): XmlDocument {
  requireFolder(app.directory, { shown, next: `create one with: ${iisnodeSock} init ${quoteForShell(shown)}` });
  const { document, error, file } = app.webConfig;
  if (document !== undefined) return document;
  if (error === undefined) {
    throw new UserError('WEB_CONFIG_NOT_FOUND', {
      what: `${shown} has no web.config`,
      why: 'IIS needs it to start your app',
      next: `${iisnodeSock} init ${quoteForShell(shown)}     (keeps your files, adds what is missing)`,
    });
  }
  throw new UserError('WEB_CONFIG_NOT_WELL_FORMED', {
    what: `${file}:${error.position.line}:${error.position.column} is not well-formed XML`,
    why: error.message,
    next: `${iisnodeSock} doctor ${quoteForShell(shown)}     (shows the line to fix)`,
    cause: error,
  });
}

/** Also those of rules for a URL below the app's own, which have a <location> of their own. */
function serverVariablesOf({ configuration }: App): readonly string[] {
  const rules = configuration?.ruleSets.flat() ?? [];
  return [...new Set(rules.flatMap(({ serverVariables }) => serverVariables.map(({ name }) => name)))];
}

function entryOf(app: App, shown: string): string {
  const name = app.platformScript ?? app.entry?.name;
  if (name !== undefined) return name;
  throw new UserError('ENTRY_UNKNOWN', {
    what: 'web.config names no entry point',
    why: 'it has no handler that maps a file to iisnode, and no httpPlatform section that starts one',
    next: `add it with: ${iisnodeSock} init ${quoteForShell(shown)}     (keeps your files)`,
  });
}

function notLoaded(name: string, loader: string, { directory }: Asked): UserError {
  const isPackage = name.includes('node_modules/');
  return new UserError('ENTRY_NOT_FOUND', {
    what: `${path.join(directory, name)} does not exist`,
    why: `${loader} loads it as the entry point of the app`,
    next: isPackage
      ? `${managerCommand(packageManagerOf(directory).name, 'install', directory)}, then deploy again`
      : `create the file (npm run build, if a build creates it), or ${iisnodeSock} init ${quoteForShell(directory)} --entry FILE`,
  });
}

function notThere(name: string, { directory, entry }: Asked): UserError {
  return new UserError('ENTRY_NOT_FOUND', {
    what: `${path.join(directory, name)} does not exist`,
    why: entry === undefined ? 'the iisnode handler in web.config names it' : 'it was given as the entry point',
    next:
      entry === undefined
        ? `${iisnodeSock} doctor ${quoteForShell(directory)}     (shows the handler); create the file (npm run build, if a build creates it), or name the right one in web.config`
        : 'name an existing file',
  });
}
