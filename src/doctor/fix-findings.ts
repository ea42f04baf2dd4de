import { writeFileAtomic } from '../files/index.js';
import type { Diagnosis, RunResult } from './engine.js';
import { applyFixes } from './fix.js';
import type { Facts } from './types.js';

/** What was read, and what the rules found in it. */
export interface Examined {
  readonly facts: Facts;
  readonly result: RunResult;
}

export interface FixResult {
  /** What is found in the end. */
  readonly result: RunResult;
  /** How many findings are gone. */
  readonly fixed: number;
  /** Codes of rules whose fix did not help and was rolled back. */
  readonly takenBack: readonly string[];
}

/** A fix may reveal the next fault (IIS names one duplicate at a time); more rounds than this mean fixes that fight. */
const mostRounds = 20;
/** A fix of several steps (move the rule, then let it stop; add the handler, then what it shows to be missing) shows only after the last. */
const patience = 5;

const keyOf = ({ finding }: Diagnosis): string => `${finding.rule} ${finding.message}`;

/** How much is wrong. Nothing else is seen of a web.config that is not XML, so that counts more than all it hides. */
function weight({ diagnoses }: RunResult): number {
  return diagnoses.some(({ rule }) => rule.code === 'MALFORMED_XML') ? Number.POSITIVE_INFINITY : diagnoses.length;
}

function countByRule(diagnoses: readonly Diagnosis[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of diagnoses) counts.set(rule.code, (counts.get(rule.code) ?? 0) + 1);
  return counts;
}

/** How many of the findings that were worked on are gone; never more than were worked on. */
function gone(attempted: readonly Diagnosis[], before: RunResult, after: RunResult): number {
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
  /** Findings that are gone, also those that only showed on the way. */
  readonly fixed: number;
}

/** Fixes what is chosen, once or with what follows from it, until less is wrong; otherwise every file gets its former bytes. */
async function attempt(
  before: Examined,
  examine: () => Examined,
  choose: (diagnoses: readonly Diagnosis[]) => readonly Diagnosis[],
): Promise<Attempt> {
  const former = new Map<string, Uint8Array>();
  const attempted = new Map<string, Diagnosis>();
  let after = before;
  let fixed = 0;
  for (let round = 0; round < patience; round += 1) {
    const done = await applyFixes(choose(after.result.diagnoses), after.facts);
    if (done.former.size === 0) break;
    for (const [file, bytes] of done.former) if (!former.has(file)) former.set(file, bytes);
    for (const diagnosis of done.attempted) attempted.set(keyOf(diagnosis), diagnosis);
    const now = examine();
    fixed += gone(done.attempted, after.result, now.result);
    after = now;
    if (weight(after.result) < weight(before.result)) {
      return { after, attempted: [...attempted.values()], helped: true, fixed };
    }
  }
  for (const [file, bytes] of former) await writeFileAtomic(file, bytes);
  return { after: before, attempted: [...attempted.values()], helped: false, fixed: 0 };
}

/**
 * Fixes in rounds whatever has a fix, all of it at once; where that does not lower the number of findings, one finding at a
 * time. What does not help is rolled back. Throws what the disk throws, and UserError FILE_CHANGED.
 */
export async function fixFindings(first: Examined, examine: () => Examined): Promise<FixResult> {
  const useless = new Map<string, string>();
  let current = first;
  let fixed = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    const open = (diagnoses: readonly Diagnosis[]): readonly Diagnosis[] =>
      diagnoses.filter((diagnosis) => !useless.has(keyOf(diagnosis)));
    let tried = await attempt(current, examine, open);
    if (!tried.helped) {
      for (const one of tried.attempted) {
        const alone = tried.attempted.length === 1 ? tried : await attempt(current, examine, only(one));
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
  }
  return { result: current.result, fixed, takenBack: [...new Set(useless.values())] };
}

/** What a rule says may name another line after the first step: the rule is what counts then. */
function only({ rule, finding }: Diagnosis): (diagnoses: readonly Diagnosis[]) => readonly Diagnosis[] {
  return (diagnoses) => {
    const ofRule = diagnoses.filter((other) => other.rule === rule);
    const same = ofRule.find((other) => other.finding.message === finding.message);
    return same ? [same] : ofRule.slice(0, 1);
  };
}
