import { version } from '../../version.js';
import { Reporter } from '../reporter.js';
import type { PlanResult } from '../run-plan.js';
import type { DeployEvent } from '../types.js';
import { addToJournal, type JournalEntry, outcomeOf, whoIsIt } from './journal.js';

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

/**
 * Runs a plan and writes its outcome into the journal: what has changed something, and what has failed.
 * @param base The folder with the journal; undefined: there is none, as in a dry run.
 * @throws what the plan throws.
 */
export async function journalled(
  base: string | undefined,
  subject: Subject,
  report: (event: DeployEvent) => void,
  run: (listen: (event: DeployEvent) => void) => Promise<PlanResult>,
): Promise<PlanResult> {
  if (base === undefined) return run(report);
  const began = performance.now();
  const plan: string[] = [];
  const write = (result: Pick<JournalEntry, 'outcome' | 'error'>): void =>
    writeEntry(base, entryOf(subject, { plan, ...result }, began), (why) =>
      new Reporter(report).note({ id: 'journal', title: 'Write the journal' }, 'doing', why),
    );
  try {
    const result = await run((event) => {
      if (event.phase === 'done') plan.push(event.step);
      report(event);
    });
    if (result.changed) write({ outcome: 'done' });
    return result;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    write({ outcome: outcomeOf(error), ...(code === undefined ? {} : { error: code }) });
    throw error;
  }
}
