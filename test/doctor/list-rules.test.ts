import { describe, expect, it } from 'vitest';
import { listRules, ruleColumns, ruleListText, rules } from '../../src/doctor/index.js';
import { firstOfFamily } from '../../src/doctor/list-rules.js';
import { cliHere } from '../support/cli-here.js';

const codes = rules.map(({ code }) => code);

describe('the list of rules', () => {
  it('has each rule once, in a family, with severity, title and the place of its help', () => {
    const listed = listRules();
    expect(listed.map(({ code }) => code).sort()).toEqual([...codes].sort());
    expect(listed.filter(({ family, title, helpUri }) => !family || !title || !helpUri)).toEqual([]);
    const familyOf = (code: string): string | undefined => listed.find((each) => each.code === code)?.family;
    expect(['MALFORMED_XML', 'REDIRECT_LOOP', 'APP_CRASHED', 'LIVE_PAGE_FAILS', 'SEEN_LOG'].map(familyOf)).toEqual([
      'Configuration and entry point',
      'URL Rewrite',
      'Seen in the trial run',
      'Seen at a live site',
      'Seen by you',
    ]);
  });

  it('begins each family with a rule that exists, in the order of the rules', () => {
    const first = Object.keys(firstOfFamily).map((code) => codes.indexOf(code));
    expect(first[0]).toBe(0);
    expect(first).toEqual([...first].sort((a, b) => a - b));
    expect(first).not.toContain(-1);
  });

  it.each([80, 120])('has one line a rule at least, in %i columns', (width) => {
    for (const text of [ruleListText(width), ruleColumns(width)]) {
      for (const code of codes) expect(text).toMatch(new RegExp(`\\b${code}\\b`));
      expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
    }
    expect(ruleListText(width)).toMatch(/^ {2}FIXED_PORT +error {3}The server listens on a fixed port$/m);
  });

  it('is printed by --list, as text or as one JSON document', async () => {
    const text = await cliHere(['doctor', '--list']);
    expect(text).toEqual({ code: 0, stdout: ruleListText(80), stderr: '' });
    const json = await cliHere(['doctor', '--list', '--format', 'json']);
    // The built program has a version of its own.
    const listed = listRules().map((rule) => ({ ...rule, helpUri: expect.stringContaining('/docs/rules.md#') }));
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, rules: listed });
    expect((await cliHere(['doctor', '--list', '--format', 'sarif'])).code).toBe(2);
    expect((await cliHere(['doctor', '--list', '--explain', 'FIXED_PORT'])).stderr).toContain('EXPLAIN_WITH_LIST');
  });

  it('is printed above the error for a name that resembles none, and not for one that does', async () => {
    const far = await cliHere(['doctor', '--explain', 'nope']);
    expect([far.code, far.stdout]).toEqual([2, '']);
    expect(far.stderr).toContain(`The rules:\n${ruleColumns(80)}error UNKNOWN_RULE  There is no rule nope.`);
    const near = await cliHere(['doctor', '--explain', 'fixed_prot']);
    expect(near.stderr.split('\n')).toHaveLength(4);
    expect(near.stderr).toContain('Did you mean FIXED_PORT?');
  });
});
