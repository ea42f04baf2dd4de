import path from 'node:path';
import { UserError } from '../errors.js';
import type { WebConfigWants } from './types.js';

/** An attribute of the iisnode section, its value, and why a socket.io app needs it. */
export interface WantedSetting {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/**
 * The wants with the entry point in the form of URLs and handler mappings: forward slashes, no './' in front.
 *
 * @throws UserError ENTRY_UNUSABLE (usage) for a name that a handler's path or a rewrite action would read differently.
 */
export function checkedWants(wants: WebConfigWants): WebConfigWants {
  const entry = wants.entry.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '');
  const unusable =
    entry === '' ||
    entry.startsWith('/') ||
    entry.split('/').some((segment) => segment === '' || segment === '.' || segment === '..') ||
    // A comma separates a handler's paths; braces, % and ? are special in a rewrite action; Windows does not allow the rest.
    /[,{}%?#*<>:|"]|\p{Cc}/u.test(entry);
  if (!unusable) return { ...wants, entry };
  throw new UserError('ENTRY_UNUSABLE', {
    what: `${JSON.stringify(wants.entry)} cannot be the entry point`,
    why: 'IIS needs a file below the folder of web.config, without any of , { } % ? # * < > : | " in its name',
    next: 'rename the file, or name another one with --entry',
  });
}

const defaultLogDirectory = 'iisnode';

/** iisnode's default, unless the app's own URL has a segment of that name: hiding it would then hide the app. */
function logDirectoryOf({ vdirPath }: WebConfigWants): string {
  return segmentsOf(vdirPath).includes(defaultLogDirectory) ? 'iisnode-logs' : defaultLogDirectory;
}

/**
 * What must not be available over HTTP, if the file's own rules leave files to IIS. A hidden segment applies anywhere in a URL, so
 * none may be part of the app's own URL.
 */
export function hiddenSegmentsOf(wants: WebConfigWants, logDirectory = logDirectoryOf(wants)): readonly string[] {
  const own = segmentsOf(wants.vdirPath);
  const all = ['node_modules', logDirectory, 'package.json', 'package-lock.json', '.env', '.git'];
  const seen = new Set(own);
  return all.filter((segment) => {
    const key = segment.toLowerCase();
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function segmentsOf(vdirPath: string): readonly string[] {
  return vdirPath.toLowerCase().split('/').filter(Boolean);
}

/** The environment variables of node. */
export function appSettingsOf(wants: WebConfigWants): ReadonlyMap<string, string> {
  return new Map([
    ['virtualDirPath', wants.vdirPath],
    ...(wants.transportsSetting === false ? [] : [['transports', wants.transports.join(',')] as const]),
    ...Object.entries(wants.appSettings ?? {}),
  ]);
}

/** A poll may reach any process; only one of them knows its session. */
export function needsStickySessions(processes: number, transports: readonly string[]): boolean {
  return processes !== 1 && transports.includes('polling');
}

/** What to consider before using more processes. */
function processesReason({ sharing, route }: WebConfigWants): string {
  const apart = 'users on different processes do not see each other';
  if (sharing === 'adapter') return '0 is one for each CPU; the adapter connects them';
  if (sharing === 'independent') return '0 is one for each CPU; they are independent of each other';
  return route === undefined
    ? `more than one process needs an adapter (Redis), or ${apart}`
    : `0 is one for each CPU; ${apart}`;
}

const clientAddress: WantedSetting = {
  name: 'enableXFF',
  value: 'true',
  why: 'the loader tells the app the address of the client, which iisnode adds to X-Forwarded-For',
};
const connectionAge: WantedSetting = {
  name: 'maxNamedPipePooledConnectionAge',
  value: '4000',
  why: 'in ms; node closes an idle connection after 5 s, and using it after that fails with 500.1013',
};

/** The iisnode attributes to write. Facts: iisnode 0.2.27, src/config/iisnode_schema.xml and src/iisnode. */
export function wantedIisnodeSettings(wants: WebConfigWants): readonly WantedSetting[] {
  const { processes = 1, transports, nodeOptions = [] } = wants;
  const sticky = needsStickySessions(processes, transports);
  const logDirectory = logDirectoryOf(wants);
  return [
    { name: 'nodeProcessCountPerApplication', value: String(processes), why: processesReason(wants) },
    ...(sticky
      ? [
          {
            name: 'nodeProcessStickySessions',
            value: 'true',
            why: 'each poll must reach the process that knows its session (Azure/iisnode 0.2.24 or later)',
          },
        ]
      : []),
    ...(nodeOptions.length > 0
      ? [
          {
            name: 'nodeProcessCommandLine',
            value: ['node.exe', ...nodeOptions].join(' '),
            why: "node's options in the start script of package.json, which iisnode does not run",
          },
        ]
      : []),
    {
      name: 'maxConcurrentRequestsPerProcess',
      value: '20000',
      why: 'every open socket counts as a request for as long as it is open; the default is 1024',
    },
    wants.isLoader ? clientAddress : connectionAge,
    {
      name: 'gracefulShutdownTimeout',
      value: '5000',
      why: 'in ms; after a change the old process waits until its sockets end, which never end on their own; the default is a minute',
    },
    ...(transports.includes('polling')
      ? [
          {
            name: 'flushResponse',
            value: 'true',
            why: 'a precaution: polls do not need it, but with it a response that the app sends in chunks is not buffered',
          },
        ]
      : []),
    {
      name: 'watchedFiles',
      value: watchedFilesOf(wants),
      why: 'a change of these files restarts the app; do not list files that the app itself writes',
    },
    ...(logDirectory === defaultLogDirectory
      ? []
      : [{ name: 'logDirectory', value: logDirectory, why: 'what node prints; relative to the entry point' }]),
    {
      name: 'devErrorsEnabled',
      value: 'false',
      why: 'true shows errors in the browser, but with status 200 and parts of the log',
    },
    { name: 'debuggingEnabled', value: 'false', why: "otherwise everyone could open the debugger's URLs" },
  ];
}

/** iisnode does not watch subfolders by default, and accepts only a backslash as separator (iisnode 0.2.27, cfilewatcher.cpp). */
function watchedFilesOf({ watchedFolders = [], watchesTypeScript = false, watchedEntry }: WebConfigWants): string {
  const endings = watchesTypeScript ? ['js', 'ts'] : ['js'];
  const folders = watchedFolders.flatMap((folder) => endings.map((ending) => windowsPath(`${folder}/*.${ending}`)));
  const files = ['*.js', '*.cjs', '*.mjs', ...(watchesTypeScript ? ['*.ts'] : []), ...folders];
  return [...files, ...ownEntryOf(files, watchedEntry), 'iisnode.yml'].join(';');
}

/** What is missing so that the app's own entry point is watched: the files with its ending in its folder, or it alone without one. */
function ownEntryOf(files: readonly string[], entry: string | undefined): readonly string[] {
  if (entry === undefined) return [];
  const { dir, ext } = path.posix.parse(entry);
  const own = windowsPath(ext === '' ? entry : path.posix.join(dir, `*${ext}`));
  return files.includes(own) ? [] : [own];
}

const windowsPath = (name: string): string => name.replaceAll('/', '\\');
