import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appRights } from '../../src/server/probes/app-rights.js';
import { accountOf, anonymousUser, poolSid, rightFor } from '../../src/server/rights.js';
import { accessOf, masks, readSddl } from '../../src/server/sddl.js';
import type { PoolOnServer, RightSeen } from '../../src/server/types.js';
import { dante } from './recorded.js';

const pool: PoolOnServer = { name: 'Dante', identity: 'ApplicationPoolIdentity' };
const own = poolSid('Dante');

/** As Windows makes them; Administrators and SYSTEM have everything in each. */
const admins = '(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
const sddl = {
  inetpub: `O:S-1-5-80-1G:S-1-5-80-1D:AI${admins}(A;OICIID;0x1200a9;;;BU)(A;OICIIOID;GA;;;CO)`,
  ofDrive: `O:BAG:SYD:AI${admins}(A;OICIID;0x1200a9;;;BU)(A;CIID;LC;;;BU)(A;CIID;DC;;;BU)(A;OICIIOID;GA;;;CO)`,
  profile: `O:S-1-5-21-1-2-3-1001G:S-1-5-21-1-2-3-513D:P${admins}(A;OICI;FA;;;S-1-5-21-1-2-3-1001)`,
  iisUsers: `D:PAI(A;OICI;FR;;;IS)${admins}`,
  poolOnly: `D:PAI${admins}(A;OICI;0x1200a9;;;${own})`,
  poolBelowOnly: `D:PAI${admins}(A;OICIIO;0x1200a9;;;${own})`,
  denied: `D:PAI(D;OICI;FR;;;BU)${admins}(A;OICI;FA;;;${own})`,
  deniedLater: `D:PAI(A;OICI;FA;;;${own})(D;OICI;FR;;;BU)`,
  generic: 'D:(A;;0xa0000000;;;AU)',
  conditional: `D:(XA;;FA;;;WD;(@User.a=="(x)"))(A;;FR;;;${own})`,
  otherPool: `D:(A;;FA;;;${poolSid('Other')})`,
  none: 'O:BAG:BAD:NO_ACCESS_CONTROL',
  empty: 'D:P',
  service: 'D:(A;OICI;0x1200a9;;;NS)',
};

const allowed = (text: string, needs: RightSeen['needs'], of: PoolOnServer = pool): string | undefined =>
  rightFor({ of: 'app', path: 'C:\\app', needs, sddl: text }, accountOf(of))?.allowed;

describe('rights', () => {
  it('of a pool go by its SID, which is made of its name', () => {
    expect(poolSid('DefaultAppPool')).toBe('S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415');
    expect(poolSid('DEFAULTAPPPOOL')).toBe(poolSid('DefaultAppPool'));
  });

  it.each<[keyof typeof sddl, RightSeen['needs'], string]>([
    ['inetpub', 'execute', 'yes'],
    ['inetpub', 'add files', 'no'],
    ['ofDrive', 'read', 'yes'],
    ['ofDrive', 'add files', 'yes'],
    ['ofDrive', 'add folders', 'yes'],
    ['profile', 'read', 'no'],
    ['profile', 'attributes', 'no'],
    ['iisUsers', 'read', 'yes'],
    ['iisUsers', 'execute', 'no'],
    ['poolOnly', 'execute', 'yes'],
    ['poolBelowOnly', 'read', 'no'],
    ['denied', 'read', 'no'],
    ['deniedLater', 'read', 'yes'],
    ['generic', 'execute', 'yes'],
    ['generic', 'add files', 'no'],
    ['conditional', 'read', 'yes'],
    ['otherPool', 'read', 'no'],
    ['none', 'add files', 'yes'],
    ['empty', 'read', 'no'],
  ])('%s: %s is allowed: %s', (name, needs, expected) => expect(allowed(sddl[name], needs)).toBe(expected));

  it('belong to the identity of the pool', () => {
    const as = (identity: string): PoolOnServer => ({ name: 'Dante', identity, userName: 'CORP\\web' });
    expect(allowed(sddl.service, 'execute', as('NetworkService'))).toBe('yes');
    expect(allowed(sddl.service, 'execute', as('LocalService'))).toBe('no');
    expect(allowed(sddl.profile, 'read', as('LocalSystem'))).toBe('yes');
    // Groups of a user are not known.
    expect(allowed(sddl.profile, 'read', as('SpecificUser'))).toBe('unknown');
    expect(allowed(sddl.inetpub, 'read', as('SpecificUser'))).toBe('yes');
    const user = accountOf(as('SpecificUser'), 'S-1-5-21-1-2-3-1001');
    expect(user.name).toBe('CORP\\web');
    expect(rightFor({ of: 'app', path: 'x', needs: 'read', sddl: sddl.profile }, user)?.allowed).toBe('yes');
  });

  it('that are denied are distinguished from missing ones; those that cannot be read are unknown', () => {
    const right = (text: string) => rightFor({ of: 'app', path: 'x', needs: 'read', sddl: text }, accountOf(pool));
    expect(right(sddl.denied)).toMatchObject({ allowed: 'no', denied: true });
    expect(right(sddl.profile)).not.toHaveProperty('denied');
    expect(right('?')).toMatchObject({ allowed: 'unknown' });
    expect(right('')).toBeUndefined();
    expect(
      rightFor({ of: 'static files', path: 'x', needs: 'read', sddl: sddl.poolOnly }, anonymousUser),
    ).toMatchObject({
      account: 'IUSR',
      allowed: 'no',
    });
  });

  it('are asked for the app, the folders above it and its logs, with names as they are', () => {
    const at = { ...dante, directory: "C:\\it's\\a b\\dante", logDirectory: 'D:\\logs' };
    const question = appRights.ask(at);
    const lines = question !== undefined && 'script' in question ? question.script.split('\n') : [];
    expect(lines).toEqual([
      "A 'app' 'C:\\it''s\\a b\\dante'",
      "A 'web.config' 'C:\\it''s\\a b\\dante\\web.config'",
      "A 'entry' 'C:\\apps\\dante\\server.js'",
      "A 'above' 'C:\\it''s\\a b'",
      "A 'above' 'C:\\it''s'",
      "A 'above' 'C:\\'",
      "$l='D:\\logs';$n='logs';while($l -and !(Test-Path -LiteralPath $l)){$l=Split-Path $l;$n='above-logs'};if($l){A $n $l}",
    ]);
    expect(appRights.ask({ ...dante, directory: '\\\\server\\share\\dante' })).toBeUndefined();
    expect(appRights.ask(undefined)).toBeUndefined();
  });

  it('are read from what the script prints', () => {
    const text = [
      `app\tC:\\apps\\dante\t${sddl.poolOnly}`,
      `entry\tC:\\apps\\dante\\server.js\t${sddl.profile}`,
      `above\tC:\\apps\t${sddl.ofDrive}`,
      `above-logs\tC:\\apps\\dante\t${sddl.poolOnly}`,
      'toString\tx\tD:',
    ].join('\n');
    const { rights = [] } = appRights.read(text, dante);
    expect(rights.map(({ of, needs, account, allowed: is }) => [of, needs, account, is])).toEqual([
      ['app', 'read', 'IIS AppPool\\Dante', 'yes'],
      ['static files', 'read', 'IUSR', 'no'],
      ['entry', 'read', 'IIS AppPool\\Dante', 'no'],
      ['above', 'attributes', 'IIS AppPool\\Dante', 'yes'],
      ['logs', 'add folders', 'IIS AppPool\\Dante', 'no'],
    ]);
  });

  const entry = fc.record({
    kind: fc.constantFrom('A', 'D'),
    io: fc.boolean(),
    rights: fc.constantFrom(0x1, 0x2, 0x80, 0x10_0081, 0x1f_01ff, 0x10_0000),
    sid: fc.constantFrom('S-1-1-0', own, 'S-1-5-32-545', 'S-1-5-99'),
  });

  it('in any order are decided bit by bit, as Windows does', () =>
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), fc.constantFrom(...Object.values(masks)), (entries, mask) => {
        const text = `D:AI${entries.map(({ kind, io, rights, sid }) => `(${kind};OICI${io ? 'IO' : ''};0x${rights.toString(16)};;;${sid})`).join('')}`;
        const acl = readSddl(text) ?? [];
        const sids = accountOf(pool).sids;
        const bits = Array.from({ length: 21 }, (_none, bit) => 2 ** bit).filter((bit) => (mask & bit) !== 0);
        const firstOf = (bit: number) =>
          entries.find(({ io, rights, sid }) => !io && sids.has(sid) && (rights & bit) !== 0)?.kind;
        expect(accessOf(acl, sids, mask) === 'granted').toBe(bits.every((bit) => firstOf(bit) === 'A'));
        expect(accessOf(acl, sids, mask) === 'denied').toBe(
          bits.some((bit) => firstOf(bit) === 'D') && accessOf(acl, sids, mask) !== 'granted',
        );
      }),
      { numRuns: 200 },
    ));

  it('in any text are a list or none, in bounded time', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('D:', '(', ')', 'A', ';', 'FA', 'WD', 'S-1-5-82', '0x1', 'NO_ACCESS_CONTROL', ' ', 'XA'),
          { maxLength: 80 },
        ),
        (parts) => {
          const acl = readSddl(parts.join(''));
          expect(acl === undefined || acl === 'everything' || Array.isArray(acl)).toBe(true);
        },
      ),
      { numRuns: 300 },
    ));
});
