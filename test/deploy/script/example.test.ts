import path from 'node:path';
import { expect, it } from 'vitest';
import { batch } from '../../../src/deploy/script/batch.js';
import { powerShell } from '../../../src/deploy/script/power-shell.js';
import type { Script } from '../../../src/deploy/script/script.js';
import { scriptChecks } from '../../../src/deploy/targets/script-checks.js';
import { partsOf, plans } from './plans.js';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'scripts');

// docs/scripts.md shows these files: `npx vitest run -u` on this test writes them again.
it.each([
  ['deploy.bat', batch],
  ['deploy.ps1', powerShell],
])('the example %s is what is generated', async (name, write) => {
  const plan = plans['below a site'];
  const script: Script = {
    title:
      'Deploys the app in dante, relative to this folder, to IIS, at /dante of "Default Web Site". Written by iisnode-sock.',
    name,
    folder: 'dante',
    checks: scriptChecks({ sections: ['system.webServer/rewrite/rules', ...plan.sections] }),
    parts: partsOf(plan, {
      folder: (folder) => [{ placeholder: 'APP' }, folder.slice(plan.directory.length)],
      above: (folder) => [{ placeholder: folder === plan.directory ? 'PARENT' : 'APP' }],
    }),
    look: {
      isChecked: true,
      bindings: ['list', 'site', `/site.name:${plan.siteName}`, '/text:bindings'],
      path: '/dante/',
    },
  };
  await expect(write(script)).toMatchFileSnapshot(path.join(fixtures, name));
});
