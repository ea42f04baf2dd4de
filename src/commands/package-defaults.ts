import path from 'node:path';
import type { Option, Command as Typed } from 'commander';
import { isObject } from '../app/index.js';
import { UserError } from '../errors.js';
import { isWholeOnWindows } from '../files/index.js';
import { didYouMean } from '../nearest-name.js';
import { placeInJson } from '../source/index.js';
import { isSsh } from '../ssh/index.js';
import { withoutEnd } from '../trimmed.js';
import { commandsWithDefaults as commands, type Manifest } from './manifest-of-app.js';

/** What stands for all of them, where a command has it. What means something else in each, such as `port`, stands in the command's own part. */
const shared = new Set(
  'site path pool machines processes module adapter transports static only skip strict apphost'.split(' '),
);
/** What is asked for once, or names the app or the server: a target has those. */
const typedOnly = new Set(
  'dir to target listTargets check dryRun force yes fix unfix list explain seen har url json verbose color updateNotifier'.split(
    ' ',
  ),
);
/** What is typed, or in the file, beside what it excludes. */
const excludes: Readonly<Record<string, readonly string[]>> = {
  newSite: ['site', 'path'],
  site: ['newSite', 'binding', 'certificate'],
  apphost: ['path', 'app'],
  inPlace: ['releases', 'releasesDir'],
  releases: ['inPlace'],
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * The options of a command, with those that package.json of the app has in `"iisnode-sock": { "defaults": { .. } }` where none is typed.
 * A target of package.json is complete in itself: a command that names one takes no defaults.
 * @param typed The command as commander has read it.
 * @throws UserError DEFAULTS_INVALID with the line: an unknown name, or a value that the option refuses.
 */
export function withDefaults(typed: Typed, manifest: Manifest, options: object): object {
  const defaults = defaultsIn(manifest);
  if (defaults === undefined) return options;
  if (!isObject(defaults))
    throw refused(manifest, [], 'is not an object', 'For example { "site": "Chat", "skip": ["SOME_RULE"] }.');
  const given = new Map(entriesFor(typed, manifest, defaults));
  const isTyped = (name: string): boolean => !['default', undefined].includes(typed.getOptionValueSource(name));
  const known = typed.options.map((option) => option.attributeName());
  const left = [...given.keys()].filter((name) => {
    const others = [...known.filter(isTyped), ...(excludes[name] === undefined ? [...given.keys()] : [])];
    return !isTyped(name) && !others.some((other) => other !== name && excludes[other]?.includes(name));
  });
  const { to = [] } = options as { readonly to?: string | readonly string[] };
  const isElsewhere = [to].flat().some(isSsh);
  // The folder of the releases belongs to the server.
  const folderFor = (name: string): string | undefined =>
    isElsewhere && name === 'releasesDir' ? undefined : path.dirname(manifest.file);
  return { ...options, ...Object.fromEntries(left.map((name) => [name, given.get(name)?.(folderFor(name))])) };
}

/** An error about a value that was not typed says where it is. @param typed The options as they were typed, and with the defaults. */
export function namingDefault(error: unknown, manifest: Manifest, typed: object, given: object): unknown {
  if (!(error instanceof UserError) || error.exit !== 'usage') return error;
  const before = typed as Fields;
  const words = error.what.split(/[\s"'(),]+/).map((word) => withoutEnd(word, '.:'));
  const isNamed = (value: unknown): boolean =>
    [value].flat().some((each) => typeof each === 'string' && words.includes(each));
  const [name] = Object.entries(given).find(([key, value]) => before[key] !== value && isNamed(value)) ?? [];
  if (name === undefined) return error;
  return error.reworded({
    why: `${error.why.replace(/\.?$/, '.')} It is the default of "${name}" in ${manifest.file}.`,
  });
}

function defaultsIn({ text }: Manifest): unknown {
  try {
    const manifest: unknown = JSON.parse(text);
    const field = isObject(manifest) ? manifest['iisnode-sock'] : undefined;
    return isObject(field) ? field.defaults : undefined;
  } catch {
    return undefined; // no JSON: the commands themselves report it
  }
}

/** The value, with its paths in a folder; undefined: as they are written. */
type Entry = readonly [name: string, value: (folder: string | undefined) => unknown];

/** The defaults that concern the command, its own part last. Every name is checked, also those of other commands. */
function entriesFor(typed: Typed, manifest: Manifest, defaults: Fields): readonly Entry[] {
  const all = typed.parent?.commands.filter((one) => commands.includes(one.name())) ?? [];
  const own: Entry[] = [];
  const parts: Entry[] = [];
  for (const [name, value] of Object.entries(defaults)) {
    const command = all.find((one) => one.name() === name);
    if (command !== undefined) {
      if (!isObject(value)) throw refused(manifest, [name], 'is not an object', 'It has the options of that command.');
      const read = Object.entries(value).map(([key, each]) => entry(command, manifest, [name, key], each));
      if (command === typed) parts.push(...read);
      continue;
    }
    const names = [...shared, ...commands];
    if (!shared.has(name)) {
      throw refused(
        manifest,
        [name],
        'is not a default',
        `${meantBy(name, typed, all, names)}It has ${names.join(', ')}.`,
      );
    }
    const takers = all.filter(({ options }) => options.some((option) => option.attributeName() === name));
    const read = takers.map((one) => ({ one, read: entry(one, manifest, [name], value) }));
    own.push(...read.filter(({ one }) => one === typed).map((each) => each.read));
  }
  return [...own, ...parts];
}

/** A command that takes none, an option of some commands, or a name that is nearly right. */
function meantBy(name: string, typed: Typed, all: readonly Typed[], names: readonly string[]): string {
  if (typed.parent?.commands.some((one) => one.name() === name)) return `The command ${name} takes no defaults. `;
  const takers = all.filter(({ options }) =>
    options.some((option) => option.attributeName() === name && !typedOnly.has(name)),
  );
  if (takers.length === 0) return didYouMean(name, names);
  return `It is an option of ${takers.map((one) => one.name()).join(' and ')}: write it into the part of that command. `;
}

function entry(command: Typed, manifest: Manifest, names: readonly string[], value: unknown): Entry {
  const name = names.at(-1) ?? '';
  const options = command.options.filter((option) => !typedOnly.has(option.attributeName()));
  const option = options.find((one) => one.attributeName() === name);
  if (option === undefined) {
    const known = options.map((one) => one.attributeName());
    throw refused(
      manifest,
      names,
      `is not an option of ${command.name()}`,
      `${didYouMean(name, known)}It has ${known.join(', ')}.`,
    );
  }
  const texts = textsOf(option, value);
  if (texts === 'wrong')
    throw refused(manifest, names, `is ${JSON.stringify(value).slice(0, 60)}`, `It is ${wanted(option)}.`);
  if (typeof texts === 'boolean') return [name, () => texts];
  const read = (folder: string | undefined): unknown => {
    let result: unknown;
    for (const text of texts) result = option.parseArg ? option.parseArg(inFolder(option, text, folder), result) : text;
    return result;
  };
  try {
    read('.');
  } catch (error) {
    throw refused(
      manifest,
      names,
      `is ${JSON.stringify(value).slice(0, 60)}`,
      error instanceof Error ? error.message : '',
    );
  }
  return [name, read];
}

/** As they would be typed. */
function textsOf({ required, optional, flags }: Option, value: unknown): readonly string[] | boolean | 'wrong' {
  if (!required && !optional) return typeof value === 'boolean' ? value : 'wrong';
  if (optional && value === true) return true;
  const list = Array.isArray(value) ? value : [value];
  const isText = list.every((each) => (typeof each === 'string' && each !== '') || typeof each === 'number');
  if (list.length === 0 || !isText) return 'wrong';
  return isCommaList(flags) ? [list.join(',')] : list.map(String);
}

const isCommaList = (flags: string): boolean => /<(list|rules|folders)>/.test(flags);

const wanted = ({ required, optional, flags }: Option): string =>
  required || optional ? `what is typed behind ${flags}, in quotes, or a list of such` : 'true or false';

/** Paths of this machine are relative to package.json; one of a Windows server stays as it is written. */
function inFolder({ flags }: Option, text: string, folder: string | undefined): string {
  if (folder === undefined) return text;
  if (/<(file|dir|folder|msi)>/.test(flags)) return isWholeOnWindows(text) ? text : path.resolve(folder, text);
  const [, at = '', dir] = /^(\/[^=]*=)(.+)$/.exec(flags.includes('<vpath=dir>') ? text : '') ?? [];
  return dir === undefined ? text : at + path.resolve(folder, dir);
}

function refused(manifest: Manifest, names: readonly string[], is: string, why: string): UserError {
  const place = ['iisnode-sock', 'defaults', ...names];
  const { line } = placeInJson(manifest, place);
  return new UserError('DEFAULTS_INVALID', {
    what: `"${place.join('.')}" ${is}, in ${manifest.file}, line ${line}`,
    why,
    next: 'correct that line',
  });
}
