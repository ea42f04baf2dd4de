import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readAccess } from '../../src/deploy/azure/access.js';
import { azureAddress } from '../../src/deploy/azure/address.js';
import { requireRoot } from '../../src/deploy/azure/refuse-options.js';
import { UserError } from '../../src/errors.js';

const access = (to: string, environment: Record<string, string>) => readAccess(azureAddress(to), environment);

const profileOf = (user: string, host = 'app-a1b2.scm.westeurope-01.azurewebsites.net:443'): Record<string, string> => {
  const entry = (method: string, url: string) =>
    `<publishProfile publishMethod="${method}" publishUrl="${url}" userName="${user}" userPWD="se&amp;cret" destinationAppUrl="http://app-a1b2.westeurope-01.azurewebsites.net"/>`;
  const entries = entry('FTP', 'ftps://x/site') + entry('MSDeploy', host) + entry('ZipDeploy', host);
  return { AZURE_WEBAPP_PUBLISH_PROFILE: `<publishData>${entries}</publishData>` };
};

describe('the credentials of App Service', () => {
  it('come with the hosts of the publish profile, which have a hash and a region', () => {
    const { scm, site, credentials } = access('azure://app', profileOf('$app'));
    expect([scm.href, site?.href]).toEqual([
      'https://app-a1b2.scm.westeurope-01.azurewebsites.net/',
      'https://app-a1b2.westeurope-01.azurewebsites.net/',
    ]);
    expect(credentials.map(({ header }) => header)).toEqual([
      `Basic ${Buffer.from('$app:se&cret').toString('base64')}`,
    ]);
  });

  it('are tried in the order profile, user, token, and the usual hosts are those of the name', () => {
    const user = { AZURE_WEBAPP_USER: 'u', AZURE_WEBAPP_PASSWORD: 'p', AZURE_ACCESS_TOKEN: 't' };
    const all = access('azure://app/staging', { ...profileOf('$app__staging'), ...user });
    expect(all.credentials.map(String)).toEqual(['the publish profile', 'user and password', 'the bearer token']);
    expect(access('AZURE://app/staging/', user).scm.host).toBe('app-staging.scm.azurewebsites.net');
    expect(azureAddress('azure://app/Production')).toMatchObject({ slot: undefined, text: 'azure://app' });
  });

  it('are hidden where an object with them is printed', () => {
    const all = access('azure://app', { ...profileOf('$app'), AZURE_ACCESS_TOKEN: 'secret' });
    const printed = `${inspect(all, { depth: 9, showHidden: true })}${JSON.stringify(all)}`;
    for (const secret of ['secret', 'se&cret', Buffer.from('$app:se&cret').toString('base64')]) {
      expect(printed).not.toContain(secret);
    }
  });

  it.each([
    ['an address that is none', 'azure://my_app', {}, 'AZURE_ADDRESS'],
    ['a path behind the slot', 'azure://app/slot/more', {}, 'AZURE_ADDRESS'],
    ['a password in the address', 'azure://me:secret@app', {}, 'AZURE_ADDRESS'],
    ['no credentials', 'azure://app', {}, 'AZURE_NO_CREDENTIALS'],
    ['half of them', 'azure://app', { AZURE_WEBAPP_PASSWORD: 'secret' }, 'AZURE_NO_CREDENTIALS'],
    ['a profile that is not there', 'azure://app', { AZURE_WEBAPP_PUBLISH_PROFILE: 'no-such-file' }, 'AZURE_PROFILE'],
    ['one without an end', 'azure://app', { AZURE_WEBAPP_PUBLISH_PROFILE: '<p secret="1">' }, 'AZURE_PROFILE'],
    ['one without entries', 'azure://app', { AZURE_WEBAPP_PUBLISH_PROFILE: '<publishData/>' }, 'AZURE_PROFILE'],
    ['one of another app', 'azure://app', profileOf('$other'), 'AZURE_PROFILE'],
    ['one of a slot, without the slot', 'azure://app', profileOf('$app__staging'), 'AZURE_PROFILE'],
    [
      'http to another machine',
      'azure://app',
      { ...profileOf('$app'), AZURE_WEBAPP_SCM_URL: 'http://secret.net' },
      'AZURE_URL',
    ],
    ['a user in a URL', 'azure://app', { ...profileOf('$app'), AZURE_WEBAPP_URL: 'https://me:secret@x' }, 'AZURE_URL'],
    ['a token of two lines', 'azure://app', { AZURE_ACCESS_TOKEN: 'secret\r\nHost: x' }, 'AZURE_TOKEN'],
  ])('refuses %s, and does not repeat it', (_what, to, environment, code) => {
    const error = errorOf(() => access(to, environment));
    expect([error.code, error.exit]).toEqual([code, 'usage']);
    expect(`${error.stack} ${error.what} ${error.why} ${error.next}`).not.toContain('secret');
  });

  it('refuses an app that is not at the root', () => {
    expect(errorOf(() => requireRoot({ vdirPath: '/dante', directory: '/apps/dante' })).code).toBe('AZURE_NOT_AT_ROOT');
  });
});

function errorOf(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('it did not fail as expected');
}
