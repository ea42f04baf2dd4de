import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeApp } from '../deploy/support.js';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

it('deploy --check ends with 0 where the app can be deployed, else with 1, and changes nothing', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const home = path.join(folder, 'home');
  const environment = { IISNODE_SOCK_HOME: home };
  const app = makeApp({ server: "require('node:http').createServer().listen(process.env.PORT);" });
  const run = (...more: string[]) => cliHere(['deploy', app, '--to', 'embedded', '--check', ...more], { environment });

  const ready = await run();
  expect(ready.code, ready.stderr).toBe(0);
  expect(ready.stdout).toMatch(
    /✔ iisnode is installed, .*\n[\s\S]*\nready: it can be deployed to \/dante of "Default Web Site"\n$/,
  );

  writeFileSync(path.join(app, 'server.js'), 'const = 1;');
  const refused = await run('--json');
  expect(refused.code).toBe(1);
  const report = JSON.parse(refused.stdout);
  expect(report).toMatchObject({ version: 1, target: 'embedded', ready: false });
  expect(report.checks.filter(({ state }: { state: string }) => state === 'failed')).toMatchObject([
    { id: 'app', obstacle: { code: 'APP_HAS_ERRORS' } },
  ]);
  expect((await run('--site', 'Missing')).stdout).toMatch(
    /✖ [^\n]*\n {4}there is no site "Missing"[\s\S]*not ready: 2 of /,
  );
  // As a dry run: the home of the embedded IIS is there, and nothing is deployed to it.
  expect(existsSync(path.join(home, 'deployments.json'))).toBe(false);
  expect(readFileSync(path.join(home, 'applicationHost.config'), 'utf8')).not.toContain(app);
});
