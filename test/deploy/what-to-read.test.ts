import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type DeployOptions, deploy } from '../../src/deploy/index.js';
import type { UserError } from '../../src/errors.js';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { iisOf, iisWith } from './preflight/support.js';
import { makeApp, temporaryDirectory } from './support.js';

const failure = (options: DeployOptions): Promise<UserError> =>
  deploy(options).then(
    () => expect.fail('it did not fail'),
    (error: UserError) => error,
  );

it.each([
  ["throw new Error('no such luck');", /doctor \S+dante starts it, and shows more/],
  ["require('no-such-package');", /npm install no-such-package in \S+dante\b/],
])(
  'a release that is removed again is not named by what is to be done next: %s',
  { timeout: 60_000 },
  async (server, next) => {
    const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
    onTestFinished(async () => void (await stopBackgroundHost(openHome(environment))));
    const directory = makeApp({ server });
    const error = await failure({ directory, to: 'embedded', port: 0, environment, releases: 2 });
    expect([error.code, error.exitCode]).toEqual(['VERIFICATION_FAILED', 1]);
    expect(error.next).toMatch(next);
    expect(error.next).toContain(directory);
    expect(error.next).not.toContain('releases');
  },
);

it('on IIS, where the folder stays for its logs, it is named', async () => {
  const iis = iisOf(iisWith(), makeApp({ server: '// one' }));
  const { directory, appcmd, environment } = iis;
  const server = createServer((_request, response) => {
    const folder = /path="\/dante".*?physicalPath="([^"]+)"/s.exec(iis.world.store.text)?.[1] ?? '';
    mkdirSync(path.join(folder, 'iisnode'), { recursive: true });
    writeFileSync(
      path.join(folder, 'iisnode', `PC-2-stderr-${Date.now()}.txt`),
      'TypeError: no such luck\r\n    at x\r\n',
    );
    response.writeHead(500, { 'content-type': 'text/html' });
    response.end('<h2>HTTP Error 500.1002 - Internal Server Error</h2><td>0x00000002</td>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await iis.world.run('set', 'site', 'Default Web Site', `/bindings:http/127.0.0.1:${port}:`);
  const error = await failure({ directory, appcmd, environment, releases: 2, releasesDirectory: temporaryDirectory() });
  const [, named = ''] = /logs (\S+) shows more/.exec(error.next) ?? [];
  expect(named).toContain('releases');
  expect(existsSync(path.join(named, 'web.config'))).toBe(true);
});
