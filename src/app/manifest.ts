import path from 'node:path';
import { FileError } from '../files/index.js';
import { remembered } from '../remembered.js';
import type { AppFolder } from '../source/index.js';
import { isObject, type Json, parseJson, strings, textOf } from './json.js';
import { type ManifestFault, manifestFault } from './manifest-fault.js';

/** A package.json: the fields that the commands need, and its error. */
export interface Manifest {
  /** Absolute, as on disk. */
  readonly file: string;
  /** It is a JSON object. False when the file does not exist, or is not JSON. */
  readonly isRead: boolean;
  readonly fault: ManifestFault | undefined;
  /** Its whole content. */
  readonly fields: Json;
  readonly name: string | undefined;
  readonly main: string | undefined;
  readonly type: string | undefined;
  /** scripts by name. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Versions by name. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** engines.node. */
  readonly nodeRange: string | undefined;
  /** Patterns of the folders that are separate packages. */
  readonly workspaces: readonly string[];
}

const manifestsRead = remembered((_folder: AppFolder) => new Map<string, Manifest>());

/**
 * A package.json of the app, read once. Never throws: an error is in its `fault`, and a file that cannot be read is in
 * `folder.unread`.
 *
 * @param relative 'package.json', 'packages/log/package.json'.
 */
export function readManifest(folder: AppFolder, relative = 'package.json'): Manifest {
  const manifests = manifestsRead(folder);
  const key = relative.toLowerCase();
  const found = manifests.get(key) ?? manifestOf(folder, folder.spelling(relative) ?? relative);
  manifests.set(key, found);
  return found;
}

function manifestOf(folder: AppFolder, name: string): Manifest {
  const bytes = folder.load(name);
  const isText = bytes !== undefined && !(bytes instanceof FileError);
  const json = isText ? parseJson(bytes.toString().replace(/^\uFEFF/, '')) : undefined;
  const fields = json ?? {};
  return {
    file: path.join(folder.root, name),
    isRead: json !== undefined,
    fault: manifestFault(folder, name, bytes),
    fields,
    name: textOf(fields.name),
    main: textOf(fields.main),
    type: textOf(fields.type),
    scripts: strings(fields.scripts),
    dependencies: strings(fields.dependencies),
    devDependencies: strings(fields.devDependencies),
    nodeRange: strings(fields.engines).node,
    workspaces: workspacesOf(fields.workspaces),
  };
}

/** A list, or the form of yarn 1: { "packages": [..] }. */
function workspacesOf(value: unknown): readonly string[] {
  const list = isObject(value) ? value.packages : value;
  return Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : [];
}

/** The package.json that decides how node reads a file of the app (relative): the nearest above it, within the app. */
export function nearestManifest(folder: AppFolder, relative: string): Manifest | undefined {
  // Stops at the app's folder: the folders above it are not those on the server.
  for (let place = path.posix.dirname(relative); ; place = path.posix.dirname(place)) {
    const name = place === '.' ? 'package.json' : `${place}/package.json`;
    if (folder.isFile(name)) return readManifest(folder, name);
    if (place === '.' || place === '/' || place.startsWith('..')) return undefined;
  }
}
