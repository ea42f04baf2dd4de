import { createHash } from 'node:crypto';
import path from 'node:path';
import { UserError } from '../errors.js';
import { type LoaderText, readLoaderText } from '../source/index.js';
import { type LoaderSettings, loaderFiles, loaderName, loaderVdirName } from './loader.js';
import { readTextFile } from './text-file.js';
import type { FileEdit } from './types.js';

/** The changes of the loader's files in an app's folder. */
export interface LoaderEdits {
  readonly edits: readonly FileEdit[];
  /** What was changed by the user and is kept, one line each. */
  readonly notes: readonly string[];
}

/** A file of the loader in the app's folder. */
export interface LoaderFile extends LoaderText {
  /** With LF line ends. */
  readonly text: string;
  /** Is the code unchanged since init wrote it? Settings do not count. */
  readonly isCurrentCode: boolean;
  /** Are the settings unchanged since init wrote them? */
  readonly hasOurSettings: boolean;
}

/**
 * The loader's files with these settings, compared with those in the folder: a file with unchanged code is updated to this version;
 * settings that the user changed stay, and so does a file with changed code, or one written by a newer version.
 *
 * @param asked Names of settings that override those in the file.
 * @throws UserError LOADER_NAME_TAKEN (usage) where another file has the name.
 */
export function planLoader(
  directory: string,
  settings: Partial<LoaderSettings>,
  asked: readonly (keyof LoaderSettings)[],
): LoaderEdits {
  const edits: FileEdit[] = [];
  const notes: string[] = [];
  for (const [file, text] of loaderFiles(settings)) {
    const before = readTextFile(path.join(directory, file))?.text;
    const found = readLoaderFile(directory, file);
    const planned = planFile(file, stampedLoader(file, text), found, asked);
    const isSame = before !== undefined && planned.text === withLineFeeds(before);
    edits.push({ file, before, after: isSame ? before : planned.text });
    if (planned.note !== undefined) notes.push(planned.note);
  }
  return { edits: [...edits, ...unneeded(directory, settings, edits)], notes };
}

/** The second file, which the loader does not load at '/': removed as init wrote it, and kept where its code was changed. */
function unneeded(
  directory: string,
  { vdirPath = '/' }: Partial<LoaderSettings>,
  edits: readonly FileEdit[],
): FileEdit[] {
  const before = readTextFile(path.join(directory, loaderVdirName))?.text;
  const loader = edits.find(({ file }) => file === loaderName)?.after ?? '';
  const kept = readLoaderText({ file: loaderName, text: loader })?.settings.get('vdirPath')?.value ?? '/';
  if (before === undefined || vdirPath !== '/' || kept !== '/') return [];
  // Another file of that name is not the loader's.
  if (readLoaderText({ file: loaderVdirName, text: before }) === undefined) return [];
  return readLoaderFile(directory, loaderVdirName)?.isCurrentCode === true
    ? [{ file: loaderVdirName, before, after: undefined }]
    : [];
}

/** The loader's files in a folder that does not want it: removed as init wrote them; what the user changed stays. */
export function removeLoader(directory: string): LoaderEdits {
  const edits: FileEdit[] = [];
  const notes: string[] = [];
  for (const file of [loaderName, loaderVdirName]) {
    const before = readTextFile(path.join(directory, file))?.text;
    if (before === undefined || readLoaderText({ file, text: before }) === undefined) continue;
    const found = readLoaderFile(directory, file);
    if (found?.isCurrentCode && found.hasOurSettings) edits.push({ file, before, after: undefined });
    else notes.push(`${file} has code or settings that init did not write, and stays; iisnode does not start it`);
  }
  return { edits, notes };
}

/** Reads a file of the loader; undefined where there is none. Throws UserError LOADER_NAME_TAKEN (usage). */
function readLoaderFile(directory: string, file: string): LoaderFile | undefined {
  const name = path.join(directory, file);
  const found = readTextFile(name)?.text;
  if (found === undefined) return undefined;
  const text = withLineFeeds(found);
  const read = readLoaderText({ file: name, text });
  if (read === undefined) throw nameTaken(directory, file);
  const [, code, settings] = /^.*, code (\w+)(?:, settings (\w+))?$/m.exec(firstLine(text)) ?? [];
  const { code: codeNow, settings: settingsNow } = sums(text, read);
  return { ...read, text, isCurrentCode: code === codeNow, hasOurSettings: settings === settingsNow };
}

function planFile(
  file: string,
  ours: string,
  found: LoaderFile | undefined,
  asked: readonly string[],
): { readonly text: string; readonly note?: string } {
  const version = readLoaderText({ file, text: ours })?.version ?? 0;
  if (found === undefined) return { text: ours };
  if (!found.isCurrentCode) {
    const note = `${file} has code that init did not write, and stays as it is; without it init writes version ${version}`;
    return { text: found.text, note };
  }
  if (found.version > version) {
    return { text: found.text, note: `${file} is of a newer version (${found.version}), and stays as it is` };
  }
  if (found.hasOurSettings) return { text: ours };
  const { text, kept } = withSettingsOf(found, ours, asked);
  const note = `${file} keeps settings that init did not write: ${kept.join(', ')}`;
  return { text, ...(kept.length > 0 && { note }) };
}

/** Our text with the settings of the existing file, and the names of those that differ. */
function withSettingsOf(found: LoaderFile, ours: string, asked: readonly string[]): { text: string; kept: string[] } {
  const wanted = readLoaderText({ file: loaderName, text: ours });
  const kept: string[] = [];
  let text = ours;
  for (const [name, { text: value }] of found.settings) {
    const own = wanted?.settings.get(name)?.text;
    if (own === undefined || own === value || asked.includes(name)) continue;
    kept.push(name);
    text = text.replace(`\n  ${name}: ${own},`, () => `\n  ${name}: ${value},`);
  }
  // Its checksum shows that the user changed these settings, also in later runs.
  return { text: text.replace(/, settings \w+/, /, settings \w+/.exec(firstLine(found.text))?.[0] ?? ''), kept };
}

/** A loader's text with the checksums of its code and of its settings in the first line. */
export function stampedLoader(file: string, text: string): string {
  const read = readLoaderText({ file, text });
  const { code, settings } = sums(text, read);
  const mark = settings === undefined ? `, code ${code}` : `, code ${code}, settings ${settings}`;
  return text.replace(/^(\/\/ iisnode-sock loader \d+).*/, (_, name: string) => `${name}${mark}`);
}

function sums(text: string, read: LoaderText | undefined): { readonly code: string; readonly settings?: string } {
  const body = text.slice(firstLine(text).length);
  const offset = text.length - body.length;
  if (read?.span === undefined) return { code: sumOf(body) };
  const { start, end } = read.span;
  // The settings' values may be the user's; the lines around them belong to neither checksum.
  const values = [...read.settings].map(([name, { text: value }]) => `${name}: ${value}`).join('\n');
  return { code: sumOf(body.slice(0, start - offset) + body.slice(end - offset)), settings: sumOf(values) };
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
const withLineFeeds = (text: string): string => text.replaceAll('\r\n', '\n');

function nameTaken(directory: string, file: string): UserError {
  return new UserError('LOADER_NAME_TAKEN', {
    what: `${path.join(directory, file)} is another file than the loader`,
    why: `init writes the loader under the name ${file}, and this file was not written by it.`,
    next: 'rename the file, or run init with --loader never',
    again: { with: ['--loader', 'never'] },
  });
}
