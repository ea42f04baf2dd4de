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
