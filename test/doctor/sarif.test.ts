import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import { expect, it, onTestFinished } from 'vitest';
import { type DoctorReport, diagnose, type Finding, reporters } from '../../src/doctor/index.js';
import { failureInForm } from '../../src/terminal/failure-forms.js';
import { fixtures } from './expect-codes.js';

const require = createRequire(import.meta.url);
const schemaFile = path.join(
  path.dirname(require.resolve('@microsoft/jest-sarif/package.json')),
  'lib/schemas/sarif-2.1.0-rtm.5.json',
);
// The keywords it uses mean the same in draft 7, but for the name of its own id.
const { $schema: _draft4, id: _id, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
ajv.addFormat('uri', { validate: (text: string) => URL.canParse(text) });
ajv.addFormat('uri-reference', {
  validate: (text: string) => URL.canParse(text, 'file:///') && !/[\s<>"{}|\\^`]/.test(text),
});
ajv.addFormat('date-time', { validate: (text: string) => !Number.isNaN(Date.parse(text)) });
const validate = ajv.compile(schema);

/** What the tests look at; the schema has checked the rest. */
interface Run {
  readonly tool: {
    readonly driver: { readonly informationUri: string; readonly rules: readonly { id: string; helpUri: string }[] };
  };
  readonly originalUriBaseIds: Readonly<Record<string, { readonly uri: string }>>;
  readonly invocations?: readonly { readonly exitCode?: number }[];
  readonly results?: readonly {
    readonly suppressions?: readonly object[];
    readonly locations: readonly {
      readonly physicalLocation: {
        readonly artifactLocation: object;
        readonly region?: object;
        readonly contextRegion?: object;
      };
    }[];
  }[];
}

/** A log that is valid against the schema. */
function logOf(text: string): Run {
  const log = JSON.parse(text);
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log.runs[0];
}

const empty = await diagnose('everything-right', { cwd: fixtures });
const base = { rule: 'FIXED_PORT', severity: 'error', known: 'file', message: 'm', why: 'w', help: 'h' } as const;

it('is valid for a site with findings, for one without, and for a command that failed', async () => {
  const report = await diagnose('port-fixed', { cwd: fixtures });
  const run = logOf(reporters.sarif(report, undefined, fixtures));
  expect(run.results).toHaveLength(1);
  expect(run.results?.[0]?.suppressions).toBeUndefined();
  expect(logOf(reporters.sarif(empty, undefined, fixtures)).results).toEqual([]);
  const failure = { code: 'BAD_URL', what: 'a', why: 'b', next: 'c' };
  const failed = logOf(failureInForm(failure, 'sarif', 2, false));
  expect([failed.results, failed.invocations?.[0]?.exitCode]).toEqual([undefined, 2]);
  for (const { tool } of [run, failed]) {
    expect(tool.driver).toMatchObject({ name: 'iisnode-sock', version: expect.any(String) });
    expect(tool.driver.informationUri).toMatch(/^https:/);
  }
  for (const { id, helpUri } of run.tool.driver.rules)
    expect(helpUri).toMatch(new RegExp(`/docs/rules\\.md#${id.toLowerCase()}$`));
});

it('has URIs relative to the root of the git repository, or to the working directory without one', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sarif-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const cwd = path.join(folder, 'apps', 'a b');
  mkdirSync(cwd, { recursive: true });
  const findings = ['é#.js', '../c.js', '../../../outside.js'].map(
    (name): Finding => ({ ...base, file: path.resolve(cwd, name), line: 1, column: 1, evidence: 'x' }),
  );
  const urisOf = (report: DoctorReport): readonly object[] => {
    const run = logOf(reporters.sarif(report, undefined, cwd));
    expect(run.originalUriBaseIds['%SRCROOT%']?.uri).toMatch(/^file:.*\/$/);
    return (run.results ?? []).flatMap(({ locations }) =>
      locations.map((one) => one.physicalLocation.artifactLocation),
    );
  };
  const report = { ...empty, target: '.', findings };
  const outside = { uri: pathToFileURL(path.join(path.dirname(folder), 'outside.js')).href };
  const inRoot = (uri: string): object => ({ uri, uriBaseId: '%SRCROOT%' });
  const above = { uri: pathToFileURL(path.join(folder, 'apps', 'c.js')).href };
  expect(urisOf(report)).toEqual([inRoot('%C3%A9%23.js'), above, outside]);
  mkdirSync(path.join(folder, '.git'));
  expect(urisOf(report)).toEqual([inRoot('apps/a%20b/%C3%A9%23.js'), inRoot('apps/c.js'), outside]);
});

it('has regions from 1, also where a place has none, and no snippet of a part of a line', () => {
  const at = { ...base, file: path.join(fixtures, 'a.js') };
  const findings: readonly Finding[] = [
    { ...at, line: 3, column: 5, evidence: '  a(3)' },
    { ...at, line: 1, column: 900, evidence: '..part..', evidenceColumn: 4 },
    { ...at, line: 0, column: 0 },
    at,
    { ...base, known: 'live' },
  ];
  const run = logOf(reporters.sarif({ ...empty, findings }, undefined, fixtures));
  const physical = (run.results ?? []).map(({ locations }) => locations[0]?.physicalLocation);
  expect(physical.map((one) => one?.region)).toEqual([
    { startLine: 3, startColumn: 5 },
    { startLine: 1, startColumn: 900 },
    undefined,
    undefined,
    undefined,
  ]);
  const [whole, part] = physical;
  expect(whole?.contextRegion).toEqual({ startLine: 3, snippet: { text: '  a(3)' } });
  expect(part?.contextRegion).toBeUndefined();
});

it('has silenced findings with their reason as suppressed results, and allowances without effect as notifications', () => {
  const file = path.join(fixtures, 'a.js');
  const silenced: readonly Finding[] = [
    { ...base, file, line: 2, column: 1, silenced: { reason: 'it is meant', file, line: 1 } },
  ];
  const fault = { kind: 'unused', file, line: 7, column: 2, rule: 'R', message: 'm.', next: 'n.' } as const;
  const run = logOf(
    reporters.sarif({ ...empty, findings: [base], silenced, allowanceFaults: [fault] }, undefined, fixtures),
  );
  expect(run.results?.map(({ suppressions }) => suppressions)).toMatchObject([
    [],
    [{ kind: 'inSource', justification: 'it is meant', location: { physicalLocation: { region: { startLine: 1 } } } }],
  ]);
  expect(run.invocations).toMatchObject([
    { executionSuccessful: true, toolConfigurationNotifications: [{ message: { text: 'm. n.' } }] },
  ]);
});
