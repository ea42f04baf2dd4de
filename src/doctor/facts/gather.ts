import path from 'node:path';
import {
  type App,
  type AroundOptions,
  type AssumedFrom,
  loaderUse,
  type PlacedApp,
  programOf,
  readApp,
  readAround,
  type Surroundings,
  type WebConfigFile,
  webConfigIn,
} from '../../app/index.js';
import { UserError } from '../../errors.js';
import { FileError, type FolderProblem, folderProblem, spellingOnDisk, unreadableFolder } from '../../files/index.js';
import type { ServerSeen } from '../../server/index.js';
import {
  type AppFolder,
  type PageFacts,
  readBundledClients,
  readPages,
  readPagesInJsx,
  readPagesInStrings,
  readServerSources,
  type ServerFacts,
} from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { completedVdirPath } from '../../webconfig/index.js';
import { withoutBuilt } from './built-pages.js';
import type { FileFacts } from './facts.js';
import { readIis } from './iis.js';
import { readIisnode } from './iisnode.js';
import { readIisnodeYml } from './iisnode-yml.js';
import { checkedMachines } from './machines.js';
import { readPackage } from './package.js';
import { readSite } from './site.js';
import { readVdirPath } from './vdir-path.js';
import { webConfigFacts } from './web-config.js';

export interface GatherOptions extends AroundOptions {
  /** Base folder of relative targets. */
  readonly cwd: string;
  /** The app's vdir path; overrides the one in web.config. */
  readonly vdirPath?: string;
  /** The number of machines that run the app behind a load balancer; 1 by default. */
  readonly machines?: number;
  /** The worker process's environment: `IISNODE_*` overrides web.config; empty by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The vdir path to assume when it is unknown; undefined: check the app for any path. */
  readonly assumeFrom?: AssumedFrom;
  /** iisnode's version, '0.2.21', in the place of the one that was seen. */
  readonly iisnodeVersion?: string;
  /** What was seen of IIS on this machine. */
  readonly serverSeen?: ServerSeen;
  /** What is known of the server and the site, in the place of the options that say it. */
  readonly around?: Surroundings;
}

interface Target {
  readonly directory: string;
  readonly webConfigFile: string;
  /** Only the file is checked: its name is not web.config, so no app uses it yet. */
  readonly alone: boolean;
  /** The target is the folder itself. */
  readonly isFolder: boolean;
}

function findTarget(target: string, cwd: string): Target {
  const asked = path.resolve(cwd, target);
  const file = spellingOnDisk(asked) ?? asked;
  const problem = folderProblem(file);
  if (problem !== undefined && problem.kind !== 'not-folder') throw targetNotFound(target, problem);
  const closed = problem === undefined ? unreadableFolder(file) : undefined;
  if (closed !== undefined) throw folderUnreadable(target, closed);
  if (problem === undefined) return { directory: file, webConfigFile: webConfigIn(file), alone: false, isFolder: true };
  const alone = path.basename(file).toLowerCase() !== 'web.config';
  if (alone && !/\.config$|\.xml$/i.test(file)) {
    throw new UserError('TARGET_NOT_WEB_CONFIG', {
      what: `${target} is neither a directory nor a web.config.`,
      why: 'The doctor starts from what IIS reads first.',
      next: `Give it the folder of the app: ${iisnodeSock} doctor ${path.dirname(target)}`,
    });
  }
  return { directory: path.dirname(file), webConfigFile: file, alone, isFolder: false };
}

function folderUnreadable(target: string, why: string): UserError {
  return new UserError('TARGET_UNREADABLE', {
    what: `The folder ${target} cannot be read.`,
    why,
    next: 'Run the doctor as a user who can read it; the identity of the application pool must read it too.',
  });
}

function targetNotFound(target: string, { kind, why, system, cause }: FolderProblem): UserError {
  const isPlain = system === 'ENOENT';
  return new UserError('TARGET_NOT_FOUND', {
    what: kind === 'absent' ? `${target} does not exist.` : `${target} cannot be read.`,
    why: isPlain ? 'The doctor examines a directory, a web.config file or an http(s) URL.' : why,
    next:
      kind === 'absent'
        ? `Give it the folder of the app: ${iisnodeSock} doctor ./my-app`
        : 'Run the doctor as a user who can read it; the identity of the application pool must read it too.',
    cause,
  });
}

/**
 * Reads all facts for the rules about a directory or a web.config; the doctor's only disk access besides fixes.
 *
 * @throws UserError of `readAround`; VDIR_PATH_INVALID, TARGET_NOT_FOUND, TARGET_NOT_WEB_CONFIG, TARGET_UNREADABLE, NOTHING_TO_EXAMINE.
 */
export function gatherFacts(target: string, options: GatherOptions): FileFacts {
  const { directory, webConfigFile, alone, isFolder } = findTarget(target, options.cwd);
  const { environment, vdirPath, assumeFrom, machines } = options;
  const completed = vdirPath === undefined ? undefined : completedVdirPath(vdirPath);
  const known = options.around && { around: options.around, vdirPath: completed, pathBelowRoot: undefined };
  const { around, ...asked } = known ?? readAround(directory, options);
  const appAt = (at: string | undefined): App =>
    readApp(directory, {
      environment,
      vdirPath: at,
      assumeFrom: assumeFrom ?? 'nothing',
      webConfigFile,
      alone,
      around,
    });
  const first = appAt(asked.vdirPath);
  const isBelowRoot = asked.vdirPath === undefined && asked.pathBelowRoot !== undefined;
  const app = isBelowRoot && first.namedVdirPath === undefined ? appAt(asked.pathBelowRoot) : first;
  const { iisnodeVersion, serverSeen } = options;
  const seen = { ...serverSeen, ...(iisnodeVersion !== undefined && { iisnode: checkedVersion(iisnodeVersion) }) };
  return factsOf(app, {
    target,
    machines,
    serverSeen: seen,
    alone,
    isFolder,
    isAnyPath: alone || assumeFrom === undefined,
  });
}

/** `--iisnode-version`. Throws UserError BAD_IISNODE_VERSION. */
function checkedVersion(text: string): string {
  if (/^\d{1,3}(?:\.\d{1,5}){1,3}$/.test(text)) return text;
  throw new UserError('BAD_IISNODE_VERSION', {
    what: `"${text}" is not a version of iisnode`,
    why: 'A version is numbers with dots between them.',
    next: 'for example: --iisnode-version 0.2.26 (of iisnode.dll: Properties, Details)',
  });
}

/** The same about an app that another command has already read. */
export const gatherAppFacts = (app: App, machines?: number, mayBeEmpty = false): FileFacts =>
  factsOf(app, { target: '.', machines, alone: false, isFolder: true, isAnyPath: false, mayBeEmpty });

interface Asked {
  readonly target: string;
  readonly machines: number | undefined;
  readonly serverSeen?: ServerSeen;
  readonly alone: boolean;
  readonly isFolder: boolean;
  /** No vdir path is assumed when it is unknown. */
  readonly isAnyPath: boolean;
  /** A folder without a web.config and without sources is examined as well: by default it is an error. */
  readonly mayBeEmpty?: boolean;
}

function factsOf(
  app: App,
  { target, machines, serverSeen = {}, alone, isFolder, isAnyPath, mayBeEmpty = false }: Asked,
): FileFacts {
  const { directory, folder } = app;
  const { webConfig, queries: ofWebConfig } = webConfigFacts(
    configOf(app, alone ? target : `The web.config of ${target}`),
  );
  if (!webConfig.bytes && !folder.hasSources && !mayBeEmpty) {
    throw new UserError('NOTHING_TO_EXAMINE', {
      what: `There is no web.config and no app in ${folder.root}`,
      why: 'Only an app that IIS is to serve can be examined.',
      next: `${iisnodeSock} init ${target}     (creates an app)`,
    });
  }
  const { entries, configuration } = app;
  const vdirPath = readVdirPath(app);
  const { site, queries: ofSite } = readSite(folder, configuration);
  const { package: packageFacts, queries: ofPackage } = readPackage(folder);
  const ofConfig = { ...ofWebConfig, ...ofSite };
  const { iisnode, queries: ofIisnode } = readIisnode(app, ofWebConfig.placeOf);
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
    isFolder,
    directory,
    folder,
    webConfig,
    vdirPath,
    place: alone ? undefined : placedAppOf(app, vdirPath, isAnyPath),
    site,
    ...aroundApp(app, serverSeen),
    entries,
    loader: loaderUse(folder, entries, (key) => configuration?.appSetting(key)?.value),
    iisnode,
    iisnodeYml: readIisnodeYml(app, ofWebConfig.placeOf),
    machines: checkedMachines(machines),
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

/** What is known of the server. */
function aroundApp(app: App, serverSeen: ServerSeen): Pick<FileFacts, 'iis' | 'around' | 'serverSeen'> {
  const { around, configuration } = app;
  return { iis: around.server && configuration && readIis(configuration, around.server), around, serverSeen };
}

/** Without a web.config, or with an invalid vdir path in it, deploy refuses the app. */
function placedAppOf(app: App, vdirPath: FileFacts['vdirPath'], isAnyPath: boolean): PlacedApp | undefined {
  if (vdirPath?.from === 'option') return { directory: app.directory, vdirPath: vdirPath.path, by: 'option' };
  if (app.webConfig.document === undefined) return undefined;
  if (vdirPath === undefined && (isAnyPath || app.namedVdirPath !== undefined)) return undefined;
  return app.place;
}

/** The pages, and the scripts that a bundler adds to them. */
function pagesOf(folder: AppFolder, { scripts }: ServerFacts): readonly PageFacts[] {
  const pages = [
    ...readPages(folder),
    ...scripts.flatMap((script) => [...readPagesInStrings(folder, script), ...readPagesInJsx(folder, script)]),
  ];
  const ofServer = scripts.flatMap(({ name, loaded }) => [name, loaded?.name ?? name]);
  const ofPages = pages.flatMap(({ files }) => files);
  return withoutBuilt(folder, [...pages, ...readBundledClients(folder, new Set([...ofServer, ...ofPages]))]);
}

/** Reading sources takes longest, and is not always needed. */
function lazily<Value>(read: () => Value): () => Value {
  let value: { readonly of: Value } | undefined;
  return () => {
    value ??= { of: read() };
    return value.of;
  };
}

function configOf(app: App, name: string): WebConfigFile {
  try {
    return app.webConfig;
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
