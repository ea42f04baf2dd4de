import type { PackedFile } from '../../pack/index.js';

/** One copy of an app on the server, as plain data. */
export interface Release {
  /** `20261129-071500-1a2b3c4d`: when it was made (UTC), and the first 8 digits of its hash. It sorts by time. */
  readonly id: string;
  /** SHA-256 of the names and contents of its files, hexadecimal. */
  readonly hash: string;
  /** Of all its files, in bytes. */
  readonly size: number;
  /** The number of its files. */
  readonly count: number;
  /** When it was made; ISO 8601. */
  readonly created: string;
  /** Who made it: `user@machine`. */
  readonly who: string;
}

/** The file beside a release's folder; it is written last, so a release without it is incomplete. */
export interface ReleaseManifest extends Release {
  readonly version: 1;
  readonly files: readonly PackedFile[];
}

const pattern = /^\d{8}-\d{6}-[0-9a-f]{8}$/;

export const isReleaseId = (name: string): boolean => pattern.test(name);

/** @param time In ms since 1970. */
export function releaseId(time: number, hash: string): string {
  const [day = '', clock = ''] = new Date(time).toISOString().replaceAll(/[-:]/g, '').split('T');
  return `${day}-${clock.slice(0, 6)}-${hash.slice(0, 8)}`;
}

/** The text of a file as a manifest; undefined when it is none. */
export function manifestIn(text: string): ReleaseManifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<ReleaseManifest> | null;
    const isManifest =
      typeof value?.id === 'string' &&
      isReleaseId(value.id) &&
      [value.hash, value.created, value.who].every((each) => typeof each === 'string') &&
      [value.size, value.count].every((each) => typeof each === 'number') &&
      Array.isArray(value.files);
    return isManifest ? (value as ReleaseManifest) : undefined;
  } catch {
    return undefined;
  }
}
