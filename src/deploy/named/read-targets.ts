import path from 'node:path';
import { isObject, type Json } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { FileError, fileLimits, readIfThereSync } from '../../files/index.js';
import { nearestName } from '../../nearest-name.js';
import { findJsonFault, placeAt, placeInJson, type TextFile } from '../../source/index.js';
import { withoutPassword } from '../../ssh/index.js';
import { repeatedServer, twiceWhy } from '../server-names.js';
import { expressName, isExpress } from '../targets/express/find-express.js';
import { isFileTarget } from '../targets/file-target.js';
import { optionChecks, pathOptions, releasesFolder, type TargetOptions, text } from './target-options.js';

/** A target that package.json names. */
export interface NamedTarget {
  readonly name: string;
  /** The package.json, absolute, and the line with the name. */
  readonly file: string;
  readonly line: number;
  /** The app's folder, absolute. */
  readonly directory: string;
  /** The servers, as in `--to`; empty: the default one. */
  readonly to: readonly string[];
  /** As for deploy; paths of this machine are absolute. */
  readonly options: Omit<TargetOptions, 'directory'>;
}

/** The fields of `"iisnode-sock"`; `allow` is the doctor's, `defaults` has options of the commands. */
const ownFields = ['targets', 'allow', 'defaults'];
/** A name is a word of a command line, and no path: `./production` is always a folder. */
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const fieldName = 'iisnode-sock';

/** A target that deploy refuses. */
export interface FaultyTarget extends Pick<NamedTarget, 'name' | 'file'> {
  /** Of what is wrong. */
  readonly line: number;
  readonly what: string;
  readonly why: string;
}

/**
 * The targets in `"iisnode-sock": { "targets": { NAME: { "to": [..], .. } } }` of the package.json of a folder, all of them checked; empty
 * where it has none. Values are taken as they are: nothing in them is expanded.
 * @throws UserError TARGETS_INVALID, which names file and line.
 */
export function readTargets(folder: string): readonly NamedTarget[] {
  return targetsIn(folder).map(unlessFaulty);
}

/** The same for who needs one of them: what is wrong with another one is no reason to refuse it. @throws UserError TARGETS_INVALID for the file. */
export function targetsIn(folder: string): readonly (NamedTarget | FaultyTarget)[] {
  const source = manifestIn(folder);
  if (source === undefined) return [];
  const fault = findJsonFault(source.text);
  if (fault !== undefined) {
    const { line } = placeAt(source, fault.offset);
    throw invalid(source.file, line, 'package.json is not JSON', fault.message);
  }
  const manifest: unknown = JSON.parse(source.text);
  const field = isObject(manifest) ? manifest[fieldName] : undefined;
  if (field === undefined) return [];
  const refuse = (names: readonly (string | number)[], what: string, why: string): UserError =>
    invalid(source.file, placeInJson(source, [fieldName, ...names]).line, what, why);
  if (!isObject(field))
    throw refuse([], `"${fieldName}" is not an object`, 'It has the targets: { "targets": { .. } }.');
  for (const name of Object.keys(field)) {
    if (!ownFields.includes(name)) throw refuse([name], `"${fieldName}" has no "${name}"`, knownNames(name, ownFields));
  }
  const targets = field.targets ?? {};
  if (!isObject(targets)) {
    throw refuse(['targets'], '"targets" is not an object', 'It has a name for each: { "production": { "to": .. } }.');
  }
  return Object.entries(targets).map(([name, value]) => {
    const faults: FaultyTarget[] = [];
    const { file } = source;
    const refuseTarget: Refuse = (names, what, why) => {
      const { line } = placeInJson(source, [fieldName, 'targets', name, ...names]);
      faults.push({ name, file, line, what, why });
      return invalid(file, line, what, why);
    };
    try {
      return targetFrom(name, value, source, refuseTarget);
    } catch (error) {
      const [fault] = faults;
      if (fault === undefined) throw error;
      return fault;
    }
  });
}

function unlessFaulty(target: NamedTarget | FaultyTarget): NamedTarget {
  if ('to' in target) return target;
  throw invalid(target.file, target.line, target.what, target.why);
}

/**
 * The target of that name.
 * @throws UserError TARGETS_INVALID for it, or for the file; TARGET_NOT_FOUND.
 */
export function findTarget(folder: string, name: string): NamedTarget {
  const all = targetsIn(folder);
  const found = all.find((target) => target.name === name);
  if (found !== undefined) return unlessFaulty(found);
  const names = all.map((target) => target.name);
  const near = nearestName(name, names);
  throw new UserError('TARGET_NOT_FOUND', {
    what: `there is no target "${name}" in ${path.join(folder, 'package.json')}`,
    why: names.length === 0 ? 'It names no targets.' : `It has ${names.join(', ')}.`,
    next:
      near === undefined
        ? `add it: "${fieldName}": { "targets": { "${name}": { "to": "iis" } } }`
        : `did you mean ${near}?`,
    ...(near !== undefined && { again: { instead: [name, near] } }),
  });
}

/** Their names alone, unchecked. None where package.json cannot be read: then it is not what the user means. */
export function targetNames(folder: string): readonly string[] {
  try {
    const manifest: unknown = JSON.parse(manifestIn(folder)?.text ?? '{}');
    const field = isObject(manifest) ? manifest[fieldName] : undefined;
    return isObject(field) && isObject(field.targets) ? Object.keys(field.targets) : [];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UserError) return [];
    throw error;
  }
}

function manifestIn(folder: string): TextFile | undefined {
  const file = path.join(folder, 'package.json');
  try {
    const bytes = readIfThereSync(file, fileLimits.source);
    // npm and node ignore a byte-order mark.
    return bytes === undefined ? undefined : { file, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    if (error instanceof FileError) throw invalid(file, 1, 'package.json cannot be read', error.why);
    throw error;
  }
}

type Refuse = (names: readonly (string | number)[], what: string, why: string) => UserError;

function targetFrom(name: string, value: unknown, source: TextFile, refuse: Refuse): NamedTarget {
  if (!namePattern.test(name)) {
    throw refuse(
      [],
      `"${name}" is not a name for a target`,
      'It has letters, digits, . _ and -, and begins with one of the first two.',
    );
  }
  if (!isObject(value)) throw refuse([], `the target "${name}" is not an object`, 'For example { "to": "iis" }.');
  const { to, ...options } = value;
  const known = Object.keys(optionChecks);
  for (const [key, given] of Object.entries(options)) {
    const check = Object.hasOwn(optionChecks, key) ? optionChecks[key as keyof typeof optionChecks] : undefined;
    if (check === undefined) {
      throw refuse(
        [key],
        `the target "${name}" has an option "${key}", which deploy does not have`,
        knownNames(key, ['to', ...known]),
      );
    }
    const wanted = check(given);
    if (wanted !== undefined)
      throw refuse([key], `"${key}" of the target "${name}" is ${shown(given)}`, `It is ${wanted}.`);
  }
  const folder = path.dirname(source.file);
  const servers = serversFrom(to, name, refuse);
  const { directory = '.', ...others } = withPaths(folder, options, servers);
  return {
    name,
    file: source.file,
    line: placeInJson(source, [fieldName, 'targets', name]).line,
    directory: path.resolve(folder, directory),
    to: servers.map((each) => serverOf(each, folder)),
    options: others,
  };
}

/** `to`: one server, or a list. */
function serversFrom(to: unknown, name: string, refuse: Refuse): readonly string[] {
  if (to === undefined) return [];
  const list: readonly unknown[] = Array.isArray(to) ? to : [to];
  if (list.length === 0)
    throw refuse(['to'], `"to" of the target "${name}" is an empty list`, 'It names one server or more.');
  return list.map((each, index) => {
    const at = Array.isArray(to) ? ['to', index] : ['to'];
    if (typeof each !== 'string' || text(each) !== undefined) {
      throw refuse(at, `"to" of the target "${name}" has ${shown(each)}`, 'It is a text in quotes, or a list of such.');
    }
    if (withoutPassword(each) !== each) {
      throw refuse(
        at,
        `"to" of the target "${name}" has a password`,
        'What is in package.json is in every copy of the repository.',
      );
    }
    if (repeatedServer([...list.slice(0, index), each]) !== undefined)
      throw refuse(at, `"to" of the target "${name}" names ${each} twice`, twiceWhy);
    return each;
  });
}

/** Safe: every value was checked. */
function withPaths(folder: string, checked: Json, servers: readonly string[]): TargetOptions {
  const options = { ...checked } as Record<string, unknown>;
  for (const name of pathOptions) {
    const given = options[name];
    if (typeof given !== 'string') continue;
    options[name] = name === 'releasesDirectory' ? releasesFolder(given, folder, servers) : path.resolve(folder, given);
  }
  return options as TargetOptions;
}

/** What is in a list or an object may be long, and nested to any depth. */
const shown = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : JSON.stringify(value).slice(0, 60);

function knownNames(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? `It has ${[...known].sort().join(', ')}.` : `Did you mean "${near}"?`;
}

const invalid = (file: string, line: number, what: string, why: string): UserError =>
  new UserError('TARGETS_INVALID', { what: `${what}, in ${file}, line ${line}`, why, next: 'correct that line' });

/** Files are named as seen from package.json. */
function serverOf(to: string, folder: string): string {
  if (isExpress(to)) return expressName(to, folder);
  return isFileTarget(to) ? path.resolve(folder, to) : to;
}
