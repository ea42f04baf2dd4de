import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DeployOptions, type DeployResult, deploy, rollback } from '../../src/deploy/index.js';
import { readJournal } from '../../src/deploy/releases/journal.js';
import type { UserError } from '../../src/errors.js';
import { iisOf, iisWith } from './preflight/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** An IIS in memory that answers as the app whose folder is live: 500.1002, where its entry point is broken. */
async function iisOfReleases() {
  const iis = iisOf(iisWith(), makeApp({ server: '// one' }));
  const folder = (): string => /path="\/dante".*?physicalPath="([^"]+)"/s.exec(iis.world.store.text)?.[1] ?? '';
  const entry = (): string => readFileSync(path.join(folder(), 'server.js'), 'utf8');
  const server = createServer((_request, response) => {
    const isBroken = entry().includes('broken');
    response.writeHead(isBroken ? 500 : 200, { 'content-type': 'text/html' });
    response.end(isBroken ? '<h2>HTTP Error 500.1002 - Internal Server Error</h2><td>0x00000002</td>' : 'the page');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await iis.world.run('set', 'site', 'Default Web Site', `/bindings:http/127.0.0.1:${port}:`);
  const base = temporaryDirectory();
  const { directory, appcmd, environment } = iis;
  const options = { directory, appcmd, environment };
  const release = (text: string, more: Partial<DeployOptions> = {}): Promise<DeployResult> => {
    writeFileSync(path.join(directory, 'server.js'), `// ${text}`);
    return deploy({ ...options, releases: 5, releasesDirectory: base, ...more });
  };
  return {
    base,
    release,
    live: () => entry().slice('// '.length),
    fails: (text: string): Promise<UserError> =>
      release(text).then(
        () => expect.fail('it did not fail'),
        (error: UserError) => error,
      ),
    rollback: () => rollback(options),
    /** As a process leaves it that is killed between the switch and the check. */
    async killed(text: string) {
      await release(text, { verify: false });
      const journal = path.join(base, 'journal.jsonl');
      const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
      writeFileSync(
        journal,
        lines
          .slice(0, -1)
          .map((line) => `${line}\n`)
          .join(''),
      );
    },
  };
}

describe('a release that a killed deployment has left unchecked', () => {
  it('and that does not work makes room for the one before it, when the same is deployed again', async () => {
    const iis = await iisOfReleases();
    const first = await iis.release('one');
    await iis.killed('broken two');
    const error = await iis.fails('broken two');
    expect([error.code, error.exitCode, iis.live()]).toEqual(['VERIFICATION_FAILED', 1, 'one']);
    expect(error.what).toContain(`release ${first.plan.release?.id}, which was live before it, is live again`);
    expect(error.what).not.toContain('nothing was changed');
    expect(readJournal(iis.base).map(({ command, outcome }) => [command, outcome])).toEqual([
      ['deploy', 'done'],
      ['deploy', 'undone'],
      ['rollback', 'done'],
    ]);
    expect(await iis.release('one')).toMatchObject({ changed: false });
  });

  it('the same, when another one is deployed that does not work either', async () => {
    const iis = await iisOfReleases();
    await iis.release('one');
    await iis.killed('broken two');
    const error = await iis.fails('broken three');
    expect([error.exitCode, iis.live()]).toEqual([1, 'one']);
    expect(error.what).toContain('is live again');
  });

  it('and that works stays, when another one is deployed that does not', async () => {
    const iis = await iisOfReleases();
    await iis.release('one');
    await iis.killed('two');
    const error = await iis.fails('broken three');
    expect([error.exitCode, iis.live()]).toEqual([1, 'two']);
    expect(error.what).toContain('everything done before was undone');
  });

  it('and that does not work stays where there is none before it, which is said, with exit code 5', async () => {
    const iis = await iisOfReleases();
    await iis.killed('broken one');
    const error = await iis.fails('broken one');
    expect([error.code, error.exitCode, iis.live()]).toEqual(['VERIFICATION_FAILED', 5, 'broken one']);
    expect(error.what).toContain('stays live: there is none before it');
  });

  it('and that does not work stays where the one before it does not work by now, which is said', async () => {
    const iis = await iisOfReleases();
    await iis.release('broken one', { verify: false });
    await iis.killed('broken two');
    const error = await iis.fails('broken two');
    expect([error.exitCode, iis.live()]).toEqual([5, 'broken two']);
    expect(error.what).toContain('which was live before it');
  });
});

it('a release that was live and complete stays, also where it does not work by now', async () => {
  const iis = await iisOfReleases();
  await iis.release('one');
  await iis.release('broken two', { verify: false });
  const again = await iis.fails('broken two');
  expect([again.exitCode, iis.live()]).toEqual([1, 'broken two']);
  expect(again.what).toContain('nothing was changed');
  expect([(await iis.fails('broken three')).exitCode, iis.live()]).toEqual([1, 'broken two']);
});
