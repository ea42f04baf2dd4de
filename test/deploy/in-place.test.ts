import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DeployOptions, deploy } from '../../src/deploy/index.js';
import { readJournal } from '../../src/deploy/releases/journal.js';
import type { UserError } from '../../src/errors.js';
import { iisOf, iisWith } from './preflight/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** An IIS in memory that answers 500.1002, as with an app whose process ends at its start. */
async function brokenIis(directory = makeApp({ server: '// one' })) {
  const server = createServer((_request, response) => {
    response.writeHead(500, { 'content-type': 'text/html' });
    response.end('<h2>HTTP Error 500.1002 - Internal Server Error</h2><td>0x00000002</td>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const iis = iisOf(iisWith(), directory);
  await iis.world.run('set', 'site', 'Default Web Site', `/bindings:http/127.0.0.1:${port}:`);
  const base = path.join(temporaryDirectory(), 'releases');
  return {
    ...iis,
    base,
    edit: () => writeFileSync(path.join(directory, 'server.js'), '// two'),
    fails: (more: Partial<DeployOptions> = {}): Promise<UserError> =>
      iis.deploy({ verify: true, ...more }).then(
        () => expect.fail('it did not fail'),
        (error: UserError) => error,
      ),
  };
}

describe('an app that is served in place', () => {
  it('whose changed files do not work: they are live, which is said, with exit code 5', async () => {
    const iis = await brokenIis();
    await iis.deploy();
    const before = iis.world.store.text;
    iis.edit();
    for (const _attempt of ['first', 'second']) {
      const error = await iis.fails();
      expect([error.code, error.exitCode]).toEqual(['VERIFICATION_FAILED', 5]);
      expect(error.what).toContain(`IIS serves ${iis.directory} itself: its changed files are live`);
      expect(error.what).not.toContain('everything done before was undone');
      expect(error.next).toContain('put the former files back');
      expect(error.next).toContain('--releases');
      // They are live without it.
      expect(error.next).not.toContain('--no-verify');
      expect(iis.world.store.text).toBe(before);
    }
  });

  it('whose changed files do not work: no line says that the restart is undone', async () => {
    const iis = await brokenIis();
    await iis.deploy();
    iis.edit();
    const { directory, appcmd, environment } = iis;
    const said: string[] = [];
    const deed = deploy({ directory, appcmd, environment }, ({ step, phase }) => said.push(`${step} ${phase}`));
    await expect(deed).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
    expect(said).toContain('restart-app done');
    expect(said).not.toContain('restart-app undone');
  });

  it('whose check is interrupted: its changed files are live', async () => {
    const iis = await brokenIis();
    await iis.deploy();
    iis.edit();
    const stop = new AbortController();
    const { directory, appcmd, environment } = iis;
    const deed = deploy({ directory, appcmd, environment, signal: stop.signal }, ({ step, phase }) => {
      if (step === 'restart-app' && phase === 'done') stop.abort();
    });
    await expect(deed).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 5,
      what: expect.stringContaining(`IIS serves ${directory} itself: its changed files are live`),
    });
  });

  it('that did not work before either: nothing was changed', async () => {
    const iis = await brokenIis();
    await iis.deploy();
    const error = await iis.fails();
    expect([error.code, error.exitCode]).toEqual(['VERIFICATION_FAILED', 1]);
    expect(error.what).toContain('nothing was changed');
  });

  it('for the first time: it is gone again, and all is as before', async () => {
    const iis = await brokenIis();
    const before = iis.world.store.text;
    const error = await iis.fails();
    expect([error.exitCode, iis.world.store.text]).toEqual([1, before]);
    expect(error.what).toContain('everything done before was undone');
    expect(error.next).toContain('--no-verify keeps it deployed anyway');
  });

  it('in place of another folder, which is live again', async () => {
    const iis = await brokenIis();
    await iis.deploy();
    const before = iis.world.store.text;
    const error = await iis.fails({ directory: makeApp({ name: 'other' }) });
    expect([error.exitCode, iis.world.store.text]).toEqual([1, before]);
    expect(error.what).toContain('everything done before was undone');
  });

  it('and has a release now that does not work: the changed files of the folder are live again', async () => {
    const iis = await brokenIis();
    await iis.deploy();
    iis.edit();
    const before = iis.world.store.text;
    const error = await iis.fails({ releases: 2, releasesDirectory: iis.base });
    expect([error.exitCode, iis.world.store.text]).toEqual([5, before]);
    expect(error.what).toContain(`IIS serves ${iis.directory} itself: its changed files are live`);
    expect(readJournal(iis.base).at(-1)).toMatchObject({ outcome: 'incomplete', error: 'VERIFICATION_FAILED' });
    expect(readFileSync(path.join(iis.directory, 'server.js'), 'utf8')).toBe('// two');
  });

  it('and has a release now that does not work, with the files that are live: those are live again', async () => {
    const iis = await brokenIis();
    await iis.deploy();
    const error = await iis.fails({ releases: 2, releasesDirectory: iis.base });
    expect(error.exitCode).toBe(1);
    expect(error.what).toContain('everything done before was undone');
  });
});
