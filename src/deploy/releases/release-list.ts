import type { UndeployOptions } from '../types.js';
import type { JournalEntry } from './journal.js';
import type { Release } from './release.js';

export type ReleasesOptions = Pick<UndeployOptions, 'directory' | 'to' | 'site' | 'path' | 'environment' | 'appcmd'>;

/** The kept releases of an application, as plain data. */
export interface ReleaseList {
  readonly target: string;
  readonly site: string;
  readonly path: string;
  /** The app's own folder. */
  readonly directory: string;
  /** The folder with the releases and the journal. */
  readonly base: string;
  readonly keep: number;
  /** Newest first. */
  readonly releases: readonly (Release & {
    /** IIS serves it now. */
    readonly live: boolean;
    /** The last deployment of it, or rollback to it; undefined: it ended before it could say so. */
    readonly last: JournalEntry | undefined;
  })[];
  /** Names of incomplete releases; the next deployment removes them. */
  readonly leftovers: readonly string[];
}
