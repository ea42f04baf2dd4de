import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/doctor/index.js';
import type { DoctorReport } from '../../../src/doctor/types.js';
import { copyOf, fixtures } from '../expect-codes.js';

const judge = (site: string, seen: string, options = {}): Promise<DoctorReport> =>
  diagnose(site, { cwd: fixtures, seen: [seen], ...options });

/** An empty folder, with these files. */
function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'seen-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}
const alone = (seen: readonly string[], options = {}): Promise<DoctorReport> =>
  diagnose('.', { cwd: folderWith(), isDefault: true, seen, ...options });

const unknownSession = '400 {"code":1,"message":"Session ID unknown"}';

describe('a text that the files explain', () => {
  it.each([
    ['processes-polling-by-default', unknownSession, 'POLLING_WITHOUT_STICKY_SESSIONS'],
    ['pm2-cluster-polls', unknownSession, 'CLUSTER_SPREADS_POLLS'],
    ['proxy-by-https', 'HTTP Error 502.3 - Bad Gateway', 'PROXY_IN_OTHER_SCHEME'],
    ['proxy-to-port-of-pm2', 'HTTP Error 502.3 - Bad Gateway', 'PROXY_TO_OTHER_PORT'],
    ['cors-origin-with-slash', 'has been blocked by CORS policy', 'CORS_ORIGIN_NEVER_SENT'],
    [
      'websocket-module-on',
      'failed: Error during WebSocket handshake: Unexpected response code: 400',
      'WEBSOCKET_MODULE_ENABLED',
    ],
    ['port-fixed', 'HTTP Error 500.1001', 'FIXED_PORT'],
    ['port-numeric', 'RangeError [ERR_SOCKET_BAD_PORT]: port', 'PORT_NUMERIC'],
    ['xml-not-closed', 'HTTP Error 500.19 - Internal Server Error', 'MALFORMED_XML'],
    ['duplicate-mime-map', "Cannot add duplicate collection entry of type 'mimeMap'", 'DUPLICATE_ENTRY'],
    ['socket-rewrite-missing', 'Uncaught ReferenceError: io is not defined', 'SOCKET_REWRITE_MISSING'],
    ['es-module-by-type', 'Error [ERR_REQUIRE_ESM]: require() of ES Module', 'ES_MODULE_ENTRY'],
    ['eio-server-2', '{"code":5,"message":"Unsupported protocol version"}', 'EIO_MISMATCH'],
    ['tls-server', 'HTTP status: 500 HTTP subStatus: 1013, https.createServer', 'TLS_SERVER'],
  ])('%s and %j: the finding comes first, and has the text as evidence', async (site, text, rule) => {
    const { findings } = await judge(site, text);
    expect(findings[0]).toMatchObject({ rule, known: 'file', severity: 'error' });
    expect(findings[0]?.seen?.[0]).toContain(text.slice(0, 40));
    expect(findings.filter(({ known }) => known === 'seen')).toEqual([]);
  });

  it('raises a note that is the reason of a failure to an error', async () => {
    const without = await diagnose('concurrent-requests-default', { cwd: fixtures });
    const note = without.findings.find(({ rule }) => rule === 'FEW_CONCURRENT_REQUESTS');
    const { findings, summary } = await judge('concurrent-requests-default', '503.1002');
    if (note === undefined) expect(findings[0]?.rule).toBe('SEEN_IISNODE_ERROR');
    else expect(findings[0]).toMatchObject({ rule: 'FEW_CONCURRENT_REQUESTS', severity: 'error' });
    expect(summary.errors).toBeGreaterThan(0);
  });

  it('is not reported again once --fix has fixed its cause', async () => {
    const site = copyOf('websocket-module-on');
    const { findings, summary } = await diagnose(site, {
      cwd: site,
      fix: true,
      seen: ['Unexpected response code: 400'],
    });
    expect(summary.fixed).toBe(1);
    expect(findings.filter(({ known }) => known === 'seen')).toEqual([]);
  });
});

describe('a text that the files do not explain', () => {
  it('has the causes that the files leave first, and says what rules out the others', async () => {
    const { findings } = await judge('everything-right', unknownSession);
    expect(findings).toHaveLength(1);
    const [{ message, causes = [], known }] = findings as [DoctorReport['findings'][number]];
    expect(known).toBe('seen');
    expect(message).toContain('Likeliest cause: the process was restarted');
    const against = Object.fromEntries(causes.map((cause) => [cause.says.slice(0, 20), cause.against]));
    expect(against['several node process']).toBe(
      'nodeProcessCountPerApplication is 1, on one machine: all requests reach the same process',
    );
    expect(against['several machines or ']).toMatch(/^one machine/);
    expect(causes.findIndex((cause) => cause.against !== undefined)).toBe(1);
  });

  it('with several machines leaves affinity as the cause', async () => {
    const { findings } = await judge('everything-right', unknownSession, { machines: 3 });
    const seen = findings.find(({ known }) => known === 'seen');
    expect(seen?.message).toContain('Likeliest cause: several machines');
  });

  it('with sticky processes does not blame them', async () => {
    const { findings } = await judge('processes-sticky', unknownSession);
    const seen = findings.find(({ known }) => known === 'seen');
    expect(seen?.causes?.find(({ says }) => says.startsWith('several node processes'))?.against).toMatch(
      /^nodeProcessStickySessions is true/,
    );
  });

  it('does not rule out a crash, which files that are right do not show', async () => {
    const { findings } = await judge('everything-right', 'HTTP Error 500.1002');
    const seen = findings.find(({ known }) => known === 'seen');
    const crash = seen?.causes?.find(({ says }) => says.startsWith('the app crashes while it starts'));
    expect([crash?.says.length, crash?.against]).toEqual([expect.any(Number), undefined]);
    expect(seen?.message).toContain('Likeliest cause: the app crashes while it starts');
  });

  it('with the module of IIS off does not blame it', async () => {
    const { findings } = await judge('websocket-module-off', 'Unexpected response code: 400');
    const seen = findings.find(({ known }) => known === 'seen');
    expect(seen?.message).not.toContain("IIS's own WebSocket module");
    expect(seen?.causes?.find(({ says }) => says.startsWith("IIS's own"))?.against).toContain(
      'webSocket enabled="false"',
    );
  });

  it('judges no cause by files that cannot be read', async () => {
    const { findings } = await judge('xml-not-closed', 'Error: connect ECONNREFUSED 127.0.0.1:6379');
    const seen = findings.find(({ known }) => known === 'seen');
    expect(seen?.causes?.filter(({ against }) => against !== undefined)).toEqual([]);
  });

  it('leaves findings about something else as they are, after it', async () => {
    const { findings } = await judge('websocket-module-on', "Error: Cannot find module 'express'");
    expect(findings.map(({ rule }) => rule)).toEqual(['SEEN_NODE_ERROR', 'WEBSOCKET_MODULE_ENABLED']);
    expect(findings[1]?.seen).toBeUndefined();
  });

  it('is left out by --skip and --only, and counted', async () => {
    const skipped = await judge('everything-right', unknownSession, { skip: ['SEEN_SOCKET_ERROR'] });
    expect(skipped).toMatchObject({ findings: [], summary: { skipped: 1 } });
    const only = await judge('everything-right', unknownSession, { only: ['FIXED_PORT'] });
    expect(only).toMatchObject({ findings: [], summary: { skipped: 1 } });
  });
});

describe('a text alone', () => {
  it('has its causes, without any that is ruled out', async () => {
    const { target, findings, summary } = await alone([unknownSession]);
    expect(target).toBe('what you have seen');
    expect(summary).toMatchObject({ errors: 1, warnings: 0 });
    expect(findings[0]?.causes?.length).toBeGreaterThan(2);
    expect(findings[0]?.causes?.every(({ against }) => against === undefined)).toBe(true);
    expect(findings[0]?.apart).not.toBe('');
  });

  it('that is not known is a note', async () => {
    const { findings, summary } = await alone(['it is slow today']);
    expect(findings).toMatchObject([{ rule: 'SEEN_UNKNOWN', severity: 'info', seen: ['it is slow today'] }]);
    expect(summary).toMatchObject({ errors: 0, warnings: 0, infos: 1 });
  });

  it('and its consequences in other texts are one finding', async () => {
    const { findings } = await alone([
      "Error: Cannot find module 'express'",
      'HTTP Error 500.1002',
      'Application has thrown an uncaught exception and is terminated:',
    ]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.seen).toHaveLength(3);
  });

  it('takes the cause for which the text itself speaks', async () => {
    const { findings } = await alone(['The Module DLL iisnode.dll failed to load. The data is the error. 7E000000']);
    expect(findings[0]?.message).toContain('Visual C++ runtime that it needs is missing');
  });

  it.each([{ fix: true }, { vdirPath: '/x' }, { machines: 2 }, { expect: [{ path: '/', status: 200 }] }])(
    'does not accept %j, which needs an app',
    async (options) => {
      await expect(alone([unknownSession], options)).rejects.toMatchObject({ code: 'SEEN_NEEDS_APP', exit: 'usage' });
    },
  );

  it('is judged with the files where the folder has an app, or where a folder was named', async () => {
    const cwd = folderWith({ 'Web.config': '<configuration/>' });
    expect((await diagnose('.', { cwd, isDefault: true, seen: ['500.19'] })).target).toBe('.');
    expect((await diagnose('.', { cwd: folderWith({ 'a.js': '' }), seen: ['500.19'] })).target).toBe('.');
  });
});

describe('a file of --seen', () => {
  it('is named with its line', async () => {
    const cwd = folderWith({ 'console.txt': 'first\r\nsecond\r\nUncaught ReferenceError: io is not defined\r\n' });
    const { findings } = await diagnose('.', { cwd, isDefault: true, seen: ['console.txt'] });
    expect(findings[0]).toMatchObject({ file: path.join(cwd, 'console.txt'), line: 3 });
    expect(findings[0]?.seen).toEqual(['console.txt:3: Uncaught ReferenceError: io is not defined']);
  });

  it('may be a saved page, whose lines are not those of the file', async () => {
    const page = '<!doctype html><title>x</title>\n<h3>HTTP Error 500.1002 - Internal Server Error</h3>';
    const cwd = folderWith({ 'error page.html': page });
    const { findings } = await diagnose('.', { cwd, isDefault: true, seen: ['error page.html'] });
    expect(findings[0]?.line).toBeUndefined();
    expect(findings[0]?.seen).toEqual(['error page.html: HTTP Error 500.1002 - Internal Server Error']);
  });

  it('may be UTF-16, as Windows exports it', async () => {
    const cwd = folderWith({ 'event.txt': Buffer.from('\uFEFFThe Module DLL iisnode.dll failed to load.', 'utf16le') });
    const { findings } = await diagnose('.', { cwd, isDefault: true, seen: ['event.txt'] });
    expect(findings[0]?.rule).toBe('SEEN_SERVER_EVENT');
  });

  it.each([
    ['gone.html', 'SEEN_FILE_NOT_FOUND'],
    ['C:\\logs\\gone.txt', 'SEEN_FILE_NOT_FOUND'],
    ['a.har', 'SEEN_FILE_IS_HAR'],
    ['event.evtx', 'SEEN_FILE_NOT_TEXT'],
    ['folder', 'FILE_NOT_REGULAR'],
  ])('%s is refused in words: %s', async (name, code) => {
    const cwd = folderWith({ 'a.har': '{}', 'event.evtx': Buffer.from('ElfFile\0\0\0'), 'folder/a.txt': '' });
    await expect(diagnose('.', { cwd, isDefault: true, seen: [name] })).rejects.toMatchObject({ code, exit: 'usage' });
  });
});

it('secrets of a text are not in the report', async () => {
  const report = await alone([
    'GET https://user:hunter2@example.com/socket.io/?EIO=4&transport=polling&token=abc123secret&sid=Zx81 404 (Not Found)',
    'Cookie: ARRAffinity=deadbeef; session=topsecret 400 {"code":1,"message":"Session ID unknown"}',
    'Authorization: Bearer aaaaaaaaaaaaaaaaaaaa HTTP Error 500.1002',
  ]);
  const text = JSON.stringify(report);
  for (const secret of ['hunter2', 'abc123secret', 'Zx81', 'deadbeef', 'topsecret', 'aaaaaaaaaa'])
    expect(text).not.toContain(secret);
  expect(text).toContain('transport=polling');
});
