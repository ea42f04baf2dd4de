import type { Diagnosis } from '../engine.js';
import type { AllowanceFault, Finding } from '../types.js';
import { type Allowances, unusedAmong } from './allowances.js';
import { allowanceFinder } from './find-allowance.js';

/** Marks the findings that the app allows; one that is marked already keeps its mark. */
export function markSilenced(diagnoses: readonly Diagnosis[], { valid }: Allowances): readonly Diagnosis[] {
  if (valid.length === 0) return diagnoses;
  const find = allowanceFinder(valid);
  return diagnoses.map((diagnosis) => {
    const { finding } = diagnosis;
    const by = finding.silenced === undefined ? find(finding) : undefined;
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
  const silencing = new Set(silenced.map(({ rule, silenced: by }) => key(rule, by?.file, by?.line)));
  const used = new Set(allowances.valid.filter(({ rule, file, line }) => silencing.has(key(rule, file, line))));
  return {
    findings: all.filter((finding) => finding.silenced === undefined),
    silenced,
    allowanceFaults: [...allowances.faults, ...unusedAmong(allowances, used, checked)],
  };
}

const key = (...parts: readonly (string | number | undefined)[]): string => JSON.stringify(parts);
