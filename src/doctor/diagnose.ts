import { UserError } from '../errors.js';
import { type Diagnosis, type RunResult, runRules, type Selection, selectRules, summarize } from './engine.js';
import type { Facts } from './facts/facts.js';
import { gatherFacts } from './facts/gather.js';
import { applyFixes } from './fix.js';
import { rules } from './rules/index.js';
import type { DoctorReport } from './types.js';

export interface DiagnoseOptions extends Selection {
  /** Relative targets start here. */
  readonly cwd: string;
  /** '/dante': where the app sits in its site; web.config's appSettings say it otherwise. */
  readonly vdirPath?: string;
  /** Mend what can be mended, then examine again. */
  readonly fix?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A fix may reveal the next fault (IIS names one duplicate at a time); more rounds than this mean fixes that fight. */
const mostRounds = 20;

function refuseUrl(target: string): void {
  if (!/^https?:\/\//i.test(target)) return;
  throw new UserError('URL_NOT_SUPPORTED', {
    what: `The doctor cannot examine the live site ${target} yet.`,
    why: "It reads an app's folder or its web.config.",
    next: "Run it where the app's files are: iisnode-sock doctor .",
  });
}

function countByRule(diagnoses: readonly Diagnosis[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of diagnoses) counts.set(rule.code, (counts.get(rule.code) ?? 0) + 1);
  return counts;
}

/** How many of the findings a round worked on are gone; never more than it worked on. */
function gone(attempted: readonly Diagnosis[], before: RunResult, after: RunResult): number {
  const was = countByRule(before.diagnoses);
  const is = countByRule(after.diagnoses);
  let fixed = 0;
  for (const [code, tried] of countByRule(attempted)) {
    fixed += Math.max(0, Math.min(tried, (was.get(code) ?? 0) - (is.get(code) ?? 0)));
  }
  return fixed;
}

/**
 * Examines a directory or a web.config.
 *
 * @param target A directory, a web.config; relative to `cwd`.
 * @throws UserError for a target that is not there, an unknown rule, a URL; what the disk throws while fixing.
 */
export async function diagnose(target: string, options: DiagnoseOptions): Promise<DoctorReport> {
  refuseUrl(target);
  selectRules(rules, options);
  const gather = (): Facts => gatherFacts(target, options);
  let facts = gather();
  let result = runRules(rules, facts, options);
  let fixed = 0;
  for (let round = 0; options.fix && round < mostRounds; round += 1) {
    const { attempted, files } = await applyFixes(result.diagnoses, facts);
    if (files.length === 0) break;
    facts = gather();
    const after = runRules(rules, facts, options);
    fixed += gone(attempted, result, after);
    result = after;
  }
  const findings = result.diagnoses.map(({ finding }) => finding);
  return { target, findings, summary: summarize(findings, fixed, result.skipped) };
}
