import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  applicationHostText,
  ConfigError,
  type ConfigModel,
  type ConfigReader,
  loadConfigModel,
  type SiteModel,
} from '../../config/index.js';
import { UserError } from '../../errors.js';
import {
  createExclusive,
  folderObstacle,
  isMachineFault,
  makeFolder,
  WriteError,
  writeFault,
  writeObstacle,
} from '../../files/index.js';
import { diskPlatform, diskReader } from '../../webconfig/index.js';
import { makePrivateFolder, privateFolder } from '../private-folder.js';

/** The state directory of the embedded IIS and its files; they are created when needed. */
export interface Home {
  readonly directory: string;
  readonly applicationHostFile: string;
  readonly logsDirectory: string;
  /** The log of the background host: host.log. */
  readonly logFile: string;
  /** Physical path of the Default Web Site. */
  readonly wwwroot: string;
  /** pid, addresses and control pipe of the running background host. */
  readonly hostFile: string;
  readonly lockFile: string;
  /** Named pipe on Windows, Unix socket elsewhere. */
  readonly controlPipe: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The port of a new home's Default Web Site. */
const defaultPort = 8080;

/**
 * The home in $IISNODE_SOCK_HOME, or the platform's state directory + iisnode-sock. Does not access the disk.
 * Throws UserError BAD_HOME when the variable is not an absolute path.
 */
export function openHome(environment: Readonly<Record<string, string | undefined>> = process.env): Home {
  const directory = homeDirectory(environment);
  const logsDirectory = path.join(directory, 'logs');
  return {
    directory,
    applicationHostFile: path.join(directory, 'applicationHost.config'),
    logsDirectory,
    logFile: path.join(logsDirectory, 'host.log'),
    wwwroot: path.join(directory, 'wwwroot'),
    hostFile: path.join(directory, 'host.json'),
    lockFile: path.join(directory, 'host.lock'),
    controlPipe: pipeIn(directory),
    environment,
  };
}

function homeDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment.IISNODE_SOCK_HOME;
  if (named !== undefined && named !== '') {
    if (path.isAbsolute(named)) return path.resolve(named);
    throw new UserError('BAD_HOME', {
      what: `IISNODE_SOCK_HOME is "${named}"`,
      why: 'It must be an absolute path, because the background host runs in another folder.',
      next: `set it to ${path.resolve(named)}`,
    });
  }
  return path.join(stateDirectory(environment), 'iisnode-sock');
}

function stateDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const home = environment.HOME ?? environment.USERPROFILE ?? homedir();
  if (process.platform === 'win32') return environment.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local');
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  const xdg = environment.XDG_STATE_HOME;
  // A relative XDG directory must be ignored (XDG Base Directory Specification).
  return xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state');
}

/** Longest path of a Unix socket that every platform accepts (104 bytes on macOS, with the final NUL). */
const longestSocketPath = 100;

/** The control pipe of a host whose state is in a folder; `name` tells those of one folder apart. Does not access the disk. */
export function pipeIn(directory: string, name = ''): string {
  const hash = createHash('sha256').update(path.join(directory, name)).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\iisnode-sock-${hash}`;
  const inHome = path.join(directory, `${name === '' ? 'control' : name}.sock`);
  return Buffer.byteLength(inHome) <= longestSocketPath ? inHome : privateFolder(`${hash}.sock`);
}

/**
 * Prepares a home: on first use it writes an applicationHost.config like that of a new, minimal IIS (handlers and modules locked) with
 * Default Web Site on port 8080. Existing files are not changed. Throws UserError HOME_NOT_WRITABLE.
 */
export function prepareHome(home: Home): void {
  try {
    for (const directory of [home.directory, home.logsDirectory, home.wwwroot]) makeFolder(directory, 0o700);
    const obstacle = writeObstacle(home.directory);
    if (obstacle !== undefined) throw homeNotWritable(home, new Error(obstacle));
    if (path.dirname(home.controlPipe) === privateFolder()) makePrivateFolder(privateFolder());
    if (!existsSync(home.applicationHostFile)) createExclusive(home.applicationHostFile, firstConfiguration(home));
  } catch (cause) {
    throw homeNotWritable(home, cause);
  }
}

/**
 * For commands that only read: a home that does not exist yet is fine, one that cannot be created is not. Creates nothing. Throws
 * UserError HOME_NOT_WRITABLE.
 */
export function requireHome(home: Home): void {
  const obstacle = folderObstacle(home.directory);
  if (obstacle !== undefined) throw homeNotWritable(home, new Error(obstacle));
}

/** For what tells whether the home can be changed: as `requireHome`, and one that exists can be written. */
export function requireWritableHome(home: Home): void {
  requireHome(home);
  const obstacle = existsSync(home.directory) ? writeObstacle(home.directory) : undefined;
  if (obstacle !== undefined) throw homeNotWritable(home, new Error(obstacle));
}

/** The error when the home cannot be created or written; other UserErrors are returned unchanged. */
export function homeNotWritable(home: Home, cause: unknown): UserError {
  if (cause instanceof UserError && !(cause instanceof WriteError)) return cause;
  return new UserError('HOME_NOT_WRITABLE', {
    what: `cannot use ${home.directory}, where iisnode-sock keeps its state`,
    why: cause instanceof WriteError ? `${cause.what}: ${cause.why}` : writeFault(cause),
    next: isMachineFault(cause)
      ? 'free disk space, or repair the disk, and run the command again'
      : 'set IISNODE_SOCK_HOME to a folder that this user may write to',
    exit: isMachineFault(cause) ? 'refused' : 'usage',
    cause,
  });
}

function firstConfiguration(home: Home): string {
  return applicationHostText({
    pools: ['DefaultAppPool'],
    installed: ['rewrite', 'iisnode', 'httpPlatform', 'arr'],
    sites: [
      {
        name: 'Default Web Site',
        id: 1,
        bindings: [{ protocol: 'http', information: `*:${defaultPort}:` }],
        applications: [{ path: '/', physicalPath: home.wwwroot, pool: 'DefaultAppPool' }],
      },
    ],
  });
}

/** A site as a new home's Default Web Site: it has one application, which is the home's own empty folder. Reads the folder. */
export function isUnusedSite({ wwwroot }: Home, { applications }: SiteModel): boolean {
  const folders = applications.flatMap(({ virtualDirectories }) => virtualDirectories);
  return folders.length === 1 && folders[0]?.physicalPath === wwwroot && isEmpty(wwwroot);
}

/** One that cannot be read is not: it answers, with an error. */
function isEmpty(folder: string): boolean {
  try {
    return !existsSync(folder) || readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

/** Loads the configuration of a home for the host. Throws ConfigError, or file system errors. */
export function homeConfig(home: Home, reader: ConfigReader = diskReader): ConfigModel {
  const file = home.applicationHostFile;
  const applicationHost = reader.read(file);
  if (applicationHost === undefined) throw new ConfigError('cannot-read', 'Cannot read configuration file', { file });
  return loadConfigModel({ file, applicationHost, reader, environment: home.environment, platform: diskPlatform });
}
