import type { Entry, LoaderUse, PlacedApp, Surroundings } from '../../app/index.js';
import type { FileError } from '../../files/index.js';
import type { LiveLook } from '../../probe/index.js';
import type { ServerSeen } from '../../server/index.js';
import type { AppFolder, PageFacts, Place, ServerFacts, ServerScript } from '../../source/index.js';
import type { IisnodeSettingsAt } from '../../webconfig/index.js';
import type { TrialPlace } from '../trial/outcome.js';
import type { TrialRun } from '../trial/run-trial.js';
import type { WorkingDirectory } from '../trial/working-directory.js';
import type { IisFacts } from './iis.js';
import type { IisnodeQueries } from './iisnode.js';
import type { IisnodeYmlFacts } from './iisnode-yml.js';
import type { PackageFacts, PackageQueries } from './package.js';
import type { SiteFacts, SiteQueries } from './site.js';
import type { VdirPath } from './vdir-path.js';
import type { WebConfigFacts, WebConfigQueries } from './web-config.js';

/** All facts for the rules about files, read once; the rules use nothing else. Plain data, except `folder` and `query`. */
export interface FileFacts {
  readonly kind: 'files';
  /** As given by the user. */
  readonly target: string;
  /** False for a web.config. */
  readonly isFolder: boolean;
  /** Absolute physical path of the app. */
  readonly directory: string;
  /** Its files, with functions to read them. */
  readonly folder: AppFolder;
  readonly webConfig: WebConfigFacts;
  /** undefined: the vdir path is unknown. */
  readonly vdirPath: VdirPath | undefined;
  /** The vdir path for the check; undefined: any path, because it is unknown and none is assumed. */
  readonly place: PlacedApp | undefined;
  /** undefined while web.config is missing or not well-formed. */
  readonly site: SiteFacts | undefined;
  /** What a copy of applicationHost.config says of the server; undefined without one. */
  readonly iis: IisFacts | undefined;
  /** What is known of the server and the site. */
  readonly around: Surroundings;
  /** What was seen of IIS on this machine, and what the user says of it. */
  readonly serverSeen: ServerSeen;
  /** Programs that handlers and rules assign to iisnode; without any, the program that package.json or its name suggests. */
  readonly entries: readonly Entry[];
  /** The loader, where web.config gives it to iisnode. */
  readonly loader: LoaderUse | undefined;
  /** iisnode's settings for the entry point; undefined while web.config or iisnode.yml cannot be read. */
  readonly iisnode: IisnodeSettingsAt | undefined;
  /** The override file in the folder of the entry point; undefined when there is none. */
  readonly iisnodeYml: IisnodeYmlFacts | undefined;
  /** The number of machines that run the app, from the command line; 1 by default. */
  readonly machines: number;
  readonly package: PackageFacts;
  /** Read when the first rule uses it, because reading sources takes longest. */
  readonly server: ServerFacts;
  /** Includes scripts that connect to socket.io and that no known page loads. Read when the first rule uses it. */
  readonly pages: readonly PageFacts[];
  readonly query: FactQueries;
}

/** Facts that depend on a parameter, or are expensive to compute in advance. The same query always has the same result. */
export interface FactQueries extends WebConfigQueries, SiteQueries, IisnodeQueries, PackageQueries {
  /** The scripts of one entry, itself first; none when it cannot be read. */
  scriptsOf(entry: Entry): readonly ServerScript[];
  /** Files that exist but could not be read; call it last, so that it includes the files that rules requested. */
  unread(): readonly FileError[];
}

/** The facts for the rules about a live site. */
export interface LiveFacts extends LiveLook {
  readonly kind: 'live';
  /** The URL. */
  readonly target: string;
  /** When it was looked at, ms since 1970. */
  readonly at: number;
  /** Where the app's folder is examined as well. */
  readonly files?: FilesBeside;
}

/** The files, and how far they were checked. */
export interface CheckedFiles {
  /** undefined without a folder, or where its configuration cannot be read: then no cause is ruled out. */
  readonly facts: FileFacts | undefined;
  /** The rules about files, and those of them that have checked these. */
  readonly ofFiles: ReadonlySet<string>;
  readonly checkedRules: ReadonlySet<string>;
}

/** What the files of a live app say. */
export interface FilesBeside extends CheckedFiles {
  /** Codes of the rules that have found something, each with its place: 'WEBSOCKET_MODULE_ENABLED at web.config:3'. */
  readonly found: ReadonlyMap<string, string>;
}

/** The facts for the rules about a trial of the app. */
export interface TrialFacts {
  readonly kind: 'trial';
  /** As given by the user. */
  readonly target: string;
  /** What happened. */
  readonly run: TrialRun;
  /** The app's own entry point, which the loader may have loaded: 'server.js'. */
  readonly program: string;
  /** Where node ran. */
  readonly directory: WorkingDirectory;
  /** Where a client is in the app's files, of which a look says `client.js:12` or `line 8 of the page`; undefined where several may be meant. */
  client(askedBy: string): Place | undefined;
  /** The call that makes the app listen; undefined where the sources have none, or several. */
  readonly listen: Place | undefined;
  /** The position for a finding, with its line as the file has it; undefined where the file cannot be read. */
  place(at: TrialPlace): Place | undefined;
}

/** A cause of a text that the user has seen. */
export interface RankedCause {
  /** One sentence without a full stop. */
  readonly says: string;
  readonly fix: string;
  /** The rules that would find it. */
  readonly rules?: readonly string[];
  /** What was seen at the live site that speaks for it, or where the files have it. */
  readonly evidence?: string;
  /** Why it is not the one here; such causes come last. */
  readonly against?: string;
}

/** A known text that the user has seen, and that no finding of the files explains. */
export interface SeenText {
  /** 'session-id-unknown'. */
  readonly id: string;
  /** The code of the rule of its family. */
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence without a full stop. */
  readonly says: string;
  readonly means: string;
  /** As they appear, without secrets. */
  readonly quotes: readonly string[];
  /** The likeliest first. */
  readonly causes: readonly RankedCause[];
  readonly apart: string;
  /** 'C:\\site\\server.js:12': the line of the app's own code in a stack. */
  readonly own?: string;
  readonly at?: Place;
}

/** The facts for the rules about what the user has seen. */
export interface SeenFacts {
  readonly kind: 'seen';
  readonly target: string;
  readonly texts: readonly SeenText[];
}

export type Facts = FileFacts | LiveFacts | TrialFacts | SeenFacts;
