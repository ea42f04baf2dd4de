import { describe, expect, it } from 'vitest';
import { iisOf, iisWith } from './support.js';

const withPool = (attributes: string, child = ''): string =>
  iisWith().replace('<add name="DefaultAppPool" />', `<add name="DefaultAppPool" ${attributes}>${child}</add>`);
const iisnodeFor = (condition: string): string =>
  iisWith().replace(/(<add name="iisnode" image="[^"]*")/, `$1 preCondition="${condition}"`);

describe('the bitness of the application pool', () => {
  it.each([
    [
      'a pool of 32 bit, iisnode of 64',
      withPool('enable32BitAppOnWin64="true"'),
      { pool: 'DefaultAppPool' },
      '/enable32BitAppOnWin64:false',
    ],
    ['a pool of 64 bit, iisnode of 32', iisnodeFor('bitness32'), {}, 'install iisnode for 64 bit'],
  ])('is refused where it is not that of the module: %s', async (_what, text, options, next) => {
    const iis = iisOf(text);
    await expect(iis.deploy(options)).rejects.toMatchObject({
      code: 'BITNESS_MISMATCH',
      next: expect.stringContaining(next),
    });
    expect(iis.ran).toEqual([]);
  });

  it('is right with iisnode for that pool', async () => {
    const both = withPool('enable32BitAppOnWin64="true"').replace(
      /(<add name="iisnode" image="[^"]*")/,
      '$1 preCondition="bitness32"',
    );
    expect(await iisOf(both).deploy({ pool: 'DefaultAppPool' })).toMatchObject({ changed: true });
    expect(await iisOf(iisnodeFor('bitness64')).deploy()).toMatchObject({ changed: true });
  });
});

describe('a pool with several worker processes that others use', () => {
  const garden = withPool('managedRuntimeVersion=""', '<processModel maxProcesses="4" />');

  it('is refused, and changed with --force', async () => {
    const iis = iisOf(garden);
    await expect(iis.deploy({ pool: 'DefaultAppPool' })).rejects.toMatchObject({ code: 'POOL_SHARED' });
    expect(iis.ran).toEqual([]);
    await iis.deploy({ pool: 'DefaultAppPool', force: true });
    expect(iis.ran.join('\n')).toContain('/processModel.maxProcesses:1');
  });
});
