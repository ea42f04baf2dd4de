import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/doctor/index.js';
import { listLogs, most } from '../../../src/doctor/seen/logs/log-files.js';
import { readNamedLogs } from '../../../src/doctor/seen/logs/logs-of.js';
import { oftenStarted } from '../../../src/doctor/seen/logs/starts.js';
import { ownLine } from '../../../src/doctor/seen/own-line.js';
import { recognise } from '../../../src/doctor/seen/recognise.js';
import type { DoctorReport } from '../../../src/doctor/types.js';
import { growth, linear } from '../../support/growth.js';

const webConfig = (attributes = ''): string =>
  `<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode"/></handlers>
<rewrite><rules><rule name="app"><match url=".*"/><action type="Rewrite" url="server.js"/></rule></rules></rewrite>
<iisnode ${attributes}/></system.webServer></configuration>`;
const server = `const http = require('http');\n\nconst app = http.createServer((q, s) => s.end());\nthrow new TypeError('no key');\napp.listen(process.env.PORT);\n`;
const crash = (file: string): string =>
  `Application has thrown an uncaught exception and is terminated:\r\nError: connect ECONNREFUSED 10.0.0.7:6379\r\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)\r\n    at Object.<anonymous> (C:\\site\\node_modules\\redis\\index.js:9:1)\r\n    at Object.<anonymous> (${file}:4:7)\r\n    at Object.<anonymous> (C:\\Program Files\\iisnode\\interceptor.js:459:1)\r\n`;

/** Later than every file that a test writes. */
const later = (): number => Date.now() + 60_000;
const log = (pid: number, stream: string, begun: number): string => `WEB1-${pid}-${stream}-${begun}.txt`;

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'seen-logs-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}
const app = (logs: Readonly<Record<string, string>>, attributes = '', at = 'iisnode'): string =>
  folderWith({
    'web.config': webConfig(attributes),
    'package.json': '{"name":"app","private":true}',
    'server.js': server,
    ...Object.fromEntries(Object.entries(logs).map(([name, text]) => [`${at}/${name}`, text])),
  });
const judge = (cwd: string, options = {}): Promise<DoctorReport> => diagnose('.', { cwd, ...options });
const seen = ({ findings }: DoctorReport): DoctorReport['findings'] => findings.filter(({ known }) => known === 'seen');

describe('--logs', () => {
  it('names the crash, the line of the app, and the file that has it', async () => {
    const begun = later();
    const cwd = folderWith({ [log(4120, 'stderr', begun)]: crash('D:\\home\\site\\wwwroot\\server.js') });
    const report = await diagnose('.', { cwd, isDefault: true, logs: '.' });
    expect(report.findings).toMatchObject([
      {
        rule: 'SEEN_NODE_ERROR',
        known: 'seen',
        severity: 'error',
        message: expect.stringContaining('at D:\\home\\site\\wwwroot\\server.js:4.'),
        file: path.join(cwd, log(4120, 'stderr', begun)),
        line: 2,
      },
    ]);
    expect(report.findings[0]?.seen?.[0]).toBe(
      `${log(4120, 'stderr', begun)}:2: Error: connect ECONNREFUSED 10.0.0.7:6379`,
    );
  });

  it('leads to the same line in the examined folder', async () => {
    const cwd = app({});
    const logs = folderWith({ [log(1, 'stderr', later())]: crash('D:\\home\\site\\wwwroot\\server.js') });
    const [finding] = seen(await judge(cwd, { logs }));
    expect(finding).toMatchObject({
      file: path.join(cwd, 'server.js'),
      line: 4,
      column: 7,
      evidence: "throw new TypeError('no key');",
    });
  });

  it('reads logs with other names, and says when there are none', async () => {
    const cwd = folderWith({
      'logging-errors.txt': "Error: Cannot find module 'express'",
      'a.jpg': 'Error: Cannot find module',
    });
    expect((await diagnose('.', { cwd, isDefault: true, logs: '.' })).findings).toHaveLength(1);
    const empty = folderWith({ 'a.jpg': '' });
    expect((await diagnose('.', { cwd: empty, isDefault: true, logs: '.' })).findings).toMatchObject([
      { rule: 'SEEN_LOG', severity: 'info', message: 'There are no logs in ..' },
    ]);
    const quiet = folderWith({ 'a.txt': '', 'b.log': 'my own words' });
    expect((await diagnose('.', { cwd: quiet, isDefault: true, logs: '.' })).findings).toMatchObject([
      { rule: 'SEEN_LOG', severity: 'info', message: 'No known error in 2 logs of ..' },
    ]);
  });

  it.each([
    ['gone', 'DIRECTORY_NOT_FOUND'],
    ['a.txt', 'LOGS_NOT_A_FOLDER'],
  ])('%s is refused in words: %s', async (logs, code) => {
    const cwd = folderWith({ 'a.txt': '' });
    await expect(diagnose('.', { cwd, isDefault: true, logs })).rejects.toMatchObject({ code, exit: 'usage' });
  });

  it('reads the newest files only, and the end of each', () => {
    const files: Record<string, string> = {};
    for (let count = 0; count < most.files + 5; count += 1)
      files[log(count, 'stderr', 1_760_000_000_000 + count * 3_600_000)] = 'quiet';
    const oldest = log(0, 'stderr', 1_760_000_000_000);
    const newest = log(most.files + 4, 'stderr', 1_760_000_000_000 + (most.files + 4) * 3_600_000);
    files[oldest] = "Error: Cannot find module 'too-old'";
    files[newest] =
      `Error: Cannot find module 'far-above'\n${'x'.repeat(most.bytes)}\nError: listen EADDRINUSE :::3000\n`;
    const folder = folderWith(files);
    const { sightings } = readNamedLogs(folder, '/');
    expect(sightings.map(({ known }) => known.id)).toEqual(['port-in-use']);
    expect(sightings[0]?.quotes).toEqual([`the end of ${newest}: Error: listen EADDRINUSE :::3000`]);
    expect(sightings[0]?.at).toBeUndefined();
  });

  it('says that the app listens on a port, and not what clients cause', () => {
    const folder = folderWith({
      [log(1, 'stdout', later())]: 'Server listening on port 3000\nuser left: transport close\n',
    });
    expect(readNamedLogs(folder, '/').sightings.map(({ known }) => known.id)).toEqual(['listens-on-a-port']);
  });
});

describe('the logs of an examined app', () => {
  it('are found where logDirectory says, and a crash since the last change is a warning', async () => {
    const logs = { [log(9, 'stderr', later())]: crash('C:\\site\\server.js') };
    for (const cwd of [app(logs), app(logs, 'logDirectory="my\\logs"', 'my/logs')])
      expect(seen(await judge(cwd))).toMatchObject([{ rule: 'SEEN_NODE_ERROR', severity: 'warning', line: 4 }]);
    expect(seen(await judge(app(logs, 'logDirectory="my\\logs"')))).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'were written before the app was changed',
      { [log(9, 'stderr', 1_600_000_000_000)]: crash('C:\\site\\server.js') },
      '',
    ],
    [
      'have an error that the app survived',
      { [log(9, 'stderr', later())]: 'Error: connect ECONNREFUSED 10.0.0.7:6379' },
      '',
    ],
    [
      'have a crash before the last start',
      { [log(8, 'stderr', later())]: crash('C:\\site\\server.js'), [log(9, 'stdout', later() + 60_000)]: 'ready' },
      '',
    ],
    ['are switched off', { [log(9, 'stderr', later())]: crash('C:\\site\\server.js') }, 'loggingEnabled="false"'],
    ['have names of others', { 'notes.txt': crash('C:\\site\\server.js') }, ''],
    ['say that a port is used', { [log(9, 'stdout', later())]: 'listening on port 3000' }, ''],
  ])('say nothing where they %s', async (_what, logs, attributes) => {
    expect(seen(await judge(app(logs, attributes)))).toEqual([]);
  });

  it('are not read where others are named', async () => {
    const cwd = app({ [log(9, 'stderr', later())]: crash('C:\\site\\server.js') });
    const logs = folderWith({ [log(1, 'stdout', later())]: 'ready' });
    const ofLogs = { rule: 'SEEN_LOG', severity: 'info', message: `No known error in 1 log of ${logs}.` };
    expect(seen(await judge(cwd, { logs }))).toMatchObject([ofLogs]);
  });

  it('are a folder that is a file, or that is missing: then there are none', async () => {
    const cwd = app({});
    writeFileSync(path.join(cwd, 'iisnode'), '');
    expect(seen(await judge(cwd))).toEqual([]);
  });
});

describe('repeated starts', () => {
  const files = (starts: readonly number[], same: number): string =>
    folderWith(
      Object.fromEntries(
        starts.flatMap((at, index) =>
          Array.from(
            { length: same },
            (_, slot) =>
              [log(100 + index * 10 + slot, 'stdout', 1_760_000_000_000 + at + slot * 100), 'ready'] as const,
          ),
        ),
      ),
    );
  it.each<[string, readonly number[], number, string | undefined]>([
    [
      'four in six minutes',
      [0, 120_000, 240_000, 360_000],
      1,
      '4 starts on WEB1 in 6 min (process ids 100, 110, 120, 130)',
    ],
    ['three in a minute', [0, 20_000, 40_000], 1, undefined],
    ['four in a day', [0, 6e6, 12e6, 18e6], 1, undefined],
    ['one start of eight processes', [0], 8, undefined],
    ['a deployment with four processes', [0, 60_000], 4, undefined],
  ])('%s', (_what, starts, same, said) => {
    expect(oftenStarted(listLogs(files(starts, same)))).toBe(said);
  });
});

describe('the line of the app', () => {
  it.each([
    ['Error: x\n    at Object.<anonymous> (D:\\app\\server.js:12:5)', 'D:\\app\\server.js:12:5'],
    ['Error: x\n    at f (/home/app/lib/a.js:3:9)\n', '/home/app/lib/a.js:3:9'],
    ['Error: x\n    at file:///C:/app/server.mjs:7:1\n', 'C:/app/server.mjs:7:1'],
    [
      'Error: x\n    at Module.load (node:internal/modules/cjs/loader:1208:32)\n    at f (C:\\a\\node_modules\\b\\c.js:1:2)\n',
      undefined,
    ],
    ['Error: x\n    at Object.<anonymous> (C:\\Program Files\\iisnode\\interceptor.js:459:1)\n', undefined],
    ['Error: x', undefined],
  ])('of %j is %s', (text, expected) => {
    const found = ownLine(text, 0);
    expect(found && `${found.file}:${found.line}:${found.column}`).toBe(expected);
  });

  it('of a syntax error is above its message', () => {
    const text =
      'C:\\app\\routes.js:31\n  const a = ;\n            ^\n\nSyntaxError: Unexpected token ;\n    at Module._compile (x)';
    expect(ownLine(text, text.indexOf('SyntaxError'))).toEqual({ file: 'C:\\app\\routes.js', line: 31, column: 1 });
  });
});

describe('fuzz', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'Error: ',
      'at ',
      ' (C:\\a\\b.js:1:2)',
      'Cannot find module ',
      "'x'",
      '\r\n',
      '\u0000',
      '\u001B[31m',
      '<p>',
      '<!--',
      '&lt;',
      'HTTP Error 500.',
      '1002',
      'EADDRINUSE',
      '\\\\.\\pipe\\x',
      '<style>',
      '</',
    ),
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );

  it('any log, and any names of files, give findings whose text is safe to show', () => {
    const folder = folderWith({});
    const file = path.join(folder, log(1, 'stderr', 1_760_000_000_000));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        writeFileSync(file, pieces.join(''));
        const { sightings } = readNamedLogs(folder, '/');
        for (const text of sightings.flatMap(({ quotes }) => quotes)) {
          expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
          expect(text.length).toBeLessThan(400);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['words', (size: number) => 'Error: Cannot find module listening on request '.repeat(size)],
    ['open tags', (size: number) => `<html>${'<p '.repeat(size)}`],
    ['open comments', (size: number) => `<html>${'<!--'.repeat(size)}`],
    ['open styles', (size: number) => `<html>${'<style></'.repeat(size)}`],
    ['entities', (size: number) => `<html>${'&#x41;&amp'.repeat(size)}`],
    ['codes', (size: number) => 'HTTP status: 500 HTTP subStatus: 1002 0x8007000d 500.1013 '.repeat(size)],
    ['a log of IIS', (size: number) => '2026-03-01 10:00:00 a b 500 19 183 3\n'.repeat(size)],
    [
      'frames',
      (size: number) => `Error: Cannot find module 'x'\n${'    at x (C:\\node_modules\\a.js:1:2)\n'.repeat(size)}`,
    ],
  ])('a text of %s is searched in time that grows with its length', (_what, text) => {
    const search = (size: number): unknown => recognise({ text: text(size) });
    expect(growth(search, 60)).toBeLessThan(linear);
  });
});

it('a log that is older than the app is not in the way of a newer one', async () => {
  const cwd = app({
    [log(1, 'stderr', 1_600_000_000_000)]: crash('C:\\site\\old.js'),
    [log(2, 'stderr', later())]: crash('C:\\site\\server.js'),
  });
  utimesSync(path.join(cwd, 'iisnode', log(1, 'stderr', 1_600_000_000_000)), 1, 1);
  const [finding] = seen(await judge(cwd));
  expect(finding?.message).toContain('server.js:4');
});
