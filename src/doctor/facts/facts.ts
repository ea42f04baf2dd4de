import type { PlacedApp } from '../../app/index.js';
import type { FileError } from '../../files/index.js';
import type { ProbeReport } from '../../probe/index.js';
import type { AppFolder, PageFacts, ServerFacts } from '../../source/index.js';
import type { Entry } from './entries.js';
import type { IisnodeFacts } from './iisnode.js';
import type { IisnodeYmlFacts } from './iisnode-yml.js';
import type { PackageFacts } from './package.js';
import type { SiteFacts } from './site.js';
import type { VdirPath } from './vdir-path.js';
import type { WebConfigFacts } from './web-config.js';

/** Everything the rules may know, read once. Rules see nothing else. */
export interface Facts {
  /** As it was asked for. */
  readonly target: string;
  /** Absolute physical path of the app. */
  readonly directory: string;
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
  /** How iisnode runs the entry point; undefined while web.config or iisnode.yml cannot be read. */
  readonly iisnode: IisnodeFacts | undefined;
  /** The override file beside the entry point; undefined when there is none. */
  readonly iisnodeYml: IisnodeYmlFacts | undefined;
  /** How many machines share the app, as the command line says; 1 unless it does. */
  readonly machines: number;
  readonly package: PackageFacts;
  readonly server: ServerFacts;
  readonly pages: readonly PageFacts[];
  /** What was to be read and could not be, though something has that name; asked for last, it knows of what the rules asked for, too. */
  readonly unread: readonly FileError[];
  /** What a probe of the live app saw; undefined for files. */
  readonly live: ProbeReport | undefined;
}
