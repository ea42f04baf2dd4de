import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { sc, serverOf } from '../server/recorded.js';
import { usualServer } from './around-sites.js';

const base = mkdtempSync(path.join(os.tmpdir(), 'doctor-server-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const file = path.join(base, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('the server on this machine', () => {
  it('and its own configuration are used for the app', async () => {
    const config =
      '<configuration><system.webServer><webSocket enabled="false" /><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>';
    const app = path.dirname(written('app/web.config', config));
    written('app/server.js', "require('node:http').createServer().listen(process.env.PORT);\n");
    const run = serverOf({
      programs: { reg: '', 'sc query W3SVC': sc('1  STOPPED'), 'sc query WAS': sc('4  RUNNING') },
      scripts: { "F 'iisnode'": '' },
    });
    const own = usualServer.replace('C:\\inetpub\\app', app).replace(/ *<add name="iisnode" image=.*\r\n/, '');
    const apphost = written('known.config', own);
    const report = await diagnose(app, { cwd: base, environment: {}, server: { run, apphost } });
    expect(report.findings.map(({ rule }) => rule).sort()).toEqual(['MODULE_NOT_INSTALLED', 'SERVICE_NOT_RUNNING']);
    expect(report.server?.notSeen).toEqual([]);
    const other = written('other.config', usualServer);
    const unknown = await diagnose(app, { cwd: base, environment: {}, server: { run, apphost: other } });
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
