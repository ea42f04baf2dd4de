import type { Entry, LoaderUse, PlacedApp } from '../../app/index.js';
import type { FileError } from '../../files/index.js';
import type { ProbeReport } from '../../probe/index.js';
import type { AppFolder, PageFacts, ServerFacts, ServerScript } from '../../source/index.js';
import type { IisnodeSettingsAt } from '../../webconfig/index.js';
import type { IisnodeQueries } from './iisnode.js';
import type { IisnodeYmlFacts } from './iisnode-yml.js';
import type { PackageFacts, PackageQueries } from './package.js';
import type { SiteFacts, SiteQueries } from './site.js';
import type { VdirPath } from './vdir-path.js';
import type { WebConfigFacts, WebConfigQueries } from './web-config.js';

/** Everything the rules about files may know, read once; they see nothing else. Plain data, but for `folder` and `query`. */
export interface FileFacts {
  readonly kind: 'files';
  /** As it was asked for. */
  readonly target: string;
  /** Absolute physical path of the app. */
  readonly directory: string;
  /** What lies in it, with the means to read a file of it. */
  readonly folder: AppFolder;
  readonly webConfig: WebConfigFacts;
  /** undefined: nobody says where the app sits. */
  readonly vdirPath: VdirPath | undefined;
  /** Where it is judged; undefined where that is any place: nobody says it, and nothing is to be assumed. */
  readonly place: PlacedApp | undefined;
  /** undefined while web.config is missing or not well-formed. */
  readonly site: SiteFacts | undefined;
  /** Programs that handlers and rules hand to iisnode; without any, the program package.json or its name points out. */
  readonly entries: readonly Entry[];
  /** The loader, where web.config gives it to iisnode. */
  readonly loader: LoaderUse | undefined;
  /** iisnode's settings for the entry point; undefined while web.config or iisnode.yml cannot be read. */
  readonly iisnode: IisnodeSettingsAt | undefined;
  /** The override file beside the entry point; undefined when there is none. */
  readonly iisnodeYml: IisnodeYmlFacts | undefined;
  /** How many machines share the app, as the command line says; 1 unless it does. */
  readonly machines: number;
  readonly package: PackageFacts;
  /** Read when the first rule looks at it, as reading sources takes longest. */
  readonly server: ServerFacts;
  /** With the scripts that connect to socket.io and are loaded by no page we can see. Read when the first rule looks at it. */
  readonly pages: readonly PageFacts[];
  readonly query: FactQueries;
}

/** What depends on what a rule asks for, or is too much to work out beforehand. The same question has the same answer. */
export interface FactQueries extends WebConfigQueries, SiteQueries, IisnodeQueries, PackageQueries {
  /** The scripts of one entry, itself first; none when it cannot be read. */
  scriptsOf(entry: Entry): readonly ServerScript[];
  /** What was to be read and could not be, though something has that name; asked last, it knows of what the rules asked for, too. */
  unread(): readonly FileError[];
}

/** What the rules about a live site may know. */
export interface LiveFacts {
  readonly kind: 'live';
  /** The URL. */
  readonly target: string;
  /** What a browser would see there. */
  readonly probe: ProbeReport;
}

export type Facts = FileFacts | LiveFacts;
