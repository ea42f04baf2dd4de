import { version } from '../../version.js';
import { Reporter } from '../reporter.js';
import type { PlanResult } from '../run-plan.js';
import type { DeployEvent } from '../types.js';
import { addToJournal, completeOf, type JournalEntry, outcomeOf, readJournal, whoIsIt } from './journal.js';

/** A command that another machine has asked for, which asks what became of it when the connection is cut. */
export interface FarRequest {
  /** A text by which that machine recognises it. */
  readonly deployment: string;
  /** Before the first change. @param base The folder with its journal. */
  begins(base: string, release: string | undefined): Promise<void>;
  /** It has ended, and has no line in the journal. */
  changedNothing(): Promise<void>;
}

/** What an entry says of the work itself. */
type Subject = Pick<JournalEntry, 'command' | 'release' | 'folder' | 'from' | 'size' | 'deployment'>;

/** An entry of now. @param began In ms, by performance.now(). */
export const entryOf = (
  subject: Subject,
  result: Pick<JournalEntry, 'plan' | 'outcome' | 'error'>,
  began: number,
): JournalEntry => ({
  version: 1,
  time: new Date().toISOString(),
  who: whoIsIt(),
  tool: version,
  ...subject,
  ...result,
  ms: Math.round(performance.now() - began),
});

/** Writes an entry. What has been done is not affected when the journal cannot be written: that is only reported. */
export function writeEntry(base: string, entry: JournalEntry, failed: (why: string) => void): void {
  try {
    addToJournal(base, entry);
  } catch (error) {
    failed(`not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A command that was killed has made this release live, and left no line. */
const isOpen = (base: string, release: string | undefined): boolean =>
  release !== undefined && completeOf(readJournal(base)).at(-1)?.release !== release;

/**
 * Runs a plan and writes its outcome into the journal: what has changed something, what was left to complete, and what has failed.
 * @param base The folder with the journal; undefined: there is none, as in a dry run.
 * @param far The request of another machine that it is.
 * @throws what the plan throws.
 */
export async function journalled(
  base: string | undefined,
  about: Subject,
  report: (event: DeployEvent) => void,
  run: (listen: (event: DeployEvent) => void) => Promise<PlanResult>,
  far?: FarRequest,
): Promise<PlanResult> {
  if (base === undefined) return run(report);
  const began = performance.now();
  const plan: string[] = [];
  const subject = { ...about, ...(far && { deployment: far.deployment }) };
  const write = (result: Pick<JournalEntry, 'outcome' | 'error'>): void =>
    writeEntry(base, entryOf(subject, { plan, ...result }, began), (why) =>
      new Reporter(report).note({ id: 'journal', title: 'Write the journal' }, 'doing', why),
    );
  await far?.begins(base, about.release);
  try {
    const result = await run((event) => {
      if (event.phase === 'done') plan.push(event.step);
      report(event);
    });
    if (result.changed || isOpen(base, about.release)) write({ outcome: 'done' });
    else await far?.changedNothing().catch(() => undefined); // it is asked for only after a cut
    return result;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    write({ outcome: outcomeOf(error), ...(code === undefined ? {} : { error: code }) });
    throw error;
  }
}
