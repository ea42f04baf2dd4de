import { UserError } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { inOneLine } from '../trimmed.js';
import { iisnodeSock } from '../typed-command.js';
import type { DoctorSummary, Facts, FileFacts, Finding, Known, Place, Rule, RuleFinding } from './types.js';

/** The selected rules. Codes are compared ignoring case. */
export interface Selection {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

/** A finding with its rule, so that the rule can fix it. */
export interface Diagnosis {
  readonly rule: Rule;
  readonly made: RuleFinding;
  readonly finding: Finding;
}

export interface RunResult {
  /** Sorted by file, line and column; findings without a place come first. */
  readonly diagnoses: readonly Diagnosis[];
  /** The number of findings of rules that --only or --skip leave out. */
  readonly skipped: number;
}

/** The rules of a selection. Throws UserError UNKNOWN_RULE for an unknown code. */
export function selectRules(rules: readonly Rule[], { only, skip }: Selection): readonly Rule[] {
  const codes = new Map(rules.map((rule) => [rule.code, rule]));
  const known = (name: string): string => {
    const code = name.trim().toUpperCase();
    if (!codes.has(code)) throw unknownRule(name, rules);
    return code;
  };
  const wanted = only && new Set(only.map(known));
  const unwanted = new Set((skip ?? []).map(known));
  return rules.filter(({ code }) => (wanted?.has(code) ?? true) && !unwanted.has(code));
}

/** A selection may name rules of another kind (files, live, seen): they exist, but do not apply. */
export function withoutUnknownRules({ only, skip }: Selection, applicable: readonly Rule[]): Selection {
  const codes = new Set(applicable.map(({ code }) => code));
  const known = (names: readonly string[]): string[] => names.filter((name) => codes.has(name.trim().toUpperCase()));
  return { ...(only && { only: known(only) }), ...(skip && { skip: known(skip) }) };
}

/** The error for an unknown code, with the most similar known code. */
export function unknownRule(name: string, rules: readonly Rule[]): UserError {
  const near = nearestName(
    name.trim().toUpperCase(),
    rules.map(({ code }) => code),
  );
  return new UserError('UNKNOWN_RULE', {
    what: `There is no rule ${name}.`,
    why: near ? `Did you mean ${near}?` : 'A rule is named by its code, as in the report.',
    next: near ? `${iisnodeSock} doctor --explain ${near}` : `${iisnodeSock} doctor --list`,
  });
}

/** How the findings of rules about these facts are known. */
const knownFrom: Readonly<Record<Facts['kind'], Known>> = { files: 'file', live: 'live', trial: 'trial', seen: 'seen' };

const placeParts = ({ file, line, column, evidence, evidenceColumn }: Place) => ({
  file,
  line,
  column,
  evidence,
  ...(evidenceColumn !== undefined && { evidenceColumn }),
});

function diagnosisOf(rule: Rule, made: RuleFinding, facts: Facts): Diagnosis {
  const { at } = made;
  const edits = facts.kind === 'files' ? (rule.fix?.(facts, made) ?? []) : [];
  const isFixable = edits.some((edit) => edit.edits.length > 0);
  const finding: Finding = {
    rule: rule.code,
    severity: made.severity ?? rule.severity,
    known: knownFrom[facts.kind],
    message: made.message,
    why: made.why ?? rule.why,
    ...(made.fix !== undefined && { fix: made.fix }),
    ...(at && placeParts(at)),
    help: inOneLine(rule.help),
    ...(isFixable && { fixable: true }),
    ...(made.seen && { seen: made.seen }),
    ...(made.causes && { causes: made.causes }),
    ...(made.apart !== undefined && { apart: made.apart }),
  };
  return { rule, made, finding };
}

function compare({ finding: a }: Diagnosis, { finding: b }: Diagnosis): number {
  const files = (a.file ?? '') < (b.file ?? '') ? -1 : (a.file ?? '') > (b.file ?? '') ? 1 : 0;
  return files || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** Does the loader that iisnode starts do it? */
function isCarried({ loader: by }: RuleFinding, { loader }: FileFacts): boolean {
  if (by === undefined || loader === undefined) return false;
  switch (by.by) {
    case undefined:
      return true;
    case 'stripVdirPath':
      return loader.strips;
    case 'rewritePages':
      return loader.strips && loader.rewritesPages;
  }
}

/** What a rule says of facts of its kind; nothing of others. */
function check(rule: Rule, facts: Facts): readonly RuleFinding[] {
  if (rule.scope === 'live') return facts.kind === 'live' ? rule.check(facts) : [];
  if (rule.scope === 'trial') return facts.kind === 'trial' ? rule.check(facts) : [];
  if (rule.scope === 'seen') return facts.kind === 'seen' ? rule.check(facts) : [];
  return facts.kind === 'files' ? rule.check(facts).filter((made) => !isCarried(made, facts)) : [];
}

/**
 * Pure: facts in, findings out.
 *
 * @throws UserError UNKNOWN_RULE for an unknown code in `selection`.
 */
export function runRules(rules: readonly Rule[], facts: Facts, selection: Selection = {}): RunResult {
  const selected = new Set(selectRules(rules, selection));
  const all = rules.flatMap((rule) => check(rule, facts).map((made) => diagnosisOf(rule, made, facts)));
  const diagnoses = all.filter(({ rule }) => selected.has(rule)).sort(compare);
  return { diagnoses, skipped: all.length - diagnoses.length };
}

/** Counts by severity. */
export function summarize(findings: readonly Finding[], fixed: number, skipped: number): DoctorSummary {
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info'), fixed, skipped };
}
