import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { everythingRuleName, everythingRuleXml } from '../../src/webconfig/index.js';
import { copyOf } from './expect-codes.js';

/** The fixture site, whose server loads more of its own files. */
function siteWith(...modules: readonly string[]): { cwd: string; webConfig: string } {
  const cwd = copyOf('everything-right');
  const server = path.join(cwd, 'server.js');
  const loads = modules.map((name) => `require('./${name}');\n`);
  writeFileSync(server, readFileSync(server, 'utf8') + loads.join(''));
  for (const name of modules) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), '');
  }
  return { cwd, webConfig: path.join(cwd, 'web.config') };
}

it('the advice is a rule without endy URL, and never to hide a name, which may be that of a route', async () => {
  const { cwd } = siteWith('users/list.js', 'chat.js');
  const { findings } = await diagnose('.', { cwd });
  expect(findings.map(({ rule }) => rule)).toEqual(['SERVER_SOURCE_EXPOSED']);
  expect(findings[0]?.fix).toContain('<match url=".*" /> <action type="Rewrite" url="server.js" />');
  expect(JSON.stringify(findings)).not.toContain('segment="users"');
});

it('there is no finding once that rule exists, whatever the folder contains', async () => {
  const { cwd, webConfig } = siteWith('users/list.js', 'chat.js');
  const text = readFileSync(webConfig, 'utf8');
  writeFileSync(webConfig, text.replace('</rules>', `${everythingRuleXml(everythingRuleName, 'server.js')}</rules>`));
  expect((await diagnose('.', { cwd })).findings).toEqual([]);
});

describe('settings and keys in the folder of the app', () => {
  const exposed = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const cwd = copyOf('everything-right');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
      writeFileSync(path.join(cwd, name), text);
    }
    const { findings } = await diagnose('.', { cwd });
    return findings.filter(({ rule }) => rule === 'SERVER_SOURCE_EXPOSED').map(({ message }) => message);
  };

  it.each([
    'config.json',
    'config/db.json',
    'config/env/production.json',
    'secrets/mail.json',
    'appsettings.Production.json',
  ])('%s is handed out', async (name) => {
    expect(await exposed({ [name]: '{ "password": "hunter2" }' })).toEqual([
      `IIS sends ${name} of the server to every client that requests it.`,
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['what IIS has no MIME type for', { '.env': 'SECRET=1', 'key.pem': 'x', 'config/db.yml': 'x', 'app.sqlite': 'x' }],
    ['other data', { 'translations.json': '{}', 'locales/config-texts/en.json': '{}' }],
    ['what is in a folder for visitors', { 'public/config.json': '{}', 'client/assets/settings.json': '{}' }],
    ['what a page asks for', { 'config.json': '{}', 'more.html': "<script>fetch('config.json')</script>" }],
    [
      'what the server itself publishes',
      {
        'shared/config.json': '{}',
        'server.js': `const app = require('express')();
          app.use(require('express').static(__dirname + '/shared'));
          app.listen(process.env.PORT);`,
      },
    ],
  ])('%s is not reported', async (_what, files) => {
    expect(await exposed(files)).toEqual([]);
  });
});

it('nothing is reported of a folder that request filtering hides', async () => {
  const { cwd, webConfig } = siteWith('config/db.json');
  const hidden =
    '<security><requestFiltering><hiddenSegments><add segment="config" /></hiddenSegments></requestFiltering></security>';
  writeFileSync(
    webConfig,
    readFileSync(webConfig, 'utf8').replace('</system.webServer>', `${hidden}</system.webServer>`),
  );
  expect((await diagnose('.', { cwd })).findings).toEqual([]);
});

describe('the rule that --fix adds for routes', () => {
  const fixed = async (more: Readonly<Record<string, string>>): Promise<string> => {
    const cwd = copyOf('routes-not-rewritten');
    for (const [name, text] of Object.entries(more)) writeFileSync(path.join(cwd, name), text);
    const { findings } = await diagnose('.', { cwd, fix: true });
    expect(findings).toEqual([]);
    return readFileSync(path.join(cwd, 'web.config'), 'utf8');
  };

  it('leaves no file to IIS', async () => {
    expect(await fixed({})).not.toContain('IsFile');
  });

  it('leaves files to IIS where the pages come from it', async () => {
    expect(await fixed({ 'index.html': '<!doctype html><title>a page</title>' })).toContain('IsFile');
  });
});
