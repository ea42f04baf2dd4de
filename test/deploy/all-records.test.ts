import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploymentRecords } from '../../src/deploy/all-records.js';
import type { DeploymentRecord } from '../../src/deploy/index.js';
import { withServerLock } from '../../src/deploy/server-lock.js';
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

/** What `A` of the server's scripts prints of a folder and of what is in it. */
const printed = (...lines: readonly (readonly [file: string, sddl: string])[]): string =>
  ['#0', ...lines.map(([file, sddl], at) => [at === 0 ? 'folder' : 'in', file, sddl].join('\t')), '#.'].join('\r\n');

const safe = 'O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';

/** A machine with two users; `icacls` and PowerShell answer as told. */
function machine({ exitCode = 0, seen = safe }: { exitCode?: number; seen?: string } = {}) {
  const folder = temporaryDirectory();
  const shared = path.join(folder, 'ProgramData', 'iisnode-sock');
  const ran: string[][] = [];
  const state = { seen: printed([shared, seen]) };
  const run = async (program: string, args: readonly string[]) => {
    const isPowerShell = program.endsWith('powershell.exe');
    ran.push(isPowerShell ? ['powershell'] : [program, ...args]);
    return isPowerShell ? { exitCode: 0, stdout: state.seen } : { exitCode, stdout: 'denied' };
  };
  const homeOf = (user: string) => path.join(folder, user);
  const homeOn = (user: string, more: object = {}) => ({
    ...openHome({ IISNODE_SOCK_HOME: homeOf(user) }),
    environment: { ProgramData: path.join(folder, 'ProgramData'), ...more },
  });
  const as = (user: string, more: object = {}) => deploymentRecords(homeOn(user, more), { platform: 'win32', run });
  return { ran, as, homeOf, homeOn, shared, state, run };
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
    // Set once, when the folder is created; a user who has not made it looks once whether it is safe.
    expect(ran).toEqual([
      ['icacls', shared, '/setowner', '*S-1-5-32-544'],
      ['icacls', shared, '/inheritance:r', '/grant:r', '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F'],
      ['powershell'],
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
    const { as, shared } = machine({ exitCode: 2 });
    const refused = { code: 'RECORDS_NOT_PROTECTED', why: 'denied' };
    await expect(as('ann').save(record('iis', '/one'))).rejects.toMatchObject(refused);
    // Otherwise it would stay the folder of this user.
    expect(existsSync(shared)).toBe(false);
    const user = machine({ exitCode: 5 });
    await expect(user.as('ann').save(record('iis', '/one'))).rejects.toMatchObject({ code: 'NOT_ELEVATED' });
  });
});

describe("the machine's folder that was there before deploy made one", () => {
  const stranger = 'S-1-5-21-1-2-3-1001';
  it.each([
    ['a user owns', `O:${stranger}G:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)`, `its owner is ${stranger}`],
    ['every user may write to', 'O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;CIID;0x116;;;BU)', 'Users may write to it'],
    ['every account may change the rights of', `${safe}(A;;WD;;;AU)`, 'Authenticated Users may write to it'],
    ['rights are not limited for', 'O:BAG:SYD:NO_ACCESS_CONTROL', 'Everyone may write to it'],
    ['the rights cannot be read of', '?', 'its owner and its rights cannot be seen'],
  ])('is refused when %s it, and nothing of it is believed', async (_who, seen, why) => {
    const { as, shared, homeOn, run } = machine({ seen });
    mkdirSync(shared, { recursive: true });
    writeFileSync(path.join(shared, 'deployments.json'), JSON.stringify([record('iis', '/planted')]));
    const refused = {
      code: 'MACHINE_FOLDER_UNSAFE',
      exit: 'refused',
      what: expect.stringContaining(why),
      next: expect.stringContaining(`rmdir /s /q ${shared}`),
    };
    await expect(as('ann').all()).rejects.toMatchObject(refused);
    await expect(as('ann').find('iis', 'Default Web Site', '/planted')).rejects.toMatchObject(refused);
    await expect(as('ann').save(record('iis', '/one'))).rejects.toMatchObject(refused);
    await expect(as('ann').remove('iis', 'Default Web Site', '/planted')).rejects.toMatchObject(refused);
    const locking = { command: 'deploy', target: 'iis', signal: new AbortController().signal, onWait: () => undefined };
    const work = withServerLock(homeOn('ann'), locking, async () => 'worked', { platform: 'win32', run });
    await expect(work).rejects.toMatchObject(refused);
    // The embedded IIS does not need it.
    expect(await as('ann').find('embedded', 'Default Web Site', '/planted')).toBe(undefined);
  });

  it('is refused for a file in it that a user owns, and for a link to another folder', async () => {
    const { as, shared, state } = machine();
    mkdirSync(shared, { recursive: true });
    const file = path.join(shared, 'deployments.json');
    state.seen = printed([shared, safe], [file, `O:${stranger}G:SYD:AI(A;ID;FA;;;BA)`]);
    const planted = {
      code: 'MACHINE_FOLDER_UNSAFE',
      what: expect.stringContaining(`${file}: its owner is ${stranger}`),
    };
    await expect(as('ann').all()).rejects.toMatchObject(planted);
    rmSync(shared, { recursive: true });
    symlinkSync(temporaryDirectory(), shared);
    const linked = { code: 'MACHINE_FOLDER_UNSAFE', what: expect.stringContaining('it is a link') };
    await expect(as('ann').all()).rejects.toMatchObject(linked);
  });

  it('is looked at once by each user, and again when something in it or its rights have changed', async () => {
    const { as, shared, ran } = machine();
    mkdirSync(shared, { recursive: true });
    await as('ann').all();
    await as('ann').save(record('iis', '/one'));
    await as('ann').all();
    expect(ran).toEqual([['powershell']]);
    writeFileSync(path.join(shared, 'planted.txt'), '');
    await as('ann').all();
    chmodSync(shared, 0o700);
    await as('ann').all();
    expect(ran).toEqual([['powershell'], ['powershell'], ['powershell']]);
  });
});

describe('the lock of IIS', () => {
  it('is one for all users of the machine, and names the owner; that of the embedded IIS is for one', async () => {
    const { homeOn, run } = machine();
    const { signal } = new AbortController();
    const said: string[] = [];
    const locked = <T>(user: string, target: string, work: () => Promise<T>) => {
      const asked = { command: `deploy ${user}`, target, signal, onWait: (one: string) => said.push(one), patience: 0 };
      return withServerLock(homeOn(user), asked, work, { platform: 'win32', run });
    };
    await locked('ann', 'iis', async () => {
      await expect(locked('bob', 'iis', async () => 'worked')).rejects.toMatchObject({
        code: 'DEPLOY_RUNNING',
        what: expect.stringMatching(/^deploy ann of \S+ \(process \d+, since \d{4}-\S+\) is running/),
      });
      expect(await locked('bob', 'embedded', async () => 'worked')).toBe('worked');
    });
    expect(await locked('bob', 'iis', async () => 'worked')).toBe('worked');
  });
});
