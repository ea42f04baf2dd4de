import { statSync } from 'node:fs';
import path from 'node:path';
import { plural } from '../../../amounts.js';
import { UserError } from '../../../errors.js';
import { requireFolder } from '../../../files/index.js';
import { printable } from '../../../printable.js';
import { logFolderOf } from '../../../webconfig/index.js';
import type { FileFacts, SeenText } from '../../types.js';
import { families } from '../known/index.js';
import { recognise, type Sighting } from '../recognise.js';
import { type LogFile, type LogText, listLogs, most, readLog } from './log-files.js';
import { oftenStarted } from './starts.js';

export interface LogResult {
  readonly sightings: readonly Sighting[];
  readonly notes: readonly SeenText[];
}

const nothing: LogResult = { sightings: [], notes: [] };

/** Texts that clients cause, or that any app may print, are not looked for in logs. */
const only = ['node', 'iisnode', 'log'];

/**
 * What a folder of logs shows that the user has named: the newest files, the end of each.
 *
 * @throws UserError for a folder that is missing or cannot be read.
 */
export function readNamedLogs(given: string, cwd: string): LogResult {
  const folder = path.resolve(cwd, given);
  requireFolder(folder, {
    shown: given,
    codeOfFile: 'LOGS_NOT_A_FOLDER',
    next: 'name the folder with the logs of iisnode, by default the folder iisnode beside the entry point; one file: --seen FILE',
  });
  const files = listed(folder, given);
  if (files.length === 0) return { sightings: [], notes: [noLogs(given)] };
  const texts = files.slice(0, most.files).flatMap((file) => readLog(folder, file) ?? []);
  const sightings = [...texts.flatMap((text) => sightingsIn(text)), ...startsIn(files)];
  return { sightings, notes: sightings.length > 0 ? [] : [nothingKnown(given, texts.length, files.length)] };
}

function listed(folder: string, given: string): LogFile[] {
  try {
    return listLogs(folder);
  } catch (cause) {
    throw new UserError('LOGS_UNREADABLE', {
      what: `cannot read the folder for logs, ${printable(given)}`,
      why: cause instanceof Error ? cause.message : String(cause),
      next: 'make it readable, or copy the logs to another folder',
      cause,
    });
  }
}

function sightingsIn({ file, log, text, isWhole }: LogText, isPast = false): Sighting[] {
  const name = isWhole ? log.name : `the end of ${log.name}`;
  return recognise({ file, isPart: !isWhole, name: printable(name), text, only, isPast });
}

function startsIn(files: readonly LogFile[], isPast = false): Sighting[] {
  const quote = oftenStarted(files);
  const family = families.find(({ name }) => name === 'log');
  const known = family?.texts.find(({ id }) => id === 'restarts-often');
  if (quote === undefined || family === undefined || known === undefined) return [];
  return [{ family, known, quotes: [quote], texts: [quote], ...(isPast && { isPast }) }];
}

/**
 * What the logs of an examined app show, found where its logDirectory says: only a crash of the processes that iisnode started last,
 * and only where nothing of the app has changed since. The files of other moments are history.
 *
 * @param copied The folder with copies of them, where they are elsewhere.
 */
export function readOwnLogs(facts: FileFacts, copied?: string): LogResult {
  const folder = copied ?? logFolder(facts);
  if (folder === undefined) return nothing;
  try {
    const files = listLogs(folder).filter(({ of }) => of !== undefined);
    const newest = files[0]?.of?.begun ?? 0;
    if (newest < lastChange(facts)) return nothing;
    const last = files.filter(({ of }) => of?.stream === 'stderr' && newest - of.begun < 10_000).slice(0, most.files);
    const crashed = last.flatMap((file) => readLog(folder, file) ?? []).filter(({ text }) => crash.test(text));
    if (crashed.length === 0) return nothing;
    const sightings = crashed.flatMap((log) =>
      sightingsIn({ ...log, text: fromCrash(log.text), isWhole: false }, true),
    );
    return { sightings: [...sightings, ...startsIn(files, true)], notes: [] };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return nothing; // there is none, or it cannot be read
    throw error;
  }
}

/** What the interceptor writes when the app has ended by an exception (iisnode 0.2.27, interceptor.js). */
const crash = /Application has thrown an uncaught exception and is terminated/;

/** A log may have more than one crash: the last one counts, with the line of a syntax error above it. */
const fromCrash = (text: string): string =>
  text.slice(Math.max(0, text.lastIndexOf('Application has thrown an uncaught')));

function logFolder({ entries, iisnode }: FileFacts): string | undefined {
  const entry = entries.find(({ exists }) => exists);
  if (entry === undefined || iisnode === undefined || !iisnode.values.loggingEnabled) return undefined;
  return logFolderOf(path.dirname(entry.file), iisnode.values);
}

/** ms since 1970: the last change of the files that decide how the app starts. */
function lastChange({ directory, entries, webConfig }: FileFacts): number {
  const files = [webConfig.file, path.join(directory, 'package.json'), ...entries.map(({ file }) => file)];
  const changed = files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...changed);
}

function noLogs(given: string): SeenText {
  return aboutLogs(
    'no-logs',
    `There are no logs in ${printable(given)}`,
    'node has not run, or has printed nothing, or loggingEnabled is false, or logDirectory is another folder.',
  );
}

/** That nothing is found must not read as if the app were right. `read` and `there`: counts of logs. */
function nothingKnown(given: string, read: number, there: number): SeenText {
  const count = read === there ? plural(there, 'log') : `${read} of ${plural(there, 'log')}`;
  return aboutLogs(
    'no-known-text-in-logs',
    `No known error in ${count} of ${printable(given)}`,
    'The doctor draws no conclusion from it. It reads the newest logs, and the end of each.',
  );
}

const aboutLogs = (id: string, says: string, means: string): SeenText => ({
  id,
  rule: 'SEEN_LOG',
  severity: 'info',
  says,
  means,
  quotes: [],
  causes: [],
  apart: '',
});
