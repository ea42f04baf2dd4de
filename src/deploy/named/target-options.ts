import path from 'node:path';
import { isWholeOnWindows } from '../../files/index.js';
import { most } from '../../most.js';
import { isSsh } from '../../ssh/index.js';
import type { DeployOptions } from '../types.js';

/** What a target in package.json can have: each option of deploy under its own name, and what only several servers need. */
export interface TargetOptions
  extends Omit<DeployOptions, 'directory' | 'to' | 'environment' | 'signal' | 'appcmd' | 'dryRun'> {
  /** The app's folder, relative to package.json's; default: that one. */
  readonly directory?: string;
  /** How many machines run the app behind a load balancer; at least as many as there are servers. */
  readonly machines?: number;
  /** Several servers: how many at the same time; 1 by default. */
  readonly parallel?: number;
  /** Several servers: a failure stops no other, and what is done stays. */
  readonly keepGoing?: boolean;
}

/** Says what a value must be; undefined: it is that. */
export type ValueCheck = (value: unknown) => string | undefined;

/** Control characters in a name would reach a terminal or a command line of a server. */
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value);

export const text: ValueCheck = (value) => (isText(value) ? undefined : 'a text in quotes, which is not empty');
const flag: ValueCheck = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const number =
  (min: number, max: number): ValueCheck =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `a whole number from ${min} to ${max}`;
const texts: ValueCheck = (value) =>
  Array.isArray(value) && value.length > 0 && value.every(isText) ? undefined : 'a list of texts';
const releases: ValueCheck = (value) =>
  value === true || number(1, most.releases)(value) === undefined
    ? undefined
    : `true, or a whole number from 1 to ${most.releases}`;
const expectations: ValueCheck = (value) =>
  Array.isArray(value) && value.length > 0 && value.every(isExpectation)
    ? undefined
    : 'a list of { "path": "/health", "status": 200 }';

function isExpectation(value: unknown): boolean {
  const { path, status, ...others } = (typeof value === 'object' && value !== null ? value : {}) as {
    readonly path?: unknown;
    readonly status?: unknown;
  };
  return (
    typeof path === 'string' &&
    /^\/[^\s#]*$/.test(path) &&
    number(200, 599)(status) === undefined &&
    Object.keys(others).length === 0
  );
}

/** The check of each option. The compiler refuses a table that lacks one. */
export const optionChecks: { readonly [Name in keyof TargetOptions]-?: ValueCheck } = {
  directory: text,
  path: text,
  site: text,
  newSite: text,
  binding: texts,
  certificate: text,
  force: flag,
  pool: text,
  entry: text,
  port: number(0, 65_535),
  releases,
  releasesDirectory: text,
  inPlace: flag,
  serverPath: text,
  installIisnode: text,
  installRewrite: text,
  installOnServer: flag,
  timeLimit: number(1, most.minutes),
  build: flag,
  verify: flag,
  expect: expectations,
  machines: number(1, most.machines),
  parallel: number(1, most.machines),
  keepGoing: flag,
};

/** Those that name a file or folder of this machine: relative to package.json. */
export const pathOptions = ['directory', 'releasesDirectory', 'installIisnode', 'installRewrite'] as const;

/** The folder of the releases belongs to the server: over ssh, and where it is a whole path of Windows, it stays as it is written. */
export const releasesFolder = (written: string, from: string, servers: readonly string[]): string =>
  servers.some(isSsh) || isWholeOnWindows(written) ? written : path.resolve(from, written);
