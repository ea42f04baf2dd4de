import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/doctor/index.js';
import { doctor, rules } from '../../src/index.js';
import { broken, type Case, healthy, pathOf, writeCase } from './library.js';
import { withoutCase } from './without-case.js';

const parent = mkdtempSync(path.join(os.tmpdir(), 'case-library-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Findings with those that are told below their cause. */
const flat = (findings: readonly Finding[]): readonly Finding[] =>
  findings.flatMap((each) => [each, ...(each.consequences ?? [])]);

async function findingsOf(each: Case): Promise<readonly Finding[]> {
  const directory = writeCase(each, parent);
  const vdirPath = pathOf(directory, each.expected);
  const { machines, app } = each.expected;
  const { findings } = await doctor({
    directory,
    environment: {},
    ...(vdirPath !== undefined && { path: vdirPath }),
    ...(machines !== undefined && { machines }),
    ...(app !== undefined && { siteRoot: path.join(parent, each.name) }),
  });
  return flat(findings);
}

const names = (findings: readonly Finding[]): readonly string[] => [...new Set(findings.map(({ rule }) => rule))];

/** As a list that a failed test prints in full. */
const told = (findings: readonly Finding[]): string =>
  findings.map(({ rule, severity, message, line = 0 }) => `${severity} ${rule} ${line}: ${message}`).join('\n');

/** Those that a trial finds are the other test's. */
const ofFiles = new Set(rules.filter(({ scope = 'files' }) => scope === 'files').map(({ code }) => code));

function check(each: Case, findings: readonly Finding[]): void {
  const { may = [], mustNot = [] } = each.expected;
  const must = (each.expected.must ?? []).filter((code) => ofFiles.has(code));
  const found = names(findings);
  const faults = names(findings.filter(({ severity }) => severity !== 'info'));
  const notFound = must.filter((code) => !found.includes(code));
  const extra = [
    ...faults.filter((code) => !must.includes(code) && !may.includes(code)),
    ...mustNot.filter((code) => found.includes(code)),
  ];
  expect({ notFound, extra }, told(findings)).toEqual({ notFound: [], extra: [] });
  if (must.length > 0) expect(found[0], told(findings)).toBe(must[0]);
}

describe('a broken site', () => {
  it.each(broken.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    check(each, await findingsOf(each));
  });
});

describe('a healthy site', () => {
  it.each(healthy.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    check(each, await findingsOf(each));
  });
});

describe('the library', () => {
  const codes = new Set(rules.map(({ code }) => code));
  const all = [...broken, ...healthy];

  it('says of each case what it is, where it was seen, and what running it shows or why it is not run', () => {
    const incomplete = all.filter(
      ({ expected: { what = '', source = '', tried = [], notTried = '' } }) =>
        what.length < 20 || source === '' || (tried.length === 0) === (notTried === ''),
    );
    expect(incomplete.map(({ name }) => name)).toEqual([]);
  });

  it('names rules that exist', () => {
    const named = all.flatMap(({ expected: { must = [], may = [], mustNot = [] } }) => [...must, ...may, ...mustNot]);
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
    expect(broken.filter(({ expected: { must = [] } }) => must.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('has a broken site for each rule, or says why not', () => {
    const covered = new Set(
      broken.flatMap(({ expected: { must = [], tried = [] } }) => [
        ...must,
        ...tried.map((word) => ofOutcome[word] ?? word),
      ]),
    );
    expect([...codes].filter((code) => !covered.has(code) && withoutCase[code] === undefined)).toEqual([]);
    expect([...covered].filter((code) => withoutCase[code] !== undefined)).toEqual([]);
  });
});

/** What a trial finds of an app with this outcome. */
const ofOutcome: Readonly<Record<string, string>> = {
  crashes: 'APP_CRASHED',
  ends: 'APP_ENDED',
  'never listens': 'APP_NEVER_LISTENED',
  'listens elsewhere': 'APP_LISTENED_ELSEWHERE',
  refused: 'CONFIG_REFUSED',
  'not started': 'APP_NOT_STARTED',
  undecided: 'TRIAL_UNDECIDED',
};
