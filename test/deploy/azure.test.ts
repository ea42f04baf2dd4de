import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeployEvent } from '../../src/deploy/index.js';
import { pageOf as page, pushesTo as pushes, azureWorld as world } from './azure-world.js';

const notes = (events: readonly DeployEvent[]): readonly string[] => events.flatMap(({ note }) => note ?? []);

describe('deploy --to azure://app', () => {
  it('sends the package, follows the log to the end, and checks the live app; a second time it has nothing to do', async () => {
    const { azure, events, run } = await world();
    const result = await run('azure://app', azure.withProfile);
    expect(result).toMatchObject({ target: 'azure', changed: true, azure: { app: 'app', swapped: false } });
    expect(result.azure?.deployment).toBe(azure.production.active?.id);
    expect([result.url, result.probe?.ok, page(azure.production)]).toEqual([`${azure.siteUrl}/`, true, 'one']);
    expect(notes(events)).toEqual(
      expect.arrayContaining(['Preparing deployment for commit id.', 'Deployment successful.']),
    );
    expect(notes(events).filter((note) => note.startsWith('Preparing'))).toHaveLength(1);
    const [push = ''] = pushes(azure.production);
    expect(push).toMatch(/^POST \/api\/zipdeploy\?isAsync=true&author=.+&message=iisnode-sock%20sha256/);

    const again = await run('azure://app', azure.withProfile);
    expect([again.changed, again.probe?.ok, pushes(azure.production).length]).toEqual([false, true, 1]);
    expect((await run('azure://app', azure.withProfile, { force: true })).changed).toBe(true);
  });

  it('takes user and password, or a bearer token where basic authentication is switched off', async () => {
    const { azure, run, fails } = await world();
    const hosts = { AZURE_WEBAPP_SCM_URL: azure.production.url, AZURE_WEBAPP_URL: azure.siteUrl };
    const user = { AZURE_WEBAPP_USER: azure.user, AZURE_WEBAPP_PASSWORD: azure.password };
    expect((await run('azure://app', { ...hosts, ...user })).changed).toBe(true);
    const other = await world({ basicAllowed: false });
    const refused = await other.fails('azure://app', other.azure.withProfile);
    expect([refused.code, refused.why]).toEqual([
      'AZURE_UNAUTHORIZED',
      expect.stringContaining('basic authentication'),
    ]);
    const both = { ...other.azure.withProfile, AZURE_ACCESS_TOKEN: other.azure.token };
    expect((await other.run('azure://app', both)).changed).toBe(true);
    const wrong = await fails('azure://app', { ...hosts, AZURE_ACCESS_TOKEN: 'wrong', AZURE_WEBAPP_PASSWORD: 'alone' });
    expect(wrong.code).toBe('AZURE_UNAUTHORIZED');
  });

  it('never shows a credential: not in events, results or errors', async () => {
    const { azure, events, run, fails, edit } = await world();
    const environment = { ...azure.withProfile, ...azure.withToken };
    const seen: unknown[] = [events, await run('azure://app', environment)];
    edit('two');
    azure.brokenInProduction = 500;
    const error = await fails('azure://app', environment);
    seen.push({ ...error, message: error.message, stack: error.stack });
    const text = JSON.stringify(seen) + azure.production.requests.join();
    for (const secret of [
      azure.password,
      azure.token,
      Buffer.from(`${azure.user}:${azure.password}`).toString('base64'),
    ]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(encodeURIComponent(secret));
    }
  });

  it('uses publish where an app has no zipdeploy', async () => {
    const { azure, run } = await world({ onlyPublish: true });
    expect((await run('azure://app', azure.withProfile)).changed).toBe(true);
    expect([pushes(azure.production).length, page(azure.production)]).toEqual([2, 'one']);
  });

  it('says in a dry run what would be sent, and sends nothing', async () => {
    const { azure, home, run } = await world();
    const { steps, changed } = await run('azure://app/staging', azure.withToken, { dryRun: true });
    expect([changed, steps.map(({ id }) => id)]).toEqual([true, ['push-package', 'swap-slots']]);
    expect(steps[0]?.commands[0]).toContain(`POST ${azure.staging.url}/api/zipdeploy?isAsync=true`);
    expect([pushes(azure.staging), existsSync(path.join(home, 'azure'))]).toEqual([[], false]);
  });

  it('deploys the former package again when the app does not work', async () => {
    const { azure, edit, events, run, fails } = await world();
    await run('azure://app', azure.withProfile);
    edit('two');
    azure.brokenInProduction = 500;
    const error = await fails('azure://app', azure.withProfile);
    expect([error.code, error.exit, page(azure.production)]).toEqual(['VERIFICATION_FAILED', 'refused', 'one']);
    expect(error.what).toMatch(/the former package is deployed again$/);
    expect(events.filter(({ phase }) => phase === 'undone').map(({ step }) => step)).toEqual(['restore-package']);
  });

  it('lets Kudu deploy the former one where it has a repository, and says what is there where neither can', async () => {
    const one = await world({ repository: true });
    await one.run('azure://app', one.azure.withProfile);
    one.edit('two');
    one.azure.brokenInProduction = 500;
    expect((await one.fails('azure://app', one.azure.withProfile)).what).toMatch(/deployment \w+ is deployed again$/);
    expect([page(one.azure.production), pushes(one.azure.production).length]).toEqual(['one', 2]);

    const later = await world({ repository: true, redeployPolls: 1 });
    await later.run('azure://app', later.azure.withProfile);
    later.edit('two');
    later.azure.brokenInProduction = 500;
    expect((await later.fails('azure://app', later.azure.withProfile)).what).toMatch(
      /deployment \w+ is deployed again$/,
    );
    expect([page(later.azure.production), pushes(later.azure.production).length]).toEqual(['one', 2]);

    const other = await world();
    other.azure.brokenInProduction = 500;
    const first = await other.fails('azure://app', other.azure.withProfile);
    expect([first.exit, first.what]).toEqual(['incomplete', expect.stringContaining('it was the first one')]);
  });

  it('says why a deployment failed, in the words of its log', async () => {
    const { azure, run, edit, fails } = await world();
    await run('azure://app', azure.withProfile);
    edit('two');
    azure.production.failure =
      "The process cannot access the file 'a.node' because it is being used by another process.";
    const error = await fails('azure://app', azure.withProfile);
    expect([error.code, error.exit]).toEqual(['AZURE_DEPLOYMENT_FAILED', 'incomplete']);
    expect(error.why).toMatch(/a\.node.* used by another process.*ERESOLVE/);
    expect(page(azure.production)).toBe('one');
  });
});

describe('deploy --to azure://app/slot', () => {
  it('checks the slot, swaps it with production, and checks that; a second time it has nothing to do', async () => {
    const { azure, run } = await world();
    const result = await run('azure://app/staging', azure.withToken);
    expect(result).toMatchObject({
      changed: true,
      url: `${azure.siteUrl}/`,
      azure: { slot: 'staging', swapped: true },
    });
    expect([page(azure.production), page(azure.staging)]).toEqual(['one', undefined]);
    const again = await run('azure://app/staging', azure.withToken);
    expect([again.changed, again.url]).toEqual([false, `${azure.siteUrl}/`]);
    expect(azure.requests.filter((one) => one.startsWith('POST'))).toEqual(['POST /slots/staging/slotsswap']);
  });

  it('leaves production alone when the slot does not work', async () => {
    const { azure, fails } = await world();
    azure.staging.failure = 'disk full';
    const error = await fails('azure://app/staging', azure.withToken);
    expect([error.exit, error.what]).toEqual([
      'refused',
      expect.stringMatching(/production is as it was; the slot staging/),
    ]);
    expect(azure.requests.filter((one) => one.startsWith('POST'))).toEqual([]);
  });

  it('swaps back when production does not work after the swap', async () => {
    const { azure, edit, run, fails } = await world();
    await run('azure://app/staging', azure.withToken);
    edit('two');
    azure.brokenInProduction = 500;
    const error = await fails('azure://app/staging', azure.withToken);
    expect([error.code, error.exit]).toEqual(['VERIFICATION_FAILED', 'refused']);
    expect(error.what).toMatch(/swapped back: production is as it was/);
    expect([page(azure.production), page(azure.staging)]).toEqual(['one', 'two']);
  });

  it('names the command that swaps where no token is there', async () => {
    const { azure, run } = await world();
    azure.staging.allow('$app__staging');
    const profile = azure.staging.profile(azure.stagingUrl);
    const result = await run('azure://app/staging', { AZURE_WEBAPP_PUBLISH_PROFILE: profile });
    expect(result.azure).toMatchObject({
      swapped: false,
      next: expect.stringMatching(/^az webapp deployment slot swap .*--slot staging/),
    });
    expect([result.url, page(azure.staging), page(azure.production)]).toEqual([
      `${azure.stagingUrl}/`,
      'one',
      undefined,
    ]);
  });
});
