import { statSync } from 'node:fs';
import path from 'node:path';
import {
  type App,
  loaderUse,
  type PlacedApp,
  placeBy,
  programOf,
  readEntries,
  readManifest,
  type WhenUnsaid,
  webConfigIn,
} from '../../app/index.js';
import { UserError } from '../../errors.js';
import { FileError, spellingOnDisk } from '../../files/index.js';
import {
  type AppFolder,
  type PageFacts,
  type PlannedFiles,
  readBundledClients,
  readFolder,
  readPages,
  readServerSources,
  type ServerFacts,
} from '../../source/index.js';
import { vdirPathIn } from '../../webconfig/index.js';
import type { FileFacts } from './facts.js';
import { readIisnode } from './iisnode.js';
import { readIisnodeYml } from './iisnode-yml.js';
import { readPackage } from './package.js';
import { readSite } from './site.js';
import { readVdirPath } from './vdir-path.js';
import { readWebConfig } from './web-config.js';

export interface GatherOptions {
  /** Relative targets start here. */
  readonly cwd: string;
  /** Where the app sits in its site; overrides what web.config says. */
  readonly vdirPath?: string;
  /** How many machines share the app, behind a balancer; 1 unless given. */
  readonly machines?: number;
  /** The worker process's: `IISNODE_*` overrides web.config; none unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where the app is judged when nothing says where it sits; not given: as at any place. */
  readonly unsaid?: WhenUnsaid;
  /** Files of the target, a folder, as they will be; the folder itself may be to come. */
  readonly planned?: PlannedFiles;
  /** The target, a folder, where another command has read it already. */
  readonly app?: App;
}

interface Target {
  readonly directory: string;
  readonly webConfigFile: string;
  /** Only the file is judged: it is not called web.config, so it is nobody's yet. */
  readonly alone: boolean;
}

function findTarget(target: string, { cwd, planned }: GatherOptions): Target {
  const asked = path.resolve(cwd, target);
  const file = spellingOnDisk(asked) ?? asked;
  const found = planned ? 'directory' : statOf(file);
  if (found === undefined) {
    throw new UserError('TARGET_NOT_FOUND', {
      what: `${target} does not exist.`,
      why: 'The doctor examines a directory, a web.config file or an http(s) URL.',
      next: 'Give it the folder of the app: iisnode-sock doctor ./my-app',
    });
  }
  if (found === 'directory') return { directory: file, webConfigFile: webConfigIn(file), alone: false };
  const alone = path.basename(file).toLowerCase() !== 'web.config';
  if (alone && !/\.config$|\.xml$/i.test(file)) {
    throw new UserError('TARGET_NOT_WEB_CONFIG', {
      what: `${target} is neither a directory nor a web.config.`,
      why: 'The doctor starts from what IIS reads first.',
      next: `Give it the folder of the app: iisnode-sock doctor ${path.dirname(target)}`,
    });
  }
  return { directory: path.dirname(file), webConfigFile: file, alone };
}

function statOf(file: string): 'directory' | 'file' | undefined {
  try {
    return statSync(file).isDirectory() ? 'directory' : 'file';
  } catch {
    return undefined; // absent or unreachable: the caller says so
  }
}

/**
 * Reads everything the rules may know about a directory or a web.config; the doctor's only disk access besides fixes.
 *
 * @throws UserError VDIR_PATH_INVALID, TARGET_NOT_FOUND, TARGET_NOT_WEB_CONFIG, TARGET_UNREADABLE, NOTHING_TO_EXAMINE.
 */
export function gatherFacts(target: string, options: GatherOptions): FileFacts {
  const { directory, webConfigFile, alone } = findTarget(target, options);
  const { planned, app } = options;
  const folder = app?.folder ?? readFolder(directory, alone, planned);
  const { webConfig, queries: ofWebConfig } = readConfig(
    webConfigFile,
    alone ? target : `The web.config of ${target}`,
    planned?.get(path.basename(webConfigFile)) ?? app?.webConfig.bytes,
  );
  if (!webConfig.bytes && !folder.hasSources) {
    throw new UserError('NOTHING_TO_EXAMINE', {
      what: `There is no web.config and no app in ${target}.`,
      why: 'The doctor examines an app that IIS is to serve.',
      next: 'Create one: npx iisnode-sock init',
    });
  }
  const vdirPath = readVdirPath(webConfig.document, options.vdirPath);
  const place = alone ? undefined : placeOf(directory, webConfig, vdirPath, options);
  const wantedPath = vdirPath?.path ?? place?.vdirPath;
  const { site, queries: ofSite } = readSite(folder, webConfig, ofWebConfig.isWebConfig, wantedPath);
  const { package: packageFacts, queries: ofPackage } = readPackage(folder);
  const entries = readEntries(folder, site, readManifest(folder));
  const ofConfig = { ...ofWebConfig, ...ofSite };
  const { iisnode, queries: ofIisnode } = readIisnode(webConfig, ofConfig, entries, options.environment);
  const server = lazily(() => readServerSources(folder, entries.map(programOf)));
  const pages = lazily(() => pagesOf(folder, server()));
  const unread = (): readonly FileError[] => {
    server();
    pages();
    return folder.unread;
  };
  return {
    kind: 'files',
    target,
    directory,
    folder,
    webConfig,
    vdirPath,
    place,
    site,
    entries,
    loader: loaderUse(folder, entries, webConfig.document),
    iisnode,
    iisnodeYml: readIisnodeYml(webConfig, ofConfig, entries, options.environment),
    machines: options.machines ?? 1,
    package: packageFacts,
    get server() {
      return server();
    },
    get pages() {
      return pages();
    },
    query: {
      ...ofConfig,
      ...ofIisnode,
      ...ofPackage,
      scriptsOf: (entry) => server().byEntry.get(programOf(entry).name) ?? [],
      unread,
    },
  };
}

/** Without a web.config, or with one that names what is no vdir path, deploy puts the app nowhere. */
function placeOf(
  directory: string,
  { document, file }: FileFacts['webConfig'],
  vdirPath: FileFacts['vdirPath'],
  { unsaid }: GatherOptions,
): PlacedApp | undefined {
  if (vdirPath?.from === 'option') return { directory, vdirPath: vdirPath.path, by: 'option' };
  if (document === undefined || (vdirPath === undefined && unsaid === undefined)) return undefined;
  const named = vdirPathIn(document);
  return named !== undefined && vdirPath === undefined
    ? undefined
    : placeBy(directory, named, file, unsaid ?? 'nothing');
}

/** The pages, and the scripts that a bundler brings to them. */
function pagesOf(folder: AppFolder, { scripts }: ServerFacts): readonly PageFacts[] {
  const pages = readPages(folder);
  const ofServer = scripts.flatMap(({ name, loaded }) => [name, loaded?.name ?? name]);
  const ofPages = pages.flatMap(({ files }) => files);
  return [...pages, ...readBundledClients(folder, new Set([...ofServer, ...ofPages]))];
}

/** Reading sources takes longest, and not every moment needs them. */
function lazily<Value>(read: () => Value): () => Value {
  let value: { readonly of: Value } | undefined;
  return () => {
    value ??= { of: read() };
    return value.of;
  };
}

function readConfig(file: string, name: string, planned?: Uint8Array): ReturnType<typeof readWebConfig> {
  try {
    return readWebConfig(file, planned);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    const isDenied = cause.problem === 'denied';
    throw new UserError('TARGET_UNREADABLE', {
      what: `${name} cannot be read.`,
      why: cause.why,
      next: isDenied
        ? 'Check the permissions of the file; IIS needs to read it too.'
        : 'Replace it by a web.config file.',
      cause,
    });
  }
}
