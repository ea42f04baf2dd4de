import { UserError } from '../../errors.js';
import type { ExitReason } from '../../exit-codes.js';
import type { PackedFile } from '../../pack/index.js';
import type { ProbeReport } from '../../probe/index.js';
import type { ServerAnswer } from '../../server/index.js';
import type { SshAddress } from '../../ssh/index.js';
import { DeployFailed, withHints } from '../failure.js';
import type { AppPlace } from '../plan.js';
import type { JournalEntry } from '../releases/journal.js';
import type { DeployEvent, DeployOptions, RollbackOptions } from '../types.js';
import { hintHere } from './hint-here.js';

/** The options of deploy that count on the server; the others count where the app is. */
export type RemoteDeployOptions = Pick<
  DeployOptions,
  | 'site'
  | 'newSite'
  | 'binding'
  | 'certificate'
  | 'force'
  | 'pool'
  | 'entry'
  | 'port'
  | 'releases'
  | 'releasesDirectory'
  | 'dryRun'
  | 'verify'
  | 'expect'
  | 'installOnServer'
>;

/** A package of Windows Installer for the server, without its content. */
export interface RemotePackage {
  readonly option: 'installIisnode' | 'installRewrite';
  /** The name of its file. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** An app that is to be deployed, without its files. */
export interface RemoteApp {
  /** As in PackedApp. */
  readonly hash: string;
  readonly size: number;
  readonly count: number;
}

/** What the server is asked to do: plain data. */
export type RemoteRequest =
  | {
      readonly command: 'deploy' | 'check';
      readonly place: AppPlace;
      readonly options: RemoteDeployOptions;
      readonly app: RemoteApp;
      readonly packages?: readonly RemotePackage[];
      /** Names this deployment in the journal. */
      readonly deployment: string;
      /** Who deploys, and from where: shown to those who wait. */
      readonly who: string;
    }
  | {
      readonly command: 'rollback';
      readonly place: AppPlace;
      /** As for deploy. */
      readonly deployment: string;
      readonly options: Pick<RollbackOptions, 'release' | 'dryRun' | 'verify' | 'expect'>;
    }
  | {
      readonly command: 'undeploy';
      readonly place: AppPlace;
      readonly deployment: string;
      readonly dryRun?: boolean;
    }
  | ServeFolderRequest
  | { readonly command: 'releases'; readonly place: AppPlace }
  | { readonly command: 'status' }
  | LookRequest
  | { readonly command: 'logs'; readonly place: AppPlace; readonly lines: number; readonly follow: boolean }
  | {
      readonly command: 'outcome';
      readonly place: AppPlace;
      readonly deployment: string;
      /** As it was asked for: the record may be gone. */
      readonly releasesDirectory?: string;
    }
  | { readonly command: 'echo'; readonly texts: readonly string[] };

/** IIS is to serve a folder of the server itself again, as before a deployment that is put back. */
export interface ServeFolderRequest {
  readonly command: 'serve-folder';
  readonly place: AppPlace;
  /** As for deploy. */
  readonly deployment: string;
  readonly directory: string;
  readonly options: Pick<DeployOptions, 'pool' | 'verify'>;
}

/** A look at the server: programs of it run as the client says, until it closes the connection. */
export interface LookRequest {
  readonly command: 'look';
  readonly place: AppPlace;
  /** The files of the live app are wanted, too. */
  readonly files: boolean;
}

/** A file of the server. */
export interface CopiedFile {
  readonly of: 'apphost' | 'app' | 'logs';
  /** Its name, with / below a folder. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Its bytes, compressed, as base64; undefined where its existence alone counts. */
  readonly content?: string;
}

/** All its files have come. */
export interface OpenedServer {
  /** Its applicationHost.config. */
  readonly apphost: string;
  /** The app's folder; undefined: nothing is at that place. */
  readonly directory: string | undefined;
  readonly logs: string | undefined;
  /** What could not be read, each with the reason. */
  readonly notSeen: readonly string[];
}

/** What the client asks during a look: to run a program below system32, or to end one. */
export type LookOrder =
  | { readonly run: { readonly id: number; readonly program: readonly string[]; readonly args: readonly string[] } }
  | { readonly stop: number }
  | { readonly done: true };

/** What came of a program: its answer, or why there is none. */
export interface RanThere {
  readonly id: number;
  readonly answer?: ServerAnswer;
  readonly failed?: { readonly code: string | undefined; readonly message: string };
}

/**
 * What the server lacks of an app: all is there; the list of its files, as far as it differs from a kept release, of which the server
 * says the digest of each group; the contents of files by their number in the whole list.
 */
export type Need = 'nothing' | { readonly list: Readonly<Record<string, string>> } | readonly number[];

/** The list of an app's files: those of that release but some groups of it, and these. */
export interface SentList {
  readonly without: readonly string[];
  readonly files: readonly ListedFile[];
}

/** What the server says. */
export interface RemoteMessage {
  readonly event?: DeployEvent;
  /** It waits for another deployment. */
  readonly waits?: string;
  readonly line?: object;
  readonly need?: Need;
  /** The packages whose products it lacks, by their number: their contents are to come. */
  readonly packages?: readonly number[];
  readonly file?: CopiedFile;
  readonly opened?: OpenedServer;
  readonly ran?: RanThere;
  readonly result?: unknown;
  readonly failed?: RemoteFailure;
  /** A bug: the stack. */
  readonly broken?: string;
}

export interface RemoteFailure {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  readonly exit: ExitReason;
  readonly probe?: ProbeReport;
}

/** One application that deploy has deployed to IIS. */
export interface DeployedToIis {
  readonly site: string;
  readonly path: string;
  readonly directory: string;
  readonly release: string | undefined;
  /** IIS there has no such application. */
  readonly missing?: true;
  /** The newest line of its journal. */
  readonly last: JournalEntry | undefined;
}

/** What became of a command whose connection was cut. */
export interface RemoteOutcome {
  /** running: it is still at work; none: it has not changed anything; ended: its process was ended in the middle. */
  readonly outcome: JournalEntry['outcome'] | 'running' | 'none' | 'ended';
  /** That was to be live. */
  readonly release?: string;
  /** The release that is live, as far as it is known. */
  readonly live?: string | undefined;
  /** ended: what is left of a switch that it had begun. */
  readonly unfinished?: 'switch' | 'recycle';
}

/** A file of the list, in short form. */
export type ListedFile = readonly [path: string, size: number, mtimeMs: number, sha256: string];

export const listed = ({ path, size, mtimeMs, sha256 }: PackedFile): ListedFile => [path, size, mtimeMs, sha256];

export const failureOf = (error: unknown): Pick<RemoteMessage, 'failed' | 'broken'> => {
  if (!(error instanceof UserError)) return { broken: error instanceof Error ? String(error.stack) : String(error) };
  const { code, what, why, next, exit } = error;
  return { failed: { code, what, why, next, exit, ...(error instanceof DeployFailed && { probe: error.probe }) } };
};

/** Errors whose text names a path; the others name what is deployed. */
const ofFiles = ['DISK_FULL', 'FILE_NOT_WRITTEN', 'FOLDER_NOT_MADE', 'HOME_NOT_WRITABLE'];

/** The same error, here. @param address of the server: a path is one of that machine. */
export function errorOf(failure: RemoteFailure, address: SshAddress): UserError {
  const { code, probe, ...failed } = failure;
  const { host } = address;
  const texts = {
    ...failed,
    what: ofFiles.includes(code) ? `${failed.what} on ${host}` : failed.what,
    why: failed.why.replaceAll('on this machine', `on ${host}`),
    next: hintHere(code, failed.next, address),
  };
  if (probe === undefined) return new UserError(code, texts);
  return new DeployFailed(
    code,
    texts,
    withHints(probe, (next) => hintHere('', next, address)),
  );
}
