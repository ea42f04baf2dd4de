import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DeployOptions, deploy } from '../../../src/deploy/index.js';
import { batch } from '../../../src/deploy/script/batch.js';
import { powerShell } from '../../../src/deploy/script/power-shell.js';
import { scriptChecks } from '../../../src/deploy/targets/script-checks.js';
import { makeApp, temporaryDirectory } from '../support.js';
import { partsOf, plans } from './plans.js';

describe('the undo of a script', () => {
  it.each([
    ['x.bat', batch, 'if /i "%~1"=="undo"'],
    ['x.ps1', powerShell, "if ($Action -eq 'undo')"],
  ])('needs the rights to change IIS, and no product that may be gone by then: %s', (name, write, undo) => {
    const plan = plans['below a site'];
    const text = write({
      title: 'Deploys the app.',
      name,
      folder: 'dante',
      checks: scriptChecks({ sections: ['system.webServer/rewrite/rules', ...plan.sections] }),
      parts: partsOf(plan),
      look: { isChecked: true, bindings: ['list', 'site'], path: '/dante/' },
    });
    const at = (part: string): number => {
      expect(text).toContain(part);
      return text.indexOf(part);
    };
    const [rights, iisnode, rewrite] = ['run the script elevated', 'iisnode is not', 'URL Rewrite is not'].map(at);
    expect(rights).toBeLessThan(at(undo));
    expect(iisnode).toBeGreaterThan(at(undo));
    expect(rewrite).toBeGreaterThan(at(undo));
    // Before anything is changed.
    expect(rewrite).toBeLessThan(at(name === 'x.bat' ? 'set "STEP=1"' : '$step = 1'));
  });
});

/** Writes a script for an app in `folder`. */
async function written(
  to: string,
  options: Partial<DeployOptions> = {},
  folder = 'dante',
  change: (directory: string) => void = () => undefined,
) {
  const parent = temporaryDirectory();
  const directory = path.join(parent, folder);
  renameSync(makeApp(), directory);
  change(directory);
  const file = path.join(parent, to);
  const outcome = await deploy({ directory, to: file, ...options }).then(
    () => 'written',
    (error: unknown) => error,
  );
  const there = existsSync(file);
  return { outcome, there, text: there ? readFileSync(file, 'utf8') : '' };
}

describe.skipIf(process.platform === 'win32')('a name with a quotation mark', () => {
  const attack = 'x" & echo PWNED & "y';
  const inXml = attack.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const edited = (from: string, to: string) => (directory: string) => {
    const file = path.join(directory, 'web.config');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(
      file,
      text.replace(from, () => to),
    );
  };

  it.each(['out.bat', 'out.cmd', 'out.ps1'])(
    'is refused, because it would be a command of the script: %s',
    async (to) => {
      const refused = {
        there: false,
        outcome: { code: 'QUOTE_IN_NAME', exit: 'usage', what: expect.stringContaining('x" & ') },
      };
      expect(await written(to, {}, attack)).toMatchObject(refused);
      expect(await written(to, { site: attack })).toMatchObject(refused);
      expect(await written(to, { site: attack, dryRun: true })).toMatchObject(refused);
      expect(await written(`${attack}${path.extname(to)}`)).toMatchObject(refused);
      const logs = edited('<iisnode', `<iisnode logDirectory="${inXml}"`);
      expect(await written(to, {}, 'dante', logs)).toMatchObject(refused);
      const variable = edited('<set name="HTTP_CONNECTION"', `<set name="HTTP_${inXml}"`);
      expect(await written(to, {}, 'dante', variable)).toMatchObject(refused);
    },
  );

  it.each(['out.bat', 'out.ps1'])('is left out of the files that count, since Windows has none: %s', async (to) => {
    const writes = (directory: string): void =>
      writeFileSync(path.join(directory, 'save.js'), `require('fs').writeFileSync('${attack}/a.json', '');`);
    const { there, text } = await written(to, {}, 'dante', writes);
    expect([there, text.includes('PWNED')]).toEqual([true, false]);
  });
});

describe.skipIf(process.platform === 'win32')('a name with a control character', () => {
  const attack = 'x\necho PWNED';

  it.each(['out.bat', 'out.cmd', 'out.ps1'])(
    'is refused, because it would be a command of the script: %s',
    async (to) => {
      const refused = {
        there: false,
        outcome: { code: 'CONTROL_CHARACTER', exit: 'usage', what: expect.stringContaining('x\\necho PWNED') },
      };
      expect(await written(to, {}, attack)).toMatchObject(refused);
      expect(await written(to, { site: attack })).toMatchObject(refused);
      expect(await written(to, { site: attack, dryRun: true })).toMatchObject(refused);
      expect(await written(to, { site: 'a\x1a' })).toMatchObject({
        there: false,
        outcome: { code: 'CONTROL_CHARACTER' },
      });
      expect(await written(to, { pool: attack })).toMatchObject({ there: false, outcome: { name: 'UserError' } });
      expect(await written(to, { newSite: attack, binding: ['http://x.example'], path: '/' })).toMatchObject({
        there: false,
        outcome: { name: 'UserError' },
      });
      expect(await written(`${attack}${path.extname(to)}`)).toMatchObject(refused);
    },
  );

  it.each(['out.bat', 'out.ps1'])('is the only one that is: %s', async (to) => {
    expect(await written(to, { site: "R&D ^ 100% (ä) 'x'" }, "a & b's %x% (ö)")).toMatchObject({
      there: true,
      outcome: 'written',
    });
  });
});
