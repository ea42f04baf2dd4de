import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appOnServer } from '../../src/doctor/facts/on-server.js';
import { diagnose, gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { oemCodePage, registry, sc, serverOf } from '../server/recorded.js';
import { aroundOf, usualServer } from './around-sites.js';
import { expectCodes, fixtures } from './expect-codes.js';

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
      programs: {
        'reg query HKLM\\SOFTWARE\\Microsoft\\InetStp /reg:64': registry,
        reg: oemCodePage,
        'sc query W3SVC': sc('1  STOPPED'),
        'sc query WAS': sc('4  RUNNING'),
      },
      scripts: { "F 'iisnode'": '', "F 'node'": 'node\tC:\\node.exe\t22.1.0\t34404' },
    });
    const own = usualServer.replace('C:\\inetpub\\app', app).replace(/ *<add name="iisnode" image=.*\r\n/, '');
    const apphost = written('known.config', own);
    const report = await diagnose(app, { cwd: base, environment: {}, server: { run, apphost } });
    expect(report.findings.map(({ rule }) => rule).sort()).toEqual(['MODULE_NOT_INSTALLED', 'SERVICE_NOT_RUNNING']);
    expect(report.server?.notSeen).toEqual([
      'the state of the application pool, the event log System, the event log Application: its program is not on the server',
    ]);
    const other = written('other.config', usualServer);
    const unknown = await diagnose(app, { cwd: base, environment: {}, server: { run, apphost: other } });
    expect(unknown.findings.map(({ rule }) => rule)).toEqual(['SERVICE_NOT_RUNNING']);
    expect(unknown.server?.notSeen).toEqual([expect.stringContaining('has not exactly one application in the folder')]);
  });

  it('is asked about the app as its configuration has it, and judged', async () => {
    const config =
      '<configuration><system.webServer><webSocket enabled="false" /><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers><iisnode nodeProcessCommandLine="&quot;C:\\node 20\\node.exe&quot; --use-system-ca" loggingEnabled="true" /></system.webServer></configuration>';
    const app = path.dirname(written('asked/web.config', config));
    written('asked/server.js', "require('node:http').createServer().listen(process.env.PORT);\n");
    written('asked/package.json', '{ "engines": { "node": ">=22" } }');
    const apphost = written('asked.config', usualServer.replace('C:\\inetpub\\app', app));
    const programs = {
      reg: '',
      sc: sc('4  RUNNING'),
      'appcmd list apppool /apppool.name:DefaultAppPool /text:state': 'Stopped\r\n',
    };
    const scripts = {
      "F 'iisnode'": 'iisnode\t\niisnode32\t',
      "X 'C:\\node 20\\node.exe'": 'node\tC:\\node 20\\node.exe\t20.11.1\t34404',
    };
    const server = { run: serverOf({ programs, scripts }), apphost };
    const { findings, server: look } = await diagnose(app, { cwd: base, environment: {}, server });
    expect(look?.seen).toMatchObject({ poolState: 'Stopped', node: { version: '20.11.1' } });
    expect(
      findings.map(({ rule, severity }) => `${severity} ${rule}`).filter((line) => !/RECYCLES/.test(line)),
    ).toEqual(['error POOL_STOPPED', 'warning NODE_TOO_OLD']);
  });

  it('has paths of this machine in the questions', () => {
    const app = path.dirname(
      written(
        'described/web.config',
        '<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
      ),
    );
    const entry = written('described/server.js', '');
    const apphost = written('described.config', usualServer.replace('C:\\inetpub\\app', app));
    expect(appOnServer(gatherFacts(app, { cwd: base, apphost }))).toEqual({
      directory: app,
      entry,
      logDirectory: path.join(app, 'iisnode'),
      pool: { name: 'DefaultAppPool', identity: 'ApplicationPoolIdentity', userName: '' },
      anonymousUser: 'IUSR',
    });
    expect(appOnServer(gatherFacts(app, { cwd: base }))).not.toHaveProperty('pool');
  });

  it.each([
    ['nothing-installed', ['MODULE_NOT_INSTALLED']],
    ['app-unreadable', ['POOL_WITHOUT_RIGHTS']],
    ['in-profile', ['FOLDER_ABOVE_CLOSED']],
    ['node-of-user', ['NODE_IN_USER_PROFILE']],
    ['node-linked-to-user', ['NODE_IN_USER_PROFILE']],
    ['without-node', ['NODE_NOT_FOUND']],
    ['pool-disabled', ['POOL_STOPPED']],
    ['services-stopped', ['SERVICE_NOT_RUNNING']],
  ])('one cause is one finding: %s', (seen, codes) => expectCodes(`everything-right@${seen}`, codes));

  it('has the reason for which a pool is stopped in its event log', () => {
    const { site, options } = aroundOf('everything-right@pool-disabled', fixtures);
    const [found] = runRules(rules, gatherFacts(site, { cwd: fixtures, ...options })).diagnoses;
    expect(found?.finding.message).toBe('The pool "DefaultAppPool" is stopped: No logon (2026-01-31T10:00:00Z).');
    expect(found?.finding.fix).toMatch(/^Set the user .* appcmd start apppool \/apppool\.name:"DefaultAppPool"$/);
  });

  it('has the version of iisnode that the user says', async () => {
    await expect(diagnose('.', { cwd: base, iisnodeVersion: 'new' })).rejects.toMatchObject({
      code: 'BAD_IISNODE_VERSION',
    });
    const url = diagnose('http://x/', { cwd: base, iisnodeVersion: '0.2.21' });
    await expect(url).rejects.toMatchObject({ code: 'URL_TAKES_NO_OPTION' });
  });
});
