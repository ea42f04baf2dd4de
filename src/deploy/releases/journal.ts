import { appendFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { FileError, makeFolder, readTailSync } from '../../files/index.js';

/** One deployment, rollback or undeploy, as plain data: one line of JSON in the journal beside the releases. */
export interface JournalEntry {
  readonly version: 1;
  /** When it ended; ISO 8601. */
  readonly time: string;
  readonly command: 'deploy' | 'rollback' | 'undeploy';
  /** `user@machine` */
  readonly who: string;
  /** The version of iisnode-sock. */
  readonly tool: string;
  /** The release that was to be live, or that was removed; undefined: the app's own folder. */
  readonly release?: string;
  /** The app's own folder, where it was to be live, or was removed. */
  readonly folder?: string;
  /** The release that was live before; undefined: none. */
  readonly from?: string;
  /** The steps that changed something, in order. */
  readonly plan: readonly string[];
  /** done; undone: it failed and was rolled back; interrupted: the same by a signal; incomplete: not everything was rolled back. */
  readonly outcome: 'done' | 'undone' | 'interrupted' | 'incomplete';
  /** The code of the error. */
  readonly error?: string;
  /** Of the release's files, in bytes; undefined: the app's own folder. */
  readonly size?: number;
  readonly ms: number;
  /** Of a command of another machine: a text by which that one recognises it. */
  readonly deployment?: string;
}

const journalOf = (base: string): string => path.join(base, 'journal.jsonl');

/** The newest bytes that are read: some thousand entries. */
const mostRead = 2 * 1024 * 1024;

/** `user@machine` */
export function whoIsIt(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`; // a user without an entry in the system's list
  }
}

/**
 * Adds a line in one write. After an incomplete last line, which a full disk or a killed process leaves, it begins a new one.
 * @throws the system's error.
 */
export function addToJournal(base: string, entry: JournalEntry): void {
  makeFolder(base);
  const file = journalOf(base);
  const last = tailOf(file, 1);
  const isBroken = last !== '' && last !== '\n';
  appendFileSync(file, `${isBroken ? '\n' : ''}${JSON.stringify(entry)}\n`, { mode: 0o644 });
}

/** The entries, oldest first; a line that is not one is skipped. Empty when there is no journal. */
export function readJournal(base: string): readonly JournalEntry[] {
  return tailOf(journalOf(base), mostRead)
    .split('\n')
    .flatMap((line) => {
      const entry = entryIn(line);
      return entry === undefined ? [] : [entry];
    });
}

/** The deployments and rollbacks that were complete, oldest first: where none was killed since, the last one is what is live. */
export const completeOf = <Entry extends Pick<JournalEntry, 'command' | 'outcome'>>(
  journal: readonly Entry[],
): readonly Entry[] => journal.filter(({ command, outcome }) => outcome === 'done' && command !== 'undeploy');

function tailOf(file: string, length: number): string {
  try {
    return readTailSync(file, length).bytes.toString('utf8');
  } catch (error) {
    if (error instanceof FileError) return '';
    throw error;
  }
}

function entryIn(line: string): JournalEntry | undefined {
  try {
    const value = JSON.parse(line) as Partial<JournalEntry> | null;
    const texts = [value?.time, value?.command, value?.who, value?.outcome];
    return texts.every((each) => typeof each === 'string') ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** The outcome of a deployment that failed. */
export const outcomeOf = (error: unknown): JournalEntry['outcome'] =>
  error instanceof UserError && (error.exit === 'incomplete' || error.exit === 'interrupted') ? error.exit : 'undone';
