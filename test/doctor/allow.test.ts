import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readApp } from '../../src/app/index.js';
import { type DoctorReport, diagnose, type Finding, type Rule, rules, runRulesAt } from '../../src/doctor/index.js';
import { joinFindings } from '../../src/doctor/join.js';

const listens = "require('node:http').createServer().listen(3000);";
const webConfig = (comment = '', more = ''): string => `<configuration>
  <system.webServer>
    ${comment}
    <handlers>
      <add name="iisnode" path="server.js" verb="*" modules="iisnode" />
    </handlers>
    <webSocket enabled="false" />
    <rewrite><rules><rule name="all"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
    ${more}
  </system.webServer>
</configuration>
`;

/** A site whose server listens on a port: FIXED_PORT, and nothing else. */
function siteWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allow-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({ 'web.config': webConfig(), 'server.js': listens, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

const codes = ({ findings }: DoctorReport): string[] => findings.map(({ rule }) => rule);
const faults = ({ allowanceFaults = [] }: DoctorReport): string[] =>
  allowanceFaults.map(({ kind, rule = '', file, line }) => `${kind} ${rule} ${path.basename(file)}:${line}`);
const look = (folder: string, more: Partial<Parameters<typeof diagnose>[1]> = {}): Promise<DoctorReport> =>
  diagnose('.', { cwd: folder, ...more });

describe('a comment in a source', () => {
  it.each([
    ['in the line above', `// iisnode-sock: allow FIXED_PORT because a proxy asks for it\n${listens}`],
    ['in the same line', `${listens} // iisnode-sock: allow FIXED_PORT because a proxy asks for it`],
    ['as a block', `/* iisnode-sock: allow FIXED_PORT because a proxy asks for it */\n${listens}`],
    [
      'as a block of several lines',
      `/*\n * iisnode-sock: allow fixed_port because a proxy\n * asks for it\n */\n\n${listens}`,
    ],
    ['of several lines', `// iisnode-sock: allow FIXED_PORT because a proxy\n// asks for it\n${listens}`],
    ['with several rules', `// iisnode-sock: allow FIXED_PORT, FIXED_PORT because a proxy asks for it\n${listens}`],
    ['with Windows line ends', `// iisnode-sock: allow FIXED_PORT because a proxy asks for it\r\n${listens}\r\n`],
  ])('%s silences the finding there, with its reason', async (_where, text) => {
    const folder = siteWith({ 'server.js': text });
    const report = await look(folder);
    expect(codes(report)).toEqual([]);
    expect(report.summary).toEqual({ errors: 0, warnings: 0, infos: 0, fixed: 0, skipped: 0, silenced: 1 });
    expect(report.silenced?.[0]).toMatchObject({
      rule: 'FIXED_PORT',
      silenced: { reason: 'a proxy asks for it', file: path.join(folder, 'server.js') },
    });
    expect(faults(report)).toEqual([]);
  });

  it.each([
    [
      'two lines above',
      `// iisnode-sock: allow FIXED_PORT because x\nconsole.log(1);\n${listens}`,
      'unused FIXED_PORT server.js:1',
    ],
    ['below', `${listens}\n// iisnode-sock: allow FIXED_PORT because x`, 'unused FIXED_PORT server.js:2'],
    [
      'for another rule',
      `// iisnode-sock: allow PORT_NUMERIC because x\n${listens}`,
      'unused PORT_NUMERIC server.js:1',
    ],
    ['without a reason', `// iisnode-sock: allow FIXED_PORT\n${listens}`, 'no-reason FIXED_PORT server.js:1'],
    [
      'with an empty reason',
      `// iisnode-sock: allow FIXED_PORT because \n${listens}`,
      'no-reason FIXED_PORT server.js:1',
    ],
    [
      'with a word for because',
      `// iisnode-sock: allow FIXED_PORT as we must\n${listens}`,
      'no-reason FIXED_PORT server.js:1',
    ],
    [
      'with an unknown rule',
      `// iisnode-sock: allow FIXED_PROT because x\n${listens}`,
      'unknown-rule FIXED_PROT server.js:1',
    ],
    ['with another word', `// iisnode-sock: ignore FIXED_PORT because x\n${listens}`, 'not-understood  server.js:1'],
  ])('%s silences nothing and is reported', async (_where, text, fault) => {
    const folder = siteWith({ 'server.js': text });
    const report = await look(folder);
    expect(codes(report)).toEqual(['FIXED_PORT']);
    expect(report.summary).toMatchObject({ errors: 1 });
    expect(report.silenced).toBeUndefined();
    expect(faults(report)).toEqual([fault]);
  });

  it('is no comment in a string, and no remark of another kind is one', async () => {
    const folder = siteWith({
      'server.js': `log('iisnode-sock: allow FIXED_PORT because x');// iisnode-sock: the port of the proxy\n${listens}`,
    });
    const report = await look(folder);
    expect([codes(report), faults(report)]).toEqual([['FIXED_PORT'], []]);
  });

  it('suggests the rule that was meant', async () => {
    const folder = siteWith({ 'server.js': `// iisnode-sock: allow FIXED_PROT because x\n${listens}` });
    const [fault] = (await look(folder)).allowanceFaults ?? [];
    expect(fault).toMatchObject({
      message: 'There is no rule FIXED_PROT. Did you mean FIXED_PORT?',
      next: 'Write FIXED_PORT.',
    });
  });
});

describe('a comment in web.config', () => {
  const allow = '<!-- iisnode-sock: allow FIXED_PORT because a proxy asks for it -->';

  it.each([
    ['inside', webConfig(allow)],
    ['above the root element', `${allow}\n${webConfig()}`],
    ['as the last thing', webConfig('', allow)],
  ])('%s counts for what has no place in web.config', async (_where, text) => {
    const report = await look(siteWith({ 'web.config': text }));
    expect([codes(report), report.summary.silenced, faults(report)]).toEqual([[], 1, []]);
  });

  const broken = '<httpErrors errorMode="Nope" />';
  const allowed = '<!-- iisnode-sock: allow CONFIG_ERROR because the server has it -->';
  it.each([
    ['in front of the element', webConfig('', `${allowed}\n    ${broken}`), []],
    ['behind it in its line', webConfig('', `${broken} ${allowed}\n    <staticContent />`), []],
    ['in front of another element', webConfig(allowed, broken), ['CONFIG_ERROR']],
    ['behind another element', webConfig(`<staticContent /> ${allowed}`, broken), ['CONFIG_ERROR']],
    ['above the root element', `${allowed}\n${webConfig('', broken)}`, []],
  ])('counts for the element that it is about: %s', async (_where, text, left) => {
    const report = await look(siteWith({ 'web.config': text }), { only: ['CONFIG_ERROR'] });
    expect(codes(report)).toEqual(left);
    expect(faults(report)).toHaveLength(left.length);
  });
});

describe('the field in package.json', () => {
  const allowing = (allow: unknown): string => JSON.stringify({ name: 'x', 'iisnode-sock': { allow } }, undefined, 2);

  it('counts for the whole app, in files, in commands that ask the rules, and for a live site looked at from there', async () => {
    const field = allowing({ FIXED_PORT: 'a proxy asks for it', LIVE_CONNECTION_FAILS: 'it is down today' });
    const folder = siteWith({ 'package.json': field });
    const report = await look(folder);
    expect([codes(report), report.silenced?.map(({ rule }) => rule), faults(report)]).toEqual([[], ['FIXED_PORT'], []]);
    expect(runRulesAt('init', readApp(folder))).toEqual([]);
    const live = await diagnose('http://127.0.0.1:1/', { cwd: folder });
    expect(live.findings.filter(({ rule }) => rule === 'LIVE_CONNECTION_FAILS')).toEqual([]);
    expect(live.silenced?.map(({ rule, known }) => `${rule} ${known}`)).toEqual(['LIVE_CONNECTION_FAILS live']);
    expect(live.allowanceFaults).toBeUndefined();
  });

  it.each([
    [{ FIXED_PORT: ' ' }, 'no-reason FIXED_PORT package.json:5'],
    [{ FIXED_PORT: true }, 'no-reason FIXED_PORT package.json:5'],
    [{ NO_SUCH: 'x' }, 'unknown-rule NO_SUCH package.json:5'],
    [['FIXED_PORT'], 'not-understood  package.json:3'],
    [{ TLS_SERVER: 'x' }, 'unused TLS_SERVER package.json:5'],
  ])('%j silences nothing and is reported', async (allow, fault) => {
    const report = await look(siteWith({ 'package.json': allowing(allow) }));
    expect([codes(report), faults(report)]).toEqual([['FIXED_PORT'], [fault]]);
  });

  it('is not reported as unused where its rule has not checked the app', async () => {
    const folder = siteWith({
      'package.json': allowing({ TLS_SERVER: 'x', HANDSHAKE_FAILED: 'x', LIVE_PAGE_FAILS: 'x' }),
    });
    expect(faults(await look(folder, { only: ['FIXED_PORT'] }))).toEqual([]);
    expect(faults(await look(folder))).toEqual(['unused TLS_SERVER package.json:5']);
    writeFileSync(path.join(folder, 'web.config'), '<configuration>');
    expect(faults(await look(folder))).toEqual([]);
  });

  it('leaves a text that the user has seen to the report, with the allowed finding that explains it', async () => {
    const folder = siteWith({ 'package.json': allowing({ FIXED_PORT: 'x' }) });
    const { silenced = [], findings } = await look(folder, { seen: ['HTTP Error 500.1001'] });
    expect(findings).toEqual([]);
    expect(silenced[0]).toMatchObject({ rule: 'FIXED_PORT', seen: ['HTTP Error 500.1001'] });
  });
});

it('--fix leaves a silenced finding as it is, and fixes the other of the same rule', async () => {
  const text = `// iisnode-sock: allow FIXED_PORT because a probe asks there\n${listens}\n${listens.replace('3000', '4000')}\n`;
  const folder = siteWith({ 'server.js': text });
  const report = await look(folder, { fix: true });
  expect(report.summary).toMatchObject({ errors: 0, fixed: 1, silenced: 1 });
  expect(readFileSync(path.join(folder, 'server.js'), 'utf8')).toBe(text.replace('4000', 'process.env.PORT || 4000'));
});

describe('a silenced cause and a silenced symptom', () => {
  const ruleOf = (code: string): Rule => {
    const found = rules.find((each) => each.code === code);
    if (found === undefined) throw new Error(`no rule ${code}`);
    return found;
  };
  const allowed = { silenced: { reason: 'meant', file: 'package.json', line: 1 } };
  const diagnosis = (code: string, known: Finding['known'], more = {}): Parameters<typeof joinFindings>[0][number] => ({
    rule: ruleOf(code),
    made: { message: code },
    finding: { rule: code, severity: 'error', known, message: code, why: 'w', help: 'h', ...more },
  });
  const shapeOf = (findings: readonly Finding[]): readonly (readonly [string, readonly string[]])[] =>
    findings.map(({ rule, consequences = [] }) => [rule, consequences.map((each) => each.rule)]);

  it('keep what the trial shows of them apart from other causes', () => {
    const cause = diagnosis('FIXED_PORT', 'file');
    const symptom = diagnosis('APP_LISTENED_ELSEWHERE', 'trial');
    const silent = (one: typeof cause): typeof cause => ({ ...one, finding: { ...one.finding, ...allowed } });
    // The symptom of an allowed cause is no finding of its own.
    expect(shapeOf(joinFindings([silent(cause), symptom]))).toEqual([['FIXED_PORT', ['APP_LISTENED_ELSEWHERE']]]);
    expect(shapeOf(joinFindings([cause, silent(symptom)]))).toEqual([
      ['FIXED_PORT', []],
      ['APP_LISTENED_ELSEWHERE', []],
    ]);
    // A cause that nobody allows explains it first.
    expect(shapeOf(joinFindings([silent(cause), cause, symptom]))).toEqual([
      ['FIXED_PORT', ['APP_LISTENED_ELSEWHERE']],
      ['FIXED_PORT', []],
    ]);
  });
});
