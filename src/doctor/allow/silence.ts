import type { Diagnosis } from '../engine.js';
import type { AllowanceFault, Finding } from '../types.js';
import { type Allowance, type Allowances, allowanceFor, unusedAmong } from './allowances.js';

/** Marks the findings that the app allows; one that is marked already keeps its mark. */
export function markSilenced(diagnoses: readonly Diagnosis[], { valid }: Allowances): readonly Diagnosis[] {
  if (valid.length === 0) return diagnoses;
  return diagnoses.map((diagnosis) => {
    const { finding } = diagnosis;
    const by = finding.silenced === undefined ? allowanceFor(finding, valid) : undefined;
    if (by === undefined) return diagnosis;
    const { reason, file, line } = by;
    return { ...diagnosis, finding: { ...finding, silenced: { reason, file, line } } };
  });
}

/** The findings of a report, those that the user allows among them apart. */
export interface Sorted {
  readonly findings: readonly Finding[];
  readonly silenced: readonly Finding[];
  readonly allowanceFaults?: readonly AllowanceFault[];
}

/**
 * Sorts marked findings.
 *
 * @param checked The rules that have checked the app: an allowance of another may have its reason elsewhere.
 */
export function sortSilenced(
  all: readonly Finding[],
  allowances: Allowances,
  checked: ReadonlySet<string> = new Set(),
): Sorted {
  const silenced = all.filter((finding) => finding.silenced !== undefined);
  const used = new Set(silenced.flatMap((finding) => allowances.valid.filter((one) => isBy(one, finding))));
  return {
    findings: all.filter((finding) => finding.silenced === undefined),
    silenced,
    allowanceFaults: [...allowances.faults, ...unusedAmong(allowances, used, checked)],
  };
}

const isBy = ({ rule, file, line }: Allowance, finding: Finding): boolean =>
  finding.rule === rule && finding.silenced?.file === file && finding.silenced.line === line;
