import type { AroundOptions, AssumedFrom, Surroundings } from '../app/index.js';
import type { Expectation } from '../probe/index.js';
import type { ServerPlace, ServerSeen } from '../server/index.js';
import type { Selection } from './engine.js';
import type { SeenOptions } from './seen/index.js';

export interface DiagnoseOptions extends Selection, SeenOptions, AroundOptions {
  /** Base folder of relative targets. */
  readonly cwd: string;
  /** The app's vdir path, '/dante'; by default the one in web.config's appSettings. */
  readonly vdirPath?: string;
  /** The number of machines that run the app; 1 by default. */
  readonly machines?: number;
  /** Of a folder: the URL at which the app is live; both are examined, and what is seen there is explained by the files. */
  readonly url?: string;
  /** iisnode's version on the server, '0.2.21'. */
  readonly iisnodeVersion?: string;
  /** Look at this server as well: that of this machine, or another one. */
  readonly server?: ServerPlace | undefined;
  /** What was seen of it. */
  readonly serverSeen?: ServerSeen;
  /** What was already read of the options about the server and the site. */
  readonly around?: Surroundings;
  /** For a live app: the expected answers of its URLs. */
  readonly expect?: readonly Expectation[];
  /** For a live app: an origin whose pages connect to it, `https://app.example.com`. */
  readonly origin?: string;
  /** Fix what can be fixed, then run the rules again. */
  readonly fix?: boolean;
  /** With `fix`: in a copy, so that nothing is changed; the report has the differences. */
  readonly dryRun?: boolean;
  /** With `fix`: remember what the files were, for `unfix`. */
  readonly keepsFormer?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * Of a folder: start the app in the embedded IIS and look at it, or do not and say so in the report; by default neither. With `only` it
   * is not started.
   */
  readonly run?: boolean;
  /** How long a trial may take, ms; 15000 by default. */
  readonly runLimit?: number;
  /** Ends a trial, and the look at a live app: UserError INTERRUPTED. */
  readonly signal?: AbortSignal;
  /** The vdir path to assume when it is unknown; undefined: check the app for any path. */
  readonly assumeFrom?: AssumedFrom;
  /** The target was not named: where it has no app, only what the user has seen is judged. */
  readonly isDefault?: boolean;
}
