import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { type DoctorReport, diagnose, reporters } from '../../src/doctor/index.js';
import { usualServer } from './around-sites.js';

const base = mkdtempSync(path.join(os.tmpdir(), 'doctor-site-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const handler = '<add name="iisnode" path="server.js" verb="*" modules="iisnode" />';
const config = (...webServer: string[]): string =>
  ['<configuration>', '  <system.webServer>', ...webServer, '  </system.webServer>', '</configuration>'].join('\n');
const appConfig = (...more: string[]): string =>
  config('<webSocket enabled="false" />', `<handlers>${handler}</handlers>`, ...more);

let sites = 0;

/** Files of a new folder; the app is in site/apps/chat unless `app` says otherwise. */
function write(files: Readonly<Record<string, string>>): string {
  sites += 1;
  const root = path.join(base, String(sites));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const server = "require('node:http').createServer().listen(process.env.PORT);\n";
const app = 'site/apps/chat';
const site = (own: string, above: Readonly<Record<string, string>> = {}): string =>
  write({ [`${app}/web.config`]: own, [`${app}/server.js`]: server, ...above });

const check = (cwd: string, options: object = {}): Promise<DoctorReport> => diagnose(app, { cwd, ...options });
const said = ({ findings }: DoctorReport) =>
  findings.map(({ rule, severity, file, line }) => [rule, severity, file && path.basename(path.dirname(file)), line]);

describe('the folders above', () => {
  it('are not read without --site-root, and the nearest web.config there is named', async () => {
    const cwd = site(appConfig(), { 'site/web.config': appConfig() });
    const report = await check(cwd);
    expect(said(report)).toEqual([]);
    expect(report.notRead).toBe(path.join(cwd, 'site/web.config'));
    const read = await check(cwd, { siteRoot: 'site' });
    expect(read.notRead).toBeUndefined();
    expect((await check(site(appConfig()))).notRead).toBeUndefined();
  });

  it('have a handler of the same name: an error that names both lines', async () => {
    const cwd = site(appConfig(), { 'site/web.config': config('<handlers>', handler, '</handlers>') });
    const report = await check(cwd, { siteRoot: 'site' });
    expect(said(report)).toEqual([['DUPLICATE_ENTRY', 'error', 'chat', 4]]);
    expect(report.findings[0]?.message).toContain(`${path.join(cwd, 'site/web.config')}, line 4, has it`);
  });

  it('are read on the whole way from the root', async () => {
    const cwd = site(appConfig(), { 'site/web.config': config(), 'site/apps/web.config': config('<oops />') });
    expect(said(await check(cwd, { siteRoot: 'site' }))).toEqual([['CONFIG_ERROR', 'warning', 'apps', 3]]);
  });

  it('may be malformed, which breaks the app', async () => {
    const cwd = site(appConfig(), { 'site/web.config': '<configuration>\n<oops\n</configuration>' });
    const [finding] = (await check(cwd, { siteRoot: 'site' })).findings;
    expect(finding).toMatchObject({ rule: 'CONFIG_ERROR', severity: 'error', file: path.join(cwd, 'site/web.config') });
  });

  it('may lock a section', async () => {
    const lock =
      '<location path="." overrideMode="Deny">\n<system.webServer><webSocket /></system.webServer>\n</location>';
    const cwd = site(appConfig(), { 'site/web.config': `<configuration>\n${lock}\n</configuration>` });
    const [finding] = (await check(cwd, { siteRoot: 'site' })).findings;
    expect(finding).toMatchObject({ rule: 'CONFIG_ERROR', severity: 'error', line: 3 });
    expect(finding?.why).toContain(`${path.join(cwd, 'site/web.config')}, line 3, locks`);
  });

  it('are those of the app where --app names the root and the app itself', async () => {
    const cwd = site(appConfig(), { 'site/web.config': config('<handlers>', handler, '</handlers>') });
    const report = await check(cwd, { apps: ['/=site', `/talk=${app}`] });
    expect(said(report)).toEqual([['DUPLICATE_ENTRY', 'error', 'chat', 4]]);
  });

  it('are fixed in the app, also in a copy', async () => {
    const rule =
      '<rewrite><rules><rule name="all" stopProcessing="true"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>';
    const own = rule.replace('"all"', '"own"');
    const cwd = site(appConfig(own), { 'site/web.config': config('<handlers>', handler, '</handlers>', rule) });
    const dry = await check(cwd, { siteRoot: 'site', fix: true, dryRun: true });
    expect(dry).toMatchObject({ findings: [], summary: { fixed: 2 }, dryRun: true, asked: ['--site-root', 'site'] });
    expect(reporters.text(dry)).toMatch(/\nnext: npx iisnode-sock doctor site\/apps\/chat --site-root site --fix\n$/);
    const text = reporters.text(await check(cwd, { siteRoot: 'site' }));
    expect(text).toContain('next: npx iisnode-sock doctor site/apps/chat --site-root site --fix\n');
    expect(reporters.text(await check(cwd))).not.toContain('--site-root');
  });

  it.each([
    [{ apps: ['chat'] }, 'BAD_APP'],
    [{ apps: ['Site/chat=site'] }, 'BAD_APP'],
    [{ siteRoot: 'site', apps: ['/=site'] }, 'VDIR_PATH_TAKEN'],
    [{ siteRoot: 'nowhere' }, 'DIRECTORY_NOT_FOUND'],
    [{ apps: [`/talk=${app}`], vdirPath: '/other' }, 'VDIR_PATH_TAKEN'],
  ])('are refused as %j', async (options, code) => {
    await expect(check(site(appConfig()), options)).rejects.toMatchObject({ code });
  });

  it('are not for a URL', async () => {
    const error = { code: 'URL_TAKES_NO_OPTION', what: expect.stringContaining('--site-root and --apphost') };
    await expect(diagnose('http://x/', { cwd: base, siteRoot: '.', apphost: 'x' })).rejects.toMatchObject(error);
  });
});

describe('a copy of applicationHost.config', () => {
  const proto =
    '<rewrite><rules><rule name="proto"><match url="^api/" /><serverVariables><set name="HTTP_X_FORWARDED_PROTO" value="https" /></serverVariables><action type="Rewrite" url="server.js" /></rule></rules></rewrite>';
  const steady = usualServer.replace(
    '<add name="DefaultAppPool" />',
    '<add name="DefaultAppPool"><processModel idleTimeout="00:00:00" /></add>',
  );
  const withServer = (own: string, apphost: string) => {
    const cwd = site(own, { 'applicationHost.config': apphost });
    return check(cwd, { apphost: 'applicationHost.config', apps: [`/other=${app}`] });
  };

  it('says which server variables are allowed', async () => {
    expect(said(await check(site(appConfig(proto))))).toEqual([['SERVER_VARIABLE_NOT_ALLOWED', 'warning', 'chat', 5]]);
    expect(said(await withServer(appConfig(proto), steady))).toEqual([
      ['SERVER_VARIABLE_NOT_ALLOWED', 'error', 'chat', 5],
    ]);
    const allowing = steady.replace('<add name="HTTP_CONNECTION" />', '<add name="HTTP_X_FORWARDED_PROTO" />');
    expect(said(await withServer(appConfig(proto), allowing))).toEqual([]);
  });

  it('says which sections are locked', async () => {
    const locked = steady.replace(
      '<section name="webSocket" overrideModeDefault="Allow"',
      '<section name="webSocket" overrideModeDefault="Deny"',
    );
    const report = await withServer(appConfig(), locked);
    expect(said(report)).toEqual([['CONFIG_ERROR', 'error', 'chat', 3]]);
    expect(report.findings[0]?.why).toContain('overrideModeDefault="Deny"');
  });

  it('says what is not installed', async () => {
    const options = { sites: [], pools: [], unlocked: true, installed: ['iisnode'] as const };
    const [, section = ''] = /(<system.applicationHost>[\s\S]*<\/system.applicationHost>)/.exec(steady) ?? [];
    const bare = applicationHostText(options).replace(
      /<system.applicationHost>[\s\S]*<\/system.applicationHost>/,
      section,
    );
    const report = await withServer(appConfig('<rewrite><rules /></rewrite>'), bare);
    expect(said(report)).toEqual([['CONFIG_ERROR', 'error', 'chat', 5]]);
    expect(report.findings[0]).toMatchObject({ why: expect.stringContaining('URL Rewrite is not installed') });
  });

  it('says that no module takes upgrades from iisnode', async () => {
    const own = config(`<handlers>${handler}</handlers>`);
    const files = { [`${app}/server.js`]: `require('ws');\n${server}` };
    expect(said(await check(site(own, files)))).toContainEqual(['WEBSOCKET_MODULE_ENABLED', 'error', 'chat', 3]);
    const without = steady.replaceAll(/ *<add name="WebSocketModule".*\r\n/g, '');
    const cwd = site(own, { ...files, 'applicationHost.config': without });
    const report = await check(cwd, { apphost: 'applicationHost.config', apps: [`/other=${app}`] });
    expect(said(report).map(([rule]) => rule)).not.toContain('WEBSOCKET_MODULE_ENABLED');
  });

  it('says as whom the pool runs', async () => {
    const own = appConfig('<iisnode nodeProcessCommandLine="C:\\Users\\ada\\node.exe" />');
    const asAda = steady.replace(
      '<processModel idleTimeout',
      '<processModel identityType="SpecificUser" userName="HOST\\ada" idleTimeout',
    );
    expect(said(await withServer(own, steady))).toEqual([['NODE_IN_USER_PROFILE', 'warning', 'chat', 5]]);
    expect(said(await withServer(own, asAda))).toEqual([]);
  });

  it('has the app by its folder on the server itself', async () => {
    const cwd = site(appConfig(), { 'site/web.config': config('<handlers>', handler, '</handlers>') });
    const text = applicationHostText({
      unlocked: true,
      pools: ['DefaultAppPool'],
      sites: [
        {
          name: 'Chat',
          id: 1,
          bindings: [{ protocol: 'http', information: '*:80:' }],
          applications: [
            { path: '/', physicalPath: path.join(cwd, 'site') },
            { path: '/talk', physicalPath: path.join(cwd, app) },
          ],
        },
      ],
    });
    writeFileSync(path.join(cwd, 'ah.config'), text);
    const report = await check(cwd, { apphost: 'ah.config' });
    expect(said(report)).toEqual([['DUPLICATE_ENTRY', 'error', 'chat', 4]]);
  });

  it('that does not have the folder asks where the app is', async () => {
    const cwd = site(appConfig(), {
      'ah.config': usualServer,
      'broken.config': '<configuration>',
      'other.config': config(),
    });
    await expect(check(cwd, { apphost: 'ah.config' })).rejects.toMatchObject({
      code: 'APPHOST_APP_UNKNOWN',
      why: 'Its applications are "Default Web Site/", "Default Web Site/other".',
      next: `say which of them the app is: --app "Default Web Site/=${path.join(cwd, app)}"`,
    });
    await expect(check(cwd, { apphost: 'ah.config', apps: [`/none=${app}`] })).rejects.toMatchObject({
      code: 'APPHOST_APP_UNKNOWN',
    });
    await expect(check(cwd, { apphost: 'broken.config' })).rejects.toMatchObject({ code: 'APPHOST_INVALID' });
    await expect(check(cwd, { apphost: 'other.config' })).rejects.toMatchObject({ code: 'APPHOST_INVALID' });
    await expect(check(cwd, { apphost: 'none.config' })).rejects.toMatchObject({ code: 'APPHOST_NOT_FOUND' });
    const named = await check(cwd, { apphost: 'ah.config', apps: [`Default Web Site/other=${app}`] });
    expect(said(named)).toEqual([]);
  });
});

describe('the folder of the app below the one of the root', () => {
  const files = {
    [`${app}/server.js`]: "require('./lib/db.js');\nrequire('node:http').createServer().listen(process.env.PORT);\n",
    [`${app}/lib/db.js`]: '',
    [`${app}/config.json`]: '{}',
  };
  const all = '<match url=".*" />\n<action type="Rewrite" url="server.js" />';
  const toNode = appConfig(`<rewrite><rules><rule name="node">${all}</rule></rules></rewrite>`);
  const exposed = async (own: string, options: object, above = config()): Promise<readonly string[]> => {
    const report = await check(site(own, { 'site/web.config': above, ...files }), { siteRoot: 'site', ...options });
    const { findings } = report;
    return findings.filter(({ rule }) => rule === 'SERVER_SOURCE_EXPOSED').map(({ message }) => message);
  };
  const plain = appConfig('<rewrite><rules><clear /></rules></rewrite>');

  it('is served under its place in that folder, where the path of the app is another one', async () => {
    const [found] = await exposed(plain, { vdirPath: '/chat' });
    expect(found).toMatch(
      /^The root of the site sends files of the app.*\/apps\/chat\/config\.json, \/apps\/chat\/lib\/db\.js/,
    );
  });

  it.each<[string, string, object, string?]>([
    ['is not where its path is that place', plain, { vdirPath: '/apps/chat' }],
    ['is not where its own web.config sends all to node there as well', toNode, { vdirPath: '/chat' }],
    [
      'is not where the root hides it',
      plain,
      { vdirPath: '/chat' },
      config(
        '<security><requestFiltering><hiddenSegments><add segment="apps" /></hiddenSegments></requestFiltering></security>',
      ),
    ],
  ])('%s', async (_name, own, options, above) => {
    const found = await exposed(own, options, above);
    expect(found.filter((message) => message.startsWith('The root'))).toEqual([]);
  });
});
