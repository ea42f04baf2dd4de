import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import stringWidth from 'fast-string-width';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DoctorReport, diagnose, type Finding, reporters } from '../../src/doctor/index.js';
import { placeAt } from '../../src/source/index.js';
import { fixtures } from './expect-codes.js';

const report = await diagnose('port-fixed', { cwd: fixtures });
const quiet = await diagnose('everything-right', { cwd: fixtures });
const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
const palette = {
  error: mark('error'),
  warning: mark('warning'),
  info: mark('info'),
  good: mark('good'),
  dim: (text: string) => text,
  strong: (text: string) => text,
};

describe('text', () => {
  it('says what, where, why, shows the line with a caret, the fix and the next step', () => {
    expect(reporters.text(report, undefined, fixtures).split('\n')).toEqual([
      `error FIXED_PORT ${path.join('port-fixed', 'server.js')}:9:15`,
      '  The server listens on port 3000 instead of on process.env.PORT.',
      '    9 | server.listen(3000);',
      '                      ^',
      '  why: iisnode talks to node over a named pipe whose name is in',
      '       process.env.PORT; it tries to open that pipe for 25 seconds and then',
      '       answers 500.1001.',
      '  fix: listen(process.env.PORT || 3000)',
      '',
      '1 error in port-fixed',
      'more: npx iisnode-sock doctor --explain FIXED_PORT',
      'fixable: all',
      'next: npx iisnode-sock doctor port-fixed --fix',
      '',
    ]);
  });

  it('uses the colours it is given, and says the severity in words as well', () => {
    const text = reporters.text(report, palette);
    expect(text).toContain('<error>error</error> FIXED_PORT');
    expect(text).toContain('<error>1 error</error> in');
  });

  it('prints a shared explanation once, and how many findings --fix can fix', () => {
    const finding = { rule: 'R', severity: 'error', known: 'file', message: 'm', why: 'the same', help: 'h' } as const;
    const findings = [finding, { ...finding, fixable: true as const }, { ...finding, why: 'another' }];
    const text = reporters.text({ ...quiet, target: 'my app', findings });
    expect(text.match(/why: .*/g)).toEqual(['why: the same', 'why: another']);
    expect(text).toMatch(/\nfixable: 1 of 3\nnext: npx iisnode-sock doctor "my app" --fix\n$/);
    expect(reporters.text({ ...quiet, findings: [finding] })).toMatch(/\nnext: npx iisnode-sock doctor --explain R\n$/);
  });

  it('says that nothing is wrong', () => expect(reporters.text(quiet)).toBe('Nothing wrong in everything-right\n'));

  it('counts what was fixed and hidden', () => {
    const summary = { errors: 0, warnings: 2, infos: 1, fixed: 3, skipped: 4 };
    const text = reporters.text({ target: '.', findings: [], summary });
    expect(text).toBe('2 warnings, 1 note (3 fixed, 4 hidden by --only or --skip) in .\n');
  });

  it('keeps the caret under a deeply indented or tabbed line, and control characters from the terminal', () => {
    const finding = {
      rule: 'R',
      severity: 'error',
      known: 'file',
      message: 'm',
      why: 'w',
      help: 'h',
      file: 'f',
    } as const;
    const strange: DoctorReport = {
      ...quiet,
      findings: [{ ...finding, line: 3, column: 5, evidence: '\t\t\t\t<x \u001b[31m/>' }],
    };
    expect(reporters.text(strange)).toContain('    3 | <x \\x1b[31m/>\n        ^\n');
    const behind = { ...finding, line: 3, column: 6, evidence: '\t\u202E\u009Bx=1' };
    expect(reporters.text({ ...quiet, findings: [behind] })).toContain(
      '    3 | \\u202e\\x9bx=1\n                    ^\n',
    );
  });

  describe('the code frame', () => {
    const base = { rule: 'R', severity: 'error', known: 'file', message: 'm', why: 'w', help: 'h', file: 'f' } as const;
    /** The two lines of the frame, with the gutter removed. */
    const frameOf = (evidence: string, column: number, more: Partial<Finding> = {}, width = 80): string[] => {
      const found = { ...base, line: 3, column, evidence, ...more };
      const lines = reporters.text({ ...quiet, findings: [found] }, undefined, undefined, width).split('\n');
      // A command is one line, however narrow the terminal is.
      const laidOut = lines.filter((line) => !/^(?:more|next): npx/.test(line));
      expect(Math.max(...laidOut.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
      return lines.slice(2, 4).map((line) => line.slice('    3 | '.length));
    };

    it.each([
      ['a tab inside', 'a\tb = 1', 3, ['a  b = 1', '   ^']],
      ['wide characters', 'name = "日本"; x', 14, ['name = "日本"; x', '               ^']],
      ['an accent of its own', 'e\u0301 = x', 6, ['e\u0301 = x', '    ^']],
      ['an emoji of several parts', '"👩‍💻" + x', 11, ['"👩‍💻" + x', '       ^']],
      ['control characters', '\u001b[1m x', 6, ['\\x1b[1m x', '        ^']],
      ['the end of the line', 'abc', 4, ['abc']],
    ])('has its caret under the column: %s', (_name, evidence, column, lines) => {
      const [code, caret] = frameOf(evidence, column);
      expect([code, caret].slice(0, lines.length)).toEqual(lines);
    });

    it.each([40, 80, 132])('shows of a long line the part around the column, in %i columns', (width) => {
      const line = `${'a'.repeat(5000)}X${'b'.repeat(5000)}`;
      for (const column of [1, 2, 30, 4000, 5001, 9990, 10001]) {
        const marked = `${'a'.repeat(column - 1)}X${line.slice(column)}`;
        const [code = '', caret = ''] = frameOf(marked, column, {}, width);
        expect(code[caret.indexOf('^')]).toBe('X');
        if (column !== 30) expect(code.startsWith('..')).toBe(column > 30);
      }
    });

    it('has its caret in the part of a line that a place keeps', () => {
      const text = `${'a'.repeat(70)}X${'b'.repeat(300)}`;
      const { evidence, evidenceColumn, line, column } = placeAt({ file: 'f', text: `\n${text}` }, 71);
      const [code = '', caret = ''] = frameOf(evidence, column, { line, evidenceColumn: evidenceColumn ?? 0 });
      expect(code[caret.indexOf('^')]).toBe('X');
    });
  });

  it('keeps to the columns of the terminal, and ends with one line that says what to do first', () => {
    const finding = {
      rule: 'A_RULE_WITH_A_LONG_NAME',
      severity: 'error',
      known: 'file',
      message: 'word '.repeat(60).trim(),
      why: '漢字 '.repeat(60).trim(),
      fix: 'do this '.repeat(40).trim(),
      help: 'h',
      file: path.join(fixtures, 'folder', `${'long'.repeat(8)}.js`),
      line: 12,
      column: 3,
      seen: ['a text '.repeat(30).trim()],
      causes: [
        { says: 'first', fix: 'x' },
        { says: 'cause '.repeat(30).trim(), fix: 'step '.repeat(30).trim() },
      ],
      apart: 'apart '.repeat(30).trim(),
    } as const;
    const silenced = [{ ...finding, silenced: { reason: 'reason '.repeat(30).trim(), file: 'f', line: 1 } }];
    const fault = { kind: 'unused', file: 'f', line: 1, column: 1, message: 'said '.repeat(30), next: 'n' } as const;
    const all = { ...quiet, findings: [{ ...finding, consequences: [finding] }], silenced, allowanceFaults: [fault] };
    for (const width of [40, 80, 120]) {
      const lines = reporters.text(all, undefined, fixtures, width).trimEnd().split('\n');
      expect(lines.filter((line) => stringWidth(line) > Math.max(width, 64))).toEqual([]);
      expect(lines.at(-1)).toMatch(/^first: folder.*:12:.* \.\.\.$/);
    }
  });

  it('names what is silenced and why, counts it, and names allowances without effect', () => {
    const finding = { rule: 'R', severity: 'error', known: 'file', message: 'm', why: 'w', help: 'h' } as const;
    const at = { file: path.join(fixtures, 'a.js'), line: 2, column: 1 };
    const silenced = [{ ...finding, ...at, silenced: { reason: 'it is \u001bmeant', file: at.file, line: 1 } }];
    const fault = { ...at, kind: 'unused', rule: 'S', message: 'S is not found.', next: 'Remove it.' } as const;
    const summary = { ...quiet.summary, silenced: 1 };
    const text = reporters.text({ ...quiet, summary, silenced, allowanceFaults: [fault] }, undefined, fixtures);
    expect(text.split('\n')).toEqual([
      'Nothing wrong (1 silenced with a reason) in everything-right',
      'silenced: R a.js:2:1 (it is \\x1bmeant)',
      'allowance without effect: a.js:2: S is not found. Remove it.',
      '',
    ]);
  });
});

describe('json', () => {
  it("is one document with the contract's fields", () => {
    const document = JSON.parse(reporters.json(report));
    expect(Object.keys(document)).toEqual(['version', 'target', 'findings', 'summary', 'assumed']);
    expect(document.findings[0]).toMatchObject({
      rule: 'FIXED_PORT',
      severity: 'error',
      file: path.join(fixtures, 'port-fixed', 'server.js'),
      line: 9,
      column: 15,
      evidence: 'server.listen(3000);',
    });
    expect(document.summary).toEqual({ errors: 1, warnings: 0, infos: 0, fixed: 0, skipped: 0 });
  });
});

describe('sarif', () => {
  it('is a 2.1.0 log whose results refer to its rules', () => {
    const { version, runs } = JSON.parse(
      reporters.sarif(report, undefined, path.join(import.meta.dirname, '..', '..')),
    );
    expect(version).toBe('2.1.0');
    const [{ results, tool }] = runs;
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ ruleId: 'FIXED_PORT', ruleIndex: 0, level: 'error' });
    expect(results[0].locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'test/fixtures/doctor/port-fixed/server.js', uriBaseId: '%SRCROOT%' },
      region: { startLine: 9, startColumn: 15 },
    });
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['FIXED_PORT']);
  });
});

describe('github', () => {
  it('is one workflow command a finding, with everything escaped', () => {
    const text = reporters.github(report, undefined, fixtures, 80, fixtures);
    expect(text).toMatch(/^::error file=port-fixed\/server\.js,line=9,col=15,title=FIXED_PORT::The server listens/);
    expect(text.split('\n')).toHaveLength(2);
    const finding = {
      rule: 'R',
      severity: 'info',
      known: 'file',
      message: '50%\nof',
      why: 'w',
      help: 'h',
      file: 'a:b,c',
    } as const;
    expect(reporters.github({ ...quiet, findings: [finding] })).toBe('::notice file=a%3Ab%2Cc,title=R::50%25%0Aof w\n');
  });

  it('names allowances without effect, and nothing that is silenced', () => {
    const at = { file: path.join(fixtures, 'a.js'), line: 2, column: 1 };
    const fault = { ...at, kind: 'no-reason', rule: 'S', message: 'S: 50%.', next: 'Write it.' } as const;
    const text = reporters.github({ ...quiet, allowanceFaults: [fault] }, undefined, fixtures, 80, fixtures);
    expect(text).toBe('::warning file=a.js,line=2,col=1,title=allowance without effect::S: 50%25. Write it.\n');
  });

  it('has names relative to the checkout, else to the repository of the target, else to the folder', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'github-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const app = path.join(folder, 'repository', 'services', 'chat');
    mkdirSync(app, { recursive: true });
    const at = { line: 1, column: 1, kind: 'unused', message: 'm', next: 'n' } as const;
    const named = (file: string, workspace?: string): string | undefined => {
      const faulty = { ...quiet, target: 'chat', allowanceFaults: [{ ...at, file }] };
      return /file=([^,]*)/.exec(reporters.github(faulty, undefined, path.dirname(app), 80, workspace))?.[1];
    };
    const file = path.join(app, '..chat.js');
    expect(named(file)).toBe('chat/..chat.js');
    mkdirSync(path.join(folder, 'repository', '.git'));
    expect(named(file)).toBe('services/chat/..chat.js');
    expect(named(file, folder)).toBe('repository/services/chat/..chat.js');
    const outside = path.join(path.dirname(folder), 'x.js');
    expect(named(outside)).toBe(outside.replaceAll(':', '%3A'));
  });

  it('is empty when nothing is wrong', () => expect(reporters.github(quiet)).toBe(''));
});
