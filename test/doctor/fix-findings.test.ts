import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fixFindings } from '../../src/doctor/fix-findings.js';
import { type FileRule, gatherFacts, type Rule, reporters, runRules } from '../../src/doctor/index.js';

const base = { severity: 'error', title: 't', why: 'w.', help: 'h' } as const;
const text = (word: string) => (facts: Parameters<FileRule['check']>[0]) =>
  facts.webConfig.document?.text.includes(word);

/** Finds `word` and adds one more of it: the fix that makes things worse. */
const harmful: Rule = {
  ...base,
  code: 'HARMFUL',
  check: (facts) =>
    [...(facts.webConfig.document?.text.matchAll(/<bad/g) ?? [])].map((_, index) => ({ message: `${index}` })),
  fix: ({ webConfig }) => {
    const at = webConfig.document?.root.children[0]?.span.start ?? 0;
    return [{ file: webConfig.file, edits: [{ span: { start: at, end: at }, text: '<bad />' }] }];
  },
};
const helpful: Rule = {
  ...base,
  code: 'HELPFUL',
  check: (facts) => (text('old="')(facts) ? [{ message: 'old' }] : []),
  fix: ({ webConfig }) => {
    const start = webConfig.document?.text.indexOf('old="') ?? 0;
    return [{ file: webConfig.file, edits: [{ span: { start, end: start + 3 }, text: 'new' }] }];
  },
};

it('rolls back a fix that does not help, keeps one that does, and reports both', async () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-fix-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const file = path.join(cwd, 'web.config');
  writeFileSync(file, '<configuration>\n  <bad />\n  <a old="1" />\n</configuration>\n');
  const examine = () => {
    const facts = gatherFacts('.', { cwd });
    return { facts, result: runRules([harmful, helpful], facts) };
  };
  const { fixed, takenBack, result } = await fixFindings(examine(), examine);
  expect({ fixed, takenBack }).toEqual({ fixed: 1, takenBack: ['HARMFUL'] });
  expect(result.diagnoses.map(({ rule }) => rule.code)).toEqual(['HARMFUL']);
  expect(readFileSync(file, 'utf8')).toBe('<configuration>\n  <bad />\n  <a new="1" />\n</configuration>\n');
  const findings = result.diagnoses.map(({ finding }) => finding);
  const summary = { errors: 1, warnings: 0, infos: 0, fixed, skipped: 0 };
  const said = reporters.text({ target: '.', findings, summary, takenBack });
  expect(said).toContain('The fix for HARMFUL did not help here and was rolled back');
  expect(said).not.toContain('--fix');
});

it('rolls back a fix that removes its findings and adds an error of another kind', async () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-fix-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const file = path.join(cwd, 'web.config');
  const before = '<configuration>\n  <a old="1" old2="1" />\n</configuration>\n';
  writeFileSync(file, before);
  // Two findings less, one more: fewer in all.
  const trading: Rule = {
    ...helpful,
    code: 'TRADING',
    check: (facts) => (text('old="')(facts) ? [{ message: 'one' }, { message: 'two' }] : []),
  };
  const broken: Rule = { ...base, code: 'BROKEN', check: (facts) => (text('new="')(facts) ? [{ message: 'm' }] : []) };
  const examine = () => {
    const facts = gatherFacts('.', { cwd });
    return { facts, result: runRules([trading, broken], facts) };
  };
  const { fixed, takenBack } = await fixFindings(examine(), examine);
  expect({ fixed, takenBack }).toEqual({ fixed: 0, takenBack: ['TRADING'] });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('leaves every file as it was where an error ends the work after a fix was written', async () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-fix-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const file = path.join(cwd, 'web.config');
  const before = '<configuration>\n  <a old="1" />\n</configuration>\n';
  writeFileSync(file, before);
  const facts = gatherFacts('.', { cwd });
  const first = { facts, result: runRules([helpful], facts) };
  const written: string[] = [];
  const examine = (): never => {
    written.push(readFileSync(file, 'utf8'));
    throw new Error('unreadable');
  };
  await expect(fixFindings(first, examine)).rejects.toThrow('unreadable');
  expect(written).toEqual([before.replace('old', 'new')]);
  expect(readFileSync(file, 'utf8')).toBe(before);
});
