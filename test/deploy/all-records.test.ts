import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploymentRecords } from '../../src/deploy/all-records.js';
import type { DeploymentRecord } from '../../src/deploy/index.js';
import { openHome } from '../../src/host/index.js';
import { temporaryDirectory } from './support.js';

const record = (target: string, at: string): DeploymentRecord => ({
  target,
  site: 'Default Web Site',
  path: at,
  pool: 'p',
  poolCreated: true,
  directory: '/a',
  hostStarted: false,
});

/** A machine with two users. */
function machine(exitCode = 0) {
  const folder = temporaryDirectory();
  const ran: string[][] = [];
  const run = async (program: string, args: readonly string[]) => {
    ran.push([program, ...args]);
    return { exitCode, stdout: 'denied' };
  };
  const homeOf = (user: string) => path.join(folder, user);
  const as = (user: string, more: object = {}) =>
    deploymentRecords(
      {
        ...openHome({ IISNODE_SOCK_HOME: homeOf(user) }),
        environment: { ProgramData: path.join(folder, 'ProgramData'), ...more },
      },
      { platform: 'win32', run },
    );
  return { ran, as, homeOf, shared: path.join(folder, 'ProgramData', 'iisnode-sock') };
}
const paths = async (records: ReturnType<typeof deploymentRecords>) =>
  (await records.all()).map(({ path: at }) => at).sort();

describe('records on Windows', () => {
  it('of IIS are for every user of the machine, those of the embedded IIS for one', async () => {
    const { as, ran, shared } = machine();
    await as('ann').save(record('iis', '/one'));
    await as('ann').save(record('embedded', '/two'));
    expect(await paths(as('ann'))).toEqual(['/one', '/two']);
    expect(await paths(as('bob'))).toEqual(['/one']);
    expect(await as('bob').find('iis', 'default web site', '/ONE')).toMatchObject({ path: '/one' });
    // Set once, when the folder is created: others could write to it.
    expect(ran).toEqual([
      [
        'icacls',
        shared,
        '/inheritance:r',
        '/grant:r',
        '*S-1-5-18:(OI)(CI)F',
        '*S-1-5-32-544:(OI)(CI)F',
        '*S-1-5-32-545:(OI)(CI)RX',
      ],
    ]);
    await as('bob').remove('iis', 'Default Web Site', '/one');
    expect(await paths(as('ann'))).toEqual(['/two']);
  });

  it("that are in a user's home are found there, and move when they are written", async () => {
    const { as, homeOf } = machine();
    mkdirSync(homeOf('ann'));
    const file = path.join(homeOf('ann'), 'deployments.json');
    writeFileSync(file, JSON.stringify([record('iis', '/old'), record('embedded', '/own')]));
    expect(await paths(as('ann'))).toEqual(['/old', '/own']);
    await as('ann').save({ ...record('iis', '/old'), pool: 'new' });
    expect(await paths(as('ann'))).toEqual(['/old', '/own']);
    expect(await paths(as('bob'))).toEqual(['/old']);
  });

  it('stay in the home that IISNODE_SOCK_HOME names, and on other systems', async () => {
    const { as, shared, homeOf } = machine();
    await as('ann', { IISNODE_SOCK_HOME: 'C:\\state' }).save(record('iis', '/one'));
    await deploymentRecords(openHome({ IISNODE_SOCK_HOME: homeOf('bob') }), { platform: 'linux' }).save(
      record('iis', '/two'),
    );
    expect(existsSync(shared)).toBe(false);
  });

  it('are not written where their rights cannot be set', async () => {
    const { as } = machine(5);
    await expect(as('ann').save(record('iis', '/one'))).rejects.toMatchObject({
      code: 'RECORDS_NOT_PROTECTED',
      why: 'denied',
    });
  });
});
