import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose, explainRule, gatherFacts, type Rule, reporters, rules, runRules } from '../../src/doctor/index.js';
import { UserError } from '../../src/errors.js';
import { copyOf, fixtures } from './expect-codes.js';

const facts = gatherFacts('everything-right', { cwd: fixtures });

function rule(code: string, places: readonly [string, number][]): Rule {
  return {
    code,
    severity: 'warning',
    title: code,
    why: 'because',
    help: 'help',
    check: () => places.map(([file, line]) => ({ message: 'm', at: { file, line, column: 1, evidence: '' } })),
  };
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    return error instanceof UserError ? error.code : String(error);
  }
  return undefined;
}

describe('the engine', () => {
  it('sorts findings by file and line, whichever rule made them', () => {
    const list = [
      rule('B', [
        ['b', 2],
        ['a', 9],
      ]),
      rule('A', [
        ['a', 1],
        ['b', 1],
      ]),
    ];
    const order = runRules(list, facts).diagnoses.map(({ finding }) => `${finding.file}${finding.line}`);
    expect(order).toEqual(['a1', 'a9', 'b1', 'b2']);
  });

  it('says how a finding is known: from a file, or from a live site', () => {
    const target = 'http://127.0.0.1/';
    const live: Rule = { ...rule('L', []), scope: 'live', fix: undefined, check: () => [{ message: 'm' }] };
    const probe = { url: target, ok: false, steps: [], transport: undefined, ms: 0 };
    const list = [rule('F', [['a', 1]]), live];
    const known = (of: Parameters<typeof runRules>[1]): string[] =>
      runRules(list, of).diagnoses.map(({ finding }) => `${finding.rule} ${finding.known}`);
    expect(known(facts)).toEqual(['F file']);
    expect(known({ kind: 'live', target, at: 0, probe, transports: [], exchanges: [], exposed: [] })).toEqual([
      'L live',
    ]);
  });

  it('counts what --only and --skip silence', () => {
    const list = [
      rule('AAA_A', [['a', 1]]),
      rule('BBB_B', [
        ['a', 2],
        ['a', 3],
      ]),
    ];
    expect(runRules(list, facts, { only: ['aaa_a'] })).toMatchObject({ skipped: 2 });
    expect(runRules(list, facts, { skip: ['AAA_A'] })).toMatchObject({ skipped: 1 });
    expect(runRules(list, facts, { only: ['AAA_A'], skip: ['AAA_A'] }).diagnoses).toEqual([]);
  });

  it('asks "did you mean" for an unknown rule before it reads anything', async () => {
    const error = await diagnose('everything-right', { cwd: fixtures, skip: ['FIXED_PROT'] }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'UNKNOWN_RULE', why: 'Did you mean FIXED_PORT?', exitCode: 2 });
    expect(() => explainRule('WEBSOCKET')).toThrowError(
      expect.objectContaining({ why: expect.stringContaining('WEBSOCKET_MODULE_ENABLED') }),
    );
    expect(() => explainRule('no such thing at all')).toThrowError(expect.objectContaining({ code: 'UNKNOWN_RULE' }));
  });
});

/** The administrator of a system may read everything. */
function asOtherUser<Result>(work: () => Result): Result {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('the target', () => {
  it.each([
    ['nowhere', 'TARGET_NOT_FOUND'],
    ['everything-right/server.js', 'TARGET_NOT_WEB_CONFIG'],
  ])('%s is refused with %s', async (target, code) => {
    expect(await codeOf(diagnose(target, { cwd: fixtures }))).toBe(code);
  });

  it('may be the web.config itself, whose folder is then examined as well', async () => {
    const { findings } = await diagnose('port-fixed/web.config', { cwd: fixtures });
    expect(findings.map(({ rule: code }) => code)).toEqual(['FIXED_PORT']);
  });

  it('is refused when there is nothing in it', async () => {
    const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-empty-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    expect(await codeOf(diagnose('.', { cwd }))).toBe('NOTHING_TO_EXAMINE');
    await expect(diagnose('.', { cwd })).rejects.toMatchObject({ what: `There is no web.config and no app in ${cwd}` });
    mkdirSync(path.join(cwd, 'web.config'));
    writeFileSync(path.join(cwd, 'server.js'), '');
    expect(await codeOf(diagnose('.', { cwd }))).toBe('TARGET_UNREADABLE');
  });

  it('is no app: the report says so in place of a plain "nothing wrong"', async () => {
    const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-other-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const remarkOf = async (handler: string): Promise<string | undefined> => {
      const section = `<system.webServer><handlers>${handler}</handlers></system.webServer>`;
      writeFileSync(path.join(cwd, 'web.config'), `<configuration>${section}</configuration>`);
      const report = await diagnose('.', { cwd });
      const text = reporters.text(report).replace(/\s+/g, ' ');
      if (report.remark !== undefined) expect(text).toContain(`Nothing wrong in . note: ${report.remark}`);
      return report.remark;
    };
    expect(await remarkOf('')).toMatch(/^This is not a site of iisnode/);
    expect(await remarkOf('<add name="a" path="*" verb="*" modules="AspNetCoreModuleV2" />')).toMatch(/ASP\.NET/);
    expect(await remarkOf('<add name="i" path="a.js" verb="*" modules="iisnode" />')).toBeUndefined();
    writeFileSync(path.join(cwd, 'server.js'), '');
    expect(await remarkOf('')).toBeUndefined();
  });

  it('has an unknown path while its web.config is not XML, unless --path says it', async () => {
    const cwd = copyOf('xml-not-closed');
    const assumed = async (options = {}): Promise<string> =>
      ((await diagnose('.', { cwd, ...options })).assumed ?? []).map(({ what, value }) => `${what} ${value}`).join();
    expect(await assumed()).toMatch(/^path unknown/);
    expect(await assumed({ vdirPath: '/x' })).not.toContain('path');
  });

  it.runIf(process.platform !== 'win32')('is refused where it cannot be read', async () => {
    const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-closed-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    chmodSync(cwd, 0o755);
    for (const mode of [0o300, 0o600]) {
      mkdirSync(path.join(cwd, `${mode}`));
      chmodSync(path.join(cwd, `${mode}`), mode);
      const error = asOtherUser(() => errorOf(() => gatherFacts(`${mode}`, { cwd })));
      expect(error).toMatchObject({ code: 'TARGET_UNREADABLE', what: `The folder ${mode} cannot be read.` });
    }
  });

  it('is reported as it was given', async () => {
    const report = await diagnose('everything-right', { cwd: fixtures });
    expect(report).toEqual({
      target: 'everything-right',
      findings: [],
      summary: { errors: 0, warnings: 0, infos: 0, fixed: 0, skipped: 0 },
      assumed: [{ what: 'entry', value: 'server.js', by: "web.config's handler" }],
    });
  });
});

describe('what to do', () => {
  it.each(['xml-not-closed', 'xml-space-before-declaration', 'xml-ampersand'])('is said of %s', (site) => {
    const { diagnoses } = runRules(rules, gatherFacts(site, { cwd: fixtures }));
    expect(diagnoses.map(({ finding }) => finding.fix)).toEqual([expect.stringMatching(/^(Put|Remove|Write) .*\.$/)]);
  });

  it('of a removed setting names only options that socket.io 4 has', () => {
    const cwd = copyOf('removed-api-set');
    const calls = "io.disable('heartbeats');\nio.set('heartbeat timeout', 5);\nio.set('log level', 1);\n";
    const file = path.join(cwd, 'server.js');
    writeFileSync(file, `${readFileSync(file, 'utf8').replace(/^io\.(set|enable|disable)\(.*$/gm, '')}\n${calls}`);
    const { diagnoses } = runRules(rules, gatherFacts('.', { cwd }), { only: ['REMOVED_SOCKET_API'] });
    expect(diagnoses.map(({ finding }) => finding.fix)).toEqual([
      'Remove the call: socket.io 4 has no such option.',
      'new Server(server, { pingTimeout: .. })',
      'Remove the call: socket.io 4 has no such option.',
    ]);
  });
});
