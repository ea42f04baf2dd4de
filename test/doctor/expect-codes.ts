import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { aroundOf } from './around-sites.js';

export const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'doctor');

/** All fixture sites. Their dependencies stand beside them, as a workspace has them. */
export const sitesThere = readdirSync(fixtures).filter((name) => name !== 'node_modules');

/** A copy of a fixture site that a fix may change, with its dependencies beside it. */
export function copyOf(name: string): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'doctor-fix-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const each of ['node_modules', name]) {
    cpSync(path.join(fixtures, each), path.join(directory, each), { recursive: true });
  }
  return path.join(directory, name);
}

/** The codes a fixture site gives (a name with an @: with what is around it), each as often as it is found, sorted; with `assumesPlace` as `doctor` itself judges it. */
export function codesOf(name: string, vdirPath?: string, assumesPlace = false): string[] {
  const { site, options } = aroundOf(name, fixtures);
  const facts = gatherFacts(site, {
    cwd: fixtures,
    ...options,
    ...(assumesPlace && { assumeFrom: 'folder name' }),
    ...(vdirPath !== undefined && { vdirPath }),
  });
  return runRules(rules, facts)
    .diagnoses.map(({ finding }) => finding.rule)
    .sort();
}

/** The whole list of a site's codes: an over-eager new rule breaks old tests. */
export function expectCodes(name: string, codes: readonly string[], vdirPath?: string, assumesPlace = false): void {
  expect(codesOf(name, vdirPath, assumesPlace)).toEqual([...codes].sort());
}
