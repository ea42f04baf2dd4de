import { UserError } from '../errors.js';
import type { Diagnosis, RunResult } from './engine.js';
import { applyFixes, notWrittenOf, type Unwritable } from './fix.js';
import { restoreFiles } from './restore-files.js';
import type { FileFacts, NotWritten } from './types.js';

/** The facts that were read, and the findings of the rules. */
export interface Examined {
  readonly facts: FileFacts;
  readonly result: RunResult;
}

export interface FixResult {
  /** The findings after the last fix. */
  readonly result: RunResult;
  /** The facts of that result. */
  readonly facts: FileFacts;
  /** The number of findings that were fixed. */
  readonly fixed: number;
  /** Codes of rules whose fix did not help and was rolled back. */
  readonly takenBack: readonly string[];
  /** Codes of the rules whose fixes were applied. */
  readonly applied: readonly string[];
  /** The bytes of the changed files before. */
  readonly former: ReadonlyMap<string, Uint8Array>;
  /** Files that could not be written, and whose fixes need them. */
  readonly notWritten: readonly NotWritten[];
}

/** A fix may reveal the next error (IIS reports one duplicate at a time); more rounds than this mean that fixes undo each other. */
const mostRounds = 20;
/** A fix may need several rounds (move the rule, then add stopProcessing; add the handler, then what is still missing) before findings disappear. */
const patience = 5;

const keyOf = ({ finding }: Diagnosis): string => `${finding.rule} ${finding.message}`;

/**
 * A measure of the remaining errors. A web.config that is not XML hides all its other errors, so it counts more than those; an info,
 * such as what a fix requires of the server, counts less than the error that is fixed.
 */
function weight({ diagnoses }: RunResult): number {
  if (diagnoses.some(({ rule }) => rule.code === 'MALFORMED_XML')) return Number.POSITIVE_INFINITY;
  return diagnoses.reduce((sum, { finding }) => sum + (finding.severity === 'info' ? 0.001 : 1), 0);
}

function countByRule(diagnoses: readonly Diagnosis[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of diagnoses) counts.set(rule.code, (counts.get(rule.code) ?? 0) + 1);
  return counts;
}

/** How many of the findings that were selected for fixing are fixed; never more than were selected. */
function countFixed(attempted: readonly Diagnosis[], before: RunResult, after: RunResult): number {
  const was = countByRule(before.diagnoses);
  const is = countByRule(after.diagnoses);
  let fixed = 0;
  for (const [code, tried] of countByRule(attempted)) {
    fixed += Math.max(0, Math.min(tried, (was.get(code) ?? 0) - (is.get(code) ?? 0)));
  }
  return fixed;
}

interface Attempt {
  readonly after: Examined;
  readonly attempted: readonly Diagnosis[];
  readonly helped: boolean;
  /** The number of fixed findings, including those that appeared in between. */
  readonly fixed: number;
  /** Bytes of the files that it changed. */
  readonly former: ReadonlyMap<string, Uint8Array>;
}

/** What all attempts share. */
interface Work {
  readonly examine: () => Examined;
  /** Of each file that was written, the bytes before the first time. */
  readonly touched: Map<string, Uint8Array>;
  readonly unwritable: Unwritable;
}

/** Fixes the chosen findings, in one round or several, until there are fewer; otherwise every file gets its former bytes. */
async function attempt(
  before: Examined,
  { examine, touched, unwritable }: Work,
  choose: (diagnoses: readonly Diagnosis[]) => readonly Diagnosis[],
): Promise<Attempt> {
  const former = new Map<string, Uint8Array>();
  const attempted = new Map<string, Diagnosis>();
  let after = before;
  let fixed = 0;
  for (let round = 0; round < patience; round += 1) {
    const done = await applyFixes(choose(after.result.diagnoses), after.facts, unwritable);
    if (done.former.size === 0) break;
    keepFirst(former, done.former);
    keepFirst(touched, done.former);
    for (const diagnosis of done.attempted) attempted.set(keyOf(diagnosis), diagnosis);
    const now = examine();
    fixed += countFixed(done.attempted, after.result, now.result);
    after = now;
    if (weight(after.result) < weight(before.result) && !addsError(before, after, [...attempted.values()])) {
      return { after, attempted: [...attempted.values()], helped: true, fixed, former };
    }
  }
  await restoreFiles(former);
  return { after: before, attempted: [...attempted.values()], helped: false, fixed: 0, former: new Map() };
}

function keepFirst(kept: Map<string, Uint8Array>, former: ReadonlyMap<string, Uint8Array>): void {
  for (const [file, bytes] of former) if (!kept.has(file)) kept.set(file, bytes);
}

/** Rules about files that cannot be read: what else is wrong in them appears only when that is fixed. */
const hiding = new Set([
  'MALFORMED_XML',
  'DUPLICATE_ENTRY',
  'CONFIG_ERROR',
  'SECTION_ENCRYPTED',
  'IISNODE_YML_INVALID',
  'PACKAGE_JSON_INVALID',
  'ENTRY_SYNTAX_ERROR',
  'HANDLER_FOR_ENTRY_MISSING',
  'ENTRY_FILE_MISSING',
]);

/** Is there an error of a rule that found nothing before, and that was not hidden? Such a fix is not one. */
function addsError(before: Examined, after: Examined, attempted: readonly Diagnosis[]): boolean {
  if (attempted.some(({ rule }) => hiding.has(rule.code))) return false;
  const known = new Set(before.result.diagnoses.map(({ rule }) => rule.code));
  return after.result.diagnoses.some(({ rule, finding }) => finding.severity === 'error' && !known.has(rule.code));
}

/**
 * Fixes everything that has a fix, in rounds: all findings together, and if that does not reduce their number, one finding at a
 * time. A fix that does not help, or that adds an error, is rolled back. What the app allows stays as it is, and so does a file that cannot be written. Throws file system errors, and UserError FILE_CHANGED;
 * files are then as before, except one that the user has changed meanwhile.
 */
export async function fixFindings(
  first: Examined,
  examine: () => Examined,
  wanted: (diagnosis: Diagnosis) => boolean = () => true,
): Promise<FixResult> {
  const touched = new Map<string, Uint8Array>();
  try {
    return await fixInRounds(first, { examine, touched, unwritable: new Map() }, wanted);
  } catch (error) {
    if (error instanceof UserError && error.code === 'FILE_CHANGED') touched.delete(first.facts.webConfig.file);
    await restoreFiles(touched);
    throw error;
  }
}

async function fixInRounds(first: Examined, work: Work, wanted: (diagnosis: Diagnosis) => boolean): Promise<FixResult> {
  const former = new Map<string, Uint8Array>();
  const applied = new Set<string>();
  const useless = new Map<string, string>();
  let current = first;
  let fixed = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    const open = (diagnoses: readonly Diagnosis[]): readonly Diagnosis[] =>
      diagnoses.filter(
        (diagnosis) => diagnosis.finding.silenced === undefined && wanted(diagnosis) && !useless.has(keyOf(diagnosis)),
      );
    let tried = await attempt(current, work, open);
    if (!tried.helped) {
      for (const one of tried.attempted) {
        const alone = tried.attempted.length === 1 ? tried : await attempt(current, work, only(one));
        if (alone.helped) {
          tried = alone;
          break;
        }
        useless.set(keyOf(one), one.rule.code);
      }
    }
    if (!tried.helped) break;
    fixed += tried.fixed;
    current = tried.after;
    keepFirst(former, tried.former);
    for (const { rule } of tried.attempted) applied.add(rule.code);
  }
  const takenBack = [...new Set(useless.values())];
  const { result, facts } = current;
  const notWritten = notWrittenOf(result.diagnoses, facts, work.unwritable);
  return { result, facts, fixed, takenBack, applied: [...applied], former, notWritten };
}

/** After the first step a finding may name another line: compare by rule. */
function only({ rule, finding }: Diagnosis): (diagnoses: readonly Diagnosis[]) => readonly Diagnosis[] {
  return (diagnoses) => {
    const ofRule = diagnoses.filter((other) => other.rule === rule && other.finding.silenced === undefined);
    const same = ofRule.find((other) => other.finding.message === finding.message);
    return same ? [same] : ofRule.slice(0, 1);
  };
}
