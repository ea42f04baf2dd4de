import type { Place } from '../source/index.js';
import type { IisnodeAttribute, IisnodeSettingsAt } from '../webconfig/index.js';

import type { Assumption } from './place/index.js';

/** An app's configuration from its files: the doctor reads it, and a plan for viewers is compared with it. Plain data. */
export interface ConfiguredApp {
  /** Absolute physical path. */
  readonly directory: string;
  readonly hasWebConfig: boolean;
  /** The first error in web.config that IIS refuses, in one sentence. */
  readonly problem: string | undefined;
  /** web.config maps requests to iisnode. */
  readonly hasIisnodeHandler: boolean;
  /** iisnode's effective settings, each with its place; undefined where IIS or iisnode stops at an error. */
  readonly iisnode:
    | { readonly settings: IisnodeSettingsAt; placeOf(name: IisnodeAttribute): Place | undefined }
    | undefined;
  /** appConcurrentRequestLimit, if web.config sets it. */
  readonly requestLimit: { readonly value: number; readonly file: string; readonly line: number } | undefined;
  /** The transports that its servers behind IIS allow, all of them together; undefined where one is unknown. */
  readonly transports: readonly string[] | undefined;
  /** The places where its code sends to the clients of all processes. */
  readonly broadcasts: readonly Place[];
  readonly hasAdapter: boolean;
  /** What was assumed to read it. */
  readonly assumed: readonly Assumption[];
}
