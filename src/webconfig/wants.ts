import { UserError } from '../errors.js';
import type { WebConfigWants } from './types.js';

/** An attribute of the iisnode section, its value, and why a socket.io app wants it. */
export interface WantedSetting {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/**
 * The wants with the entry point as URLs and handler mappings spell it: forward slashes, no './' in front.
 *
 * @throws UserError ENTRY_UNUSABLE (usage) for a name that a handler's path or a rewrite action would read differently.
 */
export function checkedWants(wants: WebConfigWants): WebConfigWants {
  const entry = wants.entry.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '');
  const unusable =
    entry === '' ||
    entry.startsWith('/') ||
    entry.split('/').some((segment) => segment === '' || segment === '.' || segment === '..') ||
    // A comma separates a handler's paths; braces, % and ? mean something in a rewrite action; the rest Windows forbids.
    /[,{}%?#*<>:|"]|\p{Cc}/u.test(entry);
  if (!unusable) return { ...wants, entry };
  throw new UserError('ENTRY_UNUSABLE', {
    what: `${JSON.stringify(wants.entry)} cannot be the entry point`,
    why: 'IIS takes a file below the folder of web.config, without any of , { } % ? # * < > : | " in its name',
    next: 'rename the file, or name another one with --entry',
  });
}

const defaultLogDirectory = 'iisnode';

/** iisnode's default, unless the app's own URL has a segment of that name: hiding it would then hide the app. */
export function logDirectoryOf({ vdirPath }: WebConfigWants): string {
  return segmentsOf(vdirPath).includes(defaultLogDirectory) ? 'iisnode-logs' : defaultLogDirectory;
}

/**
 * What no one should get over HTTP, where rules of the file's own leave files to IIS. A hidden segment counts anywhere in a URL, so
 * none may be part of the app's own.
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

/** What node gets as environment variables. */
export function appSettingsOf(wants: WebConfigWants): ReadonlyMap<string, string> {
  return new Map([
    ['virtualDirPath', wants.vdirPath],
    ...(wants.transportsSetting === false ? [] : [['transports', wants.transports.join(',')] as const]),
    ...Object.entries(wants.appSettings ?? {}),
  ]);
}

/** A poll may reach any process; only its own knows the session. */
export function needsStickySessions(processes: number, transports: readonly string[]): boolean {
  return processes !== 1 && transports.includes('polling');
}

/** What to know before there are more processes. */
function processesReason({ sharing, route }: WebConfigWants): string {
  const apart = 'users on different processes do not see each other';
  if (sharing === 'adapter') return '0 is one for each CPU; the adapter connects them';
  if (sharing === 'independent') return '0 is one for each CPU; they need nothing of each other';
  return route === undefined
    ? `more than one process needs an adapter (Redis), or ${apart}`
    : `0 is one for each CPU; ${apart}`;
}

/** The iisnode attributes worth saying. Facts: iisnode 0.2.27, src/config/iisnode_schema.xml and src/iisnode. */
export function wantedIisnodeSettings(wants: WebConfigWants): readonly WantedSetting[] {
  const { processes = 1, transports } = wants;
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
    {
      name: 'maxConcurrentRequestsPerProcess',
      value: '20000',
      why: 'every open socket counts as a request for as long as it is open; the default is 1024',
    },
    {
      name: 'maxNamedPipePooledConnectionAge',
      value: '4000',
      why: 'in ms; node closes an idle connection after 5 s, and one used again later than that fails with 500.1013',
    },
    {
      name: 'gracefulShutdownTimeout',
      value: '5000',
      why: 'in ms; after a change the old process waits for its sockets, which do not end by themselves: a minute by default',
    },
    ...(transports.includes('polling')
      ? [
          {
            name: 'flushResponse',
            value: 'true',
            why: 'a precaution: polls do not need it, but an answer that the app sends in chunks goes out piece by piece with it',
          },
        ]
      : []),
    {
      name: 'watchedFiles',
      value: watchedFilesOf(wants),
      why: 'a change of these restarts the app; name no file here that the app itself writes',
    },
    ...(logDirectory === defaultLogDirectory
      ? []
      : [{ name: 'logDirectory', value: logDirectory, why: 'what node prints; relative to the entry point' }]),
    {
      name: 'devErrorsEnabled',
      value: 'false',
      why: 'true shows errors in the browser, but with status 200 and parts of the log',
    },
    { name: 'debuggingEnabled', value: 'false', why: "the debugger's URLs would be open to everybody" },
  ];
}

/** iisnode watches no subfolder by itself, and takes only a backslash for a separator (iisnode 0.2.27, cfilewatcher.cpp). */
function watchedFilesOf({ watchedFolders = [] }: WebConfigWants): string {
  const folders = watchedFolders.map((folder) => `${folder.replaceAll('/', '\\')}\\*.js`);
  return ['*.js', '*.cjs', '*.mjs', ...folders, 'iisnode.yml'].join(';');
}
