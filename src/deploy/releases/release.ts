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

const pattern = /^\d{8}-\d{6}-[0-9a-f]{8}$/;

export const isReleaseId = (name: unknown): boolean => typeof name === 'string' && pattern.test(name);

/** @param time In ms since 1970. */
export function releaseId(time: number, hash: string): string {
  const [day = '', clock = ''] = new Date(time).toISOString().replaceAll(/[-:]/g, '').split('T');
  return `${day}-${clock.slice(0, 6)}-${hash.slice(0, 8)}`;
}

/** When a release was made by its id, to the second, in ms since 1970. */
export function releaseTime(id: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id) ?? [];
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The text of a release's file; undefined when it is none. */
export function releaseIn(text: string): Release | undefined {
  const value = parsed(text) as Partial<Release> | null | undefined;
  const { id = '', hash, size, count, created, who } = value ?? {};
  const isRelease =
    isReleaseId(id) &&
    [hash, created, who].every((each) => typeof each === 'string') &&
    [size, count].every((each) => typeof each === 'number');
  return isRelease ? (value as Release) : undefined;
}

/** The text of the list of its files; undefined when it is none. */
export function filesIn(text: string): readonly PackedFile[] | undefined {
  const value = parsed(text);
  return Array.isArray(value) ? (value as PackedFile[]) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
