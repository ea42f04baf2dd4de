import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { deployWithWarnings } from '../../src/deploy/index.js';
import { makeApp, temporaryDirectory } from './support.js';

/** The folders whose own site was looked up in the deployment records. */
const asked = vi.hoisted((): string[] => []);
vi.mock('../../src/deploy/records.js', async (original) => {
  const real = await original<typeof import('../../src/deploy/records.js')>();
  const recordOfOwnSite: typeof real.recordOfOwnSite = (records, target, directory) => {
    asked.push(directory);
    return real.recordOfOwnSite(records, target, directory);
  };
  return { ...real, recordOfOwnSite };
});
beforeEach(() => {
  asked.length = 0;
});

const silent = { event: () => undefined, warning: () => undefined, assumed: () => undefined };
const home = (): string => temporaryDirectory();

it('deploy looks up the site of an app once, and deploys to it', async () => {
  const [directory, state] = [makeApp(), home()];
  const record = { target: 'embedded', site: 'Chat', path: '/dante', pool: 'chat', directory, siteCreated: true };
  writeFileSync(path.join(state, 'deployments.json'), JSON.stringify([record]));
  const environment = { ...process.env, IISNODE_SOCK_HOME: state };
  const options = { directory, to: 'embedded', dryRun: true, environment };
  const assumed: unknown[] = [];
  const talk = { ...silent, assumed: (values: readonly unknown[]) => void assumed.push(...values) };
  const warning = { rule: 'TEST', message: 'shown', why: 'so that the line comes before it' };
  await expect(deployWithWarnings(options, () => [warning], talk)).rejects.toMatchObject({
    code: 'SITE_NOT_FOUND',
    message: expect.stringContaining('Chat'),
  });
  expect(assumed).toContainEqual(expect.objectContaining({ what: 'site', value: '"Chat"' }));
  expect(asked).toEqual([directory]);
});

it('deploy does not choose one of several sites that it has created for an app', async () => {
  const [directory, state] = [makeApp(), home()];
  const record = { target: 'embedded', path: '/', pool: 'chat', directory, siteCreated: true };
  const records = ['Chat', 'Test'].map((site) => ({ ...record, site }));
  writeFileSync(path.join(state, 'deployments.json'), JSON.stringify(records));
  const environment = { ...process.env, IISNODE_SOCK_HOME: state };
  const options = { directory, to: 'embedded', dryRun: true, environment };
  await expect(deployWithWarnings(options, () => [], silent)).rejects.toMatchObject({
    code: 'DEPLOY_AMBIGUOUS',
    why: '"Chat", "Test"',
    next: expect.stringContaining('--site'),
  });
  await expect(deployWithWarnings({ ...options, site: 'Chat' }, () => [], silent)).rejects.toMatchObject({
    code: 'SITE_NOT_FOUND',
  });
});

it('records that cannot be read stop a deployment, and not a script', async () => {
  const [directory, state] = [makeApp(), home()];
  writeFileSync(path.join(state, 'deployments.json'), 'not JSON');
  const environment = { ...process.env, IISNODE_SOCK_HOME: state };
  const options = { directory, dryRun: true, environment };
  await expect(deployWithWarnings({ ...options, to: 'embedded' }, () => [], silent)).rejects.toMatchObject({
    code: 'RECORDS_UNREADABLE',
  });
  const script = path.join(temporaryDirectory(), 'deploy.bat');
  expect(await deployWithWarnings({ directory, environment, to: script }, () => [], silent)).toMatchObject({
    exit: 'done',
  });
});
