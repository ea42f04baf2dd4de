import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/doctor/index.js';
import { lookAtServer } from '../../../src/doctor/server/look.js';
import { fileVersion, registryValue, serviceState } from '../../../src/doctor/server/parse.js';
import { usualServer } from '../around-sites.js';

const base = mkdtempSync(path.join(os.tmpdir(), 'doctor-server-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const sc = (state: string): string =>
  `\r\nSERVICE_NAME: W3SVC \r\n        TYPE               : 20  WIN32_SHARE_PROCESS  \r\n        STATE              : ${state} \r\n                                (STOPPABLE, PAUSABLE)\r\n        WIN32_EXIT_CODE    : 0  (0x0)\r\n`;
const registry =
  '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\InetStp\r\n    MajorVersion    REG_DWORD    0xa\r\n    MinorVersion    REG_DWORD    0x0\r\n    VersionString    REG_SZ    Version 10.0\r\n';

describe('what the programs of Windows print', () => {
  it.each([
    ['4  RUNNING', 'running'],
    ['1  STOPPED', 'stopped'],
    ['2  START_PENDING', 'pending'],
    ['7  PAUSED', 'paused'],
    ['9  ODD', undefined],
  ])('sc query: %s', (state, expected) => expect(serviceState(sc(state))).toBe(expected));

  it('reg query: numbers and texts', () => {
    expect(registryValue(registry, 'majorversion')).toBe('10');
    expect(registryValue(registry, 'VersionString')).toBe('Version 10.0');
    expect(registryValue(registry, 'PathWWWRoot')).toBeUndefined();
  });

  it.each([
    ['0.2.26.0\r\n', '0.2.26.0'],
    ['0, 2, 21, 0\r\n', '0.2.21.0'],
    ['', undefined],
    ['Get-Item : Cannot find path 1.2', undefined],
  ])('the version of a file: %j', (text, expected) => expect(fileVersion(text)).toBe(expected));

  const pieces = fc.array(
    fc.constantFrom(
      'STATE',
      ':',
      ' ',
      '4',
      '  RUNNING',
      '\r\n',
      'MajorVersion',
      '    ',
      'REG_DWORD',
      '0xa',
      '\t',
      '1.2',
      '\u0000',
    ),
    { maxLength: 60 },
  );
  const output = fc.oneof(
    fc.string(),
    pieces.map((all) => all.join('')),
  );

  it.each([
    ['sc', (text: string) => serviceState(text) ?? 'stopped', /^(running|stopped|pending|paused)$/],
    ['reg', (text: string) => registryValue(text, 'MajorVersion') ?? '', /^[^\r\n]*$/],
    ['powershell', (text: string) => fileVersion(text) ?? '0.0', /^\d+(\.\d+){1,3}$/],
  ])('%s: any text gives a value of the kind, or none', (_name, read, kind) =>
    fc.assert(
      fc.property(output, (text) => kind.test(read(text))),
      { numRuns: 200 },
    ),
  );
});

let servers = 0;

/** A system32 with stand-ins that print what the programs of Windows print. */
function system32(programs: Readonly<Record<string, string>>): string {
  servers += 1;
  const folder = path.join(base, String(servers));
  for (const [name, script] of Object.entries(programs)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, script.startsWith('<?xml') ? script : `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

const print = (text: string): string => `cat <<'END'\n${text}\nEND`;
const whole = {
  'reg.exe': print(registry),
  'sc.exe': `if [ "$2" = WAS ]; then ${print(sc('4  RUNNING'))}\nelse ${print(sc('1  STOPPED'))}\nfi`,
  'WindowsPowerShell/v1.0/powershell.exe': `case "$4" in *"'C:\\\\Program Files\\\\iisnode\\\\iisnode.dll'"*) echo 0.2.7.0;; esac`,
};

describe('the server on this machine', () => {
  it('is asked by programs of system32 alone', async () => {
    if (process.platform === 'win32') return; // the stand-ins are scripts
    const look = await lookAtServer({ system32: system32(whole) }, { PATH: '/bin:/usr/bin' });
    expect(look).toEqual({ seen: { iis: '10.0', w3svc: 'stopped', was: 'running', iisnode: '0.2.7.0' }, notSeen: [] });
  });

  it('is described as far as its programs answer', async () => {
    if (process.platform === 'win32') return; // the stand-ins are scripts
    const programs = {
      'reg.exe': 'echo "ERROR: Access is denied." >&2; exit 1',
      'sc.exe': 'echo "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:"; exit 36',
    };
    const { seen, notSeen } = await lookAtServer({ system32: system32(programs) }, {});
    expect(seen).toEqual({ w3svc: 'missing', was: 'missing' });
    expect(notSeen).toEqual([
      'the version of IIS: this user has no right to see it',
      'the version of iisnode: its program is not on this machine',
    ]);
  });

  it('and its own configuration are used for the app', async () => {
    if (process.platform === 'win32') return; // the stand-ins are scripts
    const app = path.join(base, 'app');
    const config =
      '<configuration><system.webServer><webSocket enabled="false" /><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>';
    mkdirSync(app);
    writeFileSync(path.join(app, 'web.config'), config);
    writeFileSync(path.join(app, 'server.js'), "require('node:http').createServer().listen(process.env.PORT);\n");
    const apphost = usualServer.replace('C:\\inetpub\\app', app).replace(/ *<add name="iisnode" image=.*\r\n/, '');
    const known = system32({ ...whole, 'inetsrv/config/applicationHost.config': apphost });
    const report = await diagnose(app, { cwd: base, environment: {}, server: { system32: known } });
    expect(report.findings.map(({ rule }) => rule).sort()).toEqual(['MODULE_NOT_INSTALLED', 'SERVICE_NOT_RUNNING']);
    expect(report.server?.notSeen).toEqual([]);
    const other = system32({ ...whole, 'inetsrv/config/applicationHost.config': usualServer });
    const unknown = await diagnose(app, { cwd: base, environment: {}, server: { system32: other } });
    expect(unknown.findings.map(({ rule }) => rule)).toEqual(['SERVICE_NOT_RUNNING']);
    expect(unknown.server?.notSeen).toEqual([expect.stringContaining('has not exactly one application in the folder')]);
  });

  it('has the version of iisnode that the user says', async () => {
    await expect(diagnose('.', { cwd: base, iisnodeVersion: 'new' })).rejects.toMatchObject({
      code: 'BAD_IISNODE_VERSION',
    });
    const url = diagnose('http://x/', { cwd: base, iisnodeVersion: '0.2.21' });
    await expect(url).rejects.toMatchObject({ code: 'URL_TAKES_NO_OPTION' });
  });
});
