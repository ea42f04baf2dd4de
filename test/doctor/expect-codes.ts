import path from 'node:path';
import { expect } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';

export const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'doctor');

/** The codes a fixture site gives, each as often as it is found, sorted. */
export function codesOf(name: string, vdirPath?: string): string[] {
  const facts = gatherFacts(name, { cwd: fixtures, ...(vdirPath !== undefined && { vdirPath }) });
  return runRules(rules, facts)
    .diagnoses.map(({ finding }) => finding.rule)
    .sort();
}

/** The whole list of a site's codes: an over-eager new rule breaks old tests. */
export function expectCodes(name: string, codes: readonly string[], vdirPath?: string): void {
  expect(codesOf(name, vdirPath)).toEqual([...codes].sort());
}
